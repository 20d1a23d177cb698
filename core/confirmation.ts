/** Is a release deployed? Only this decides it: "the service is stable" is also true after ECS took it back. */
import * as z from 'zod';
import { shortDigest } from './image.ts';
import {
  type Crashes,
  crashLoop,
  ourDeployment,
  type RolloutQuestion,
  type SeenDeployment,
} from './rollout.ts';

export const confirmationSchema = z.strictObject({
  status: z.enum(['confirmed', 'superseded', 'refuted']),
  reason: z.string(),
  serviceDeploymentArn: z.string().optional(),
});
export type Confirmation = z.infer<typeof confirmationSchema>;

export interface Proof {
  digest: string;
  question: Pick<RolloutQuestion, 'taskDefinitionArn' | 'startedAt'>;
  deployments: SeenDeployment[];
  crashes: Crashes;
  tasks: { taskDefinitionArn: string; lastStatus: string; digest: string | undefined }[];
}

export function readConfirmation({ digest, question, deployments, crashes, tasks }: Proof): Confirmation {
  const { desiredCount } = crashes;
  const ours = ourDeployment(question, deployments);
  const newer = deployments.find(
    ({ arn, createdAt, taskDefinitionArn }) =>
      ours && arn !== ours.arn && createdAt > ours.createdAt && taskDefinitionArn !== undefined,
  );
  if (newer) return { status: 'superseded', reason: `another deployment took its place: ${newer.arn}` };
  if (ours?.status !== 'SUCCESSFUL') {
    return {
      status: 'refuted',
      reason: `our service deployment is ${ours?.status ?? 'not to be found'}, not SUCCESSFUL`,
    };
  }
  const crashing = crashLoop(crashes);
  if (crashing) return { status: 'refuted', reason: crashing };

  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const other = running.find((task) => task.digest !== digest);
  if (other) {
    const found = other.digest ? shortDigest(other.digest) : 'an unknown image';
    return { status: 'refuted', reason: `a running task has ${found}, not ${shortDigest(digest)}` };
  }
  if (desiredCount < 1 || running.length < 1) {
    return {
      status: 'refuted',
      reason: `no task is running (${desiredCount} are wanted): nothing proves the release`,
    };
  }
  return {
    status: 'confirmed',
    reason: `${running.length} of ${desiredCount} tasks run ${shortDigest(digest)}`,
    serviceDeploymentArn: ours.arn,
  };
}
