/** Is a release deployed? Only this decides it: "the service is stable" is also true after ECS took it back. */
import * as z from 'zod';
import { diagnosisSchema } from './diagnosis/schema.ts';
import { shortDigest } from './image.ts';
import {
  type Crashes,
  crashLoop,
  ourDeployment,
  type RolloutQuestion,
  type SeenDeployment,
  stoppedTaskSchema,
} from './rollout.ts';

export const confirmationSchema = z.strictObject({
  /**
   * `continue`: nothing is wrong, but too little time has passed or too few tasks run yet. `gives way`: somebody deployed into one
   * of several ECS services, and the others go back.
   */
  status: z.enum(['confirmed', 'superseded', 'gives way', 'refuted', 'continue']),
  reason: z.string(),
  serviceDeploymentArn: z.string().optional(),
  /** Until another look makes sense. Without meaning once it is decided. */
  waitSeconds: z.int().min(1),
  /** When the first look was, ms since the epoch. */
  since: z.int(),
  /** Where tasks crashed while they were watched. */
  stoppedTasks: z.array(stoppedTaskSchema).max(5).optional(),
  diagnosis: diagnosisSchema.optional(),
});
export type Confirmation = z.infer<typeof confirmationSchema>;

export interface Proof {
  digest: string;
  question: Pick<RolloutQuestion, 'taskDefinitionArn' | 'startedAt' | 'timeoutSeconds'>;
  /** How long after its end a deployment's tasks are watched, in seconds. */
  watchSeconds: number;
  deployments: SeenDeployment[];
  crashes: Crashes;
  tasks: { taskDefinitionArn: string; lastStatus: string; digest: string | undefined }[];
  /** When the first look was, and when this one is, ms since the epoch. */
  since: number;
  now: number;
}

/** ECS replaces a task, or a service is scaled, within about so long. */
const settlingSeconds = 15;
/** Of the time waited so far: where it takes hours, an execution has no room for a look every few seconds. */
const settlingShare = 0.05;

export function readConfirmation(proof: Proof): Confirmation {
  const { digest, question, watchSeconds, deployments, crashes, tasks, since, now } = proof;
  const say = (status: Confirmation['status'], reason: string, waitSeconds = 1): Confirmation => ({
    status,
    reason,
    waitSeconds,
    since,
  });
  const { desiredCount } = crashes;
  const ours = ourDeployment(question, deployments);
  const newer = deployments.find(
    ({ arn, createdAt, taskDefinitionArn }) =>
      ours && arn !== ours.arn && createdAt > ours.createdAt && taskDefinitionArn !== undefined,
  );
  if (newer) return say('superseded', `another deployment took its place: ${newer.arn}`);
  if (ours?.status !== 'SUCCESSFUL')
    return say('refuted', `our service deployment is ${ours?.status ?? 'not to be found'}, not SUCCESSFUL`);
  const crashing = crashLoop(crashes);
  if (crashing) return say('refuted', crashing);
  if (desiredCount < 1)
    return say('refuted', 'the service was scaled to 0 tasks meanwhile: nothing proves the release');

  // Others may be left of the old version: where that is told to ECS, it drains them after its deployment is done.
  const running = tasks.filter(
    ({ taskDefinitionArn, lastStatus }) =>
      taskDefinitionArn === question.taskDefinitionArn && lastStatus === 'RUNNING',
  );
  const other = running.find((task) => task.digest !== digest);
  if (other) {
    const found = other.digest ? shortDigest(other.digest) : 'an unknown image';
    return say('refuted', `a running task has ${found}, not ${shortDigest(digest)}`);
  }
  const count = `${running.length} of ${desiredCount} tasks run ${shortDigest(digest)}`;
  if (running.length < desiredCount) {
    const late = now >= since + question.timeoutSeconds * 1000;
    const wait = Math.max(settlingSeconds, Math.ceil(((now - since) / 1000) * settlingShare));
    return late ? say('refuted', `only ${count}`) : say('continue', `only ${count} yet`, wait);
  }
  const watched = (now - (ours.finishedAt ?? since)) / 1000;
  const left = Math.ceil(watchSeconds - watched);
  if (left > 0) return say('continue', `${count}, and are watched for crashes`, left);
  return { ...say('confirmed', count), serviceDeploymentArn: ours.arn };
}

/** Of an ECS service that ran the image before the release: it must do so still. */
export function readUnchanged(digest: string, tasks: Proof['tasks'], since: number): Confirmation {
  const say = (status: Confirmation['status'], reason: string): Confirmation => ({
    ...{ status, reason, since },
    waitSeconds: 1,
  });
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const other = running.find((task) => task.digest !== undefined && task.digest !== digest);
  return other
    ? say('superseded', `somebody deployed ${shortDigest(String(other.digest))} meanwhile`)
    : say('confirmed', `${running.length} tasks ran ${shortDigest(digest)} before`);
}
