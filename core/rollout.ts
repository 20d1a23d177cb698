/** What became of our deployment: read from ECS's service deployments, never from "the service is stable". */
import * as z from 'zod';
import { spoken } from './duration.ts';

/** A service deployment with the task definition of its target revision. Times in ms since the epoch. */
export interface SeenDeployment {
  arn: string;
  status: string;
  statusReason: string | undefined;
  taskDefinitionArn: string | undefined;
  createdAt: number;
  breaker: { failureCount: number; threshold: number } | undefined;
}

export const stoppedTaskSchema = z.strictObject({
  task: z.string(),
  stopCode: z.string(),
  reason: z.string(),
  exitCode: z.int().optional(),
  /** The last lines it wrote, oldest first. */
  logTail: z.array(z.string()),
});
export type StoppedTask = z.infer<typeof stoppedTaskSchema>;

export const rolloutSchema = z.strictObject({
  status: z.enum(['stable', 'failed', 'superseded']),
  /** When this was found, ms since the epoch. */
  at: z.int(),
  reason: z.string(),
  serviceDeploymentArn: z.string().optional(),
  stoppedTasks: z.array(stoppedTaskSchema).max(5),
});
export type Rollout = z.infer<typeof rolloutSchema>;

type Reading = Pick<Rollout, 'status' | 'reason'> & { serviceDeploymentArn?: string };

export interface RolloutQuestion {
  /** The revision that we registered. */
  taskDefinitionArn: string;
  /** When we asked for it, ms since the epoch. */
  startedAt: number;
  timeoutSeconds: number;
}

/** ECS's clock and ours may differ by this much. */
export const clockSkewMs = 60_000;

/** Our deployment among those of the service: the newest of our revision since we asked. */
export function ourDeployment(
  { taskDefinitionArn, startedAt }: Omit<RolloutQuestion, 'timeoutSeconds'>,
  seen: SeenDeployment[],
): SeenDeployment | undefined {
  return newestFirst(seen).find(
    (deployment) =>
      deployment.taskDefinitionArn === taskDefinitionArn && deployment.createdAt >= startedAt - clockSkewMs,
  );
}

/** Undefined while it goes on. */
export function readRollout(
  question: RolloutQuestion,
  seen: SeenDeployment[],
  now: number,
): Reading | undefined {
  const ours = ourDeployment(question, seen);
  const successor = newestFirst(seen).find(
    ({ arn, createdAt, taskDefinitionArn }) =>
      arn !== ours?.arn &&
      taskDefinitionArn !== question.taskDefinitionArn &&
      createdAt > (ours?.createdAt ?? question.startedAt),
  );
  const late = now >= question.startedAt + question.timeoutSeconds * 1000;
  if (!ours) {
    if (successor) return superseded(successor);
    return late
      ? { status: 'failed', reason: `ECS shows no deployment of ${name(question.taskDefinitionArn)}` }
      : undefined;
  }

  const found = { serviceDeploymentArn: ours.arn };
  const why = ours.statusReason ? `: ${ours.statusReason}` : '';
  const breaker = ours.breaker
    ? ` (${ours.breaker.failureCount} of ${ours.breaker.threshold} allowed task failures)`
    : '';
  switch (ours.status) {
    case 'SUCCESSFUL':
      return successor
        ? superseded(successor)
        : { ...found, status: 'stable', reason: 'the service deployment is SUCCESSFUL' };
    case 'PENDING':
    case 'IN_PROGRESS':
      if (!late) return undefined;
      return {
        ...found,
        status: 'failed',
        reason: `not stable after ${spoken(question.timeoutSeconds)}${breaker}`,
      };
    case 'STOPPED':
    case 'STOP_REQUESTED':
      if (successor) return superseded(successor);
      return { ...found, status: 'failed', reason: `the service deployment was stopped${why}` };
    default: // ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED
      return { ...found, status: 'failed', reason: `ECS took the deployment back${why}${breaker}` };
  }
}

function superseded({ arn, taskDefinitionArn }: SeenDeployment): Reading {
  return {
    status: 'superseded',
    reason: `another deployment took its place: ${name(taskDefinitionArn ?? 'unknown')} (${arn})`,
  };
}

const newestFirst = (seen: SeenDeployment[]) =>
  [...seen].sort((one, other) => other.createdAt - one.createdAt);
const name = (taskDefinitionArn: string) => taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
