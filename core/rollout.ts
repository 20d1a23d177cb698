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
  /** `gives way`: a newer release waits, and ours goes back first. `superseded`: somebody else's deployment came. */
  status: z.enum(['stable', 'failed', 'gives way', 'superseded']),
  /** When this was found, ms since the epoch. */
  at: z.int(),
  reason: z.string(),
  serviceDeploymentArn: z.string().optional(),
  /** When ECS created our service deployment, ms since the epoch by its clock. */
  createdAt: z.int().optional(),
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
  crashes: Crashes;
  /** The tag of a newer release that waits for the slot. */
  newer: string | undefined;
}

/** ECS's clock and ours may differ by this much. */
export const clockSkewMs = 60_000;

/** ECS may show a change this much later than it took it: before, a look does not tell whether it took it. */
const settlingMs = 15_000;

/** Whether to look again later. `askedAt`: when the change was asked for last, ms since the epoch. */
export const isSettling = (askedAt: number | undefined, now: number): boolean =>
  askedAt !== undefined && now - askedAt < settlingMs;

/** Our deployment among those of the service: the newest of our revision since we asked. */
export function ourDeployment(
  { taskDefinitionArn, startedAt }: Pick<RolloutQuestion, 'taskDefinitionArn' | 'startedAt'>,
  seen: SeenDeployment[],
): SeenDeployment | undefined {
  return newestFirst(seen).find(
    (deployment) =>
      deployment.taskDefinitionArn === taskDefinitionArn && deployment.createdAt >= startedAt - clockSkewMs,
  );
}

/** Tasks of our revision that ended by themselves, of so many that should run. */
export interface Crashes {
  count: number;
  desiredCount: number;
}

/** Fewer are too few for any service, however many tasks it should run. */
export const fewestCrashes = 3;

/**
 * Too many tasks of the new revision ended by themselves, in words; undefined where not. ECS's circuit breaker does not count
 * a task that ran, however briefly: a service that crashes after its start is stable to it. The limit is the breaker's default.
 */
export function crashLoop({ count, desiredCount }: Crashes): string | undefined {
  const limit = Math.min(200, Math.max(fewestCrashes, Math.ceil(desiredCount / 2)));
  return count >= limit ? `${count} tasks of the new revision ended by themselves` : undefined;
}

/** Why the first of them stopped, to be put behind a sentence: its exit code or reason, and its last line. */
export function lastWords([first]: StoppedTask[]): string {
  if (!first) return '';
  const how =
    first.exitCode === undefined ? `${first.stopCode}: ${first.reason}` : `exit code ${first.exitCode}`;
  const line = first.logTail.findLast((text) => text.trim() !== '');
  return ` (${[how, line && `last line: ${line.trim()}`].filter(Boolean).join('; ').slice(0, 400)})`;
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
      // One whose revision cannot be read yet may be ours.
      taskDefinitionArn !== undefined &&
      taskDefinitionArn !== question.taskDefinitionArn &&
      createdAt > (ours?.createdAt ?? question.startedAt),
  );
  const replaced = successor && superseded(successor);
  const late = now >= question.startedAt + question.timeoutSeconds * 1000;
  if (!ours)
    return (
      replaced ??
      (late ? failed(`ECS shows no deployment of ${name(question.taskDefinitionArn)}`) : undefined)
    );

  const reading = readOurs(ours, question, late, replaced);
  return reading && { ...reading, serviceDeploymentArn: ours.arn };
}

function readOurs(
  { status, statusReason, breaker }: SeenDeployment,
  { timeoutSeconds, crashes, newer }: RolloutQuestion,
  late: boolean,
  replaced: Reading | undefined,
): Reading | undefined {
  const why = statusReason ? `: ${statusReason}` : '';
  const counted = breaker ? ` (${breaker.failureCount} of ${breaker.threshold} allowed task failures)` : '';
  const crashing = crashLoop(crashes);
  switch (status) {
    case 'SUCCESSFUL':
      if (crashing) return failed(crashing);
      return replaced ?? { status: 'stable', reason: 'the service deployment is SUCCESSFUL' };
    case 'PENDING':
    case 'IN_PROGRESS':
      if (crashing) return failed(crashing);
      if (newer) return { status: 'gives way', reason: `${newer}, pushed later, takes its place` };
      return late ? failed(`not stable after ${spoken(timeoutSeconds)}${counted}`) : undefined;
    case 'STOPPED':
    case 'STOP_REQUESTED':
      return replaced ?? failed(`the service deployment was stopped${why}`);
    default: // ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED
      return failed(`ECS took the deployment back${why}${counted}`);
  }
}

const failed = (reason: string): Reading => ({ status: 'failed', reason });

function superseded({ arn, taskDefinitionArn }: SeenDeployment): Reading {
  return {
    status: 'superseded',
    reason: `another deployment took its place: ${name(taskDefinitionArn ?? 'unknown')} (${arn})`,
  };
}

const newestFirst = (seen: SeenDeployment[]) =>
  [...seen].sort((one, other) => other.createdAt - one.createdAt);
const name = (taskDefinitionArn: string) => taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
