/** The one-off task that runs before traffic moves: what its end means. */
import * as z from 'zod';
import { explain, type ToldStop } from './diagnosis/diagnosis.ts';
import { diagnosisSchema } from './diagnosis/schema.ts';
import { spoken } from './duration.ts';

export const releaseTaskSchema = z.strictObject({
  status: z.enum(['pass', 'fail', 'continue']),
  sentence: z.string(),
  /** Empty where ECS would not start it. */
  taskArn: z.string(),
  logTail: z.array(z.string()).max(20),
  /** Why it failed. */
  diagnosis: diagnosisSchema.optional(),
});
export type ReleaseTask = z.infer<typeof releaseTaskSchema>;

export interface SeenTask {
  lastStatus: string;
  /** ms since the epoch. */
  createdAt: number;
  startedAt: number | undefined;
  stop: ToldStop;
}

export interface ReleaseTaskRules {
  container: string;
  timeoutSeconds: number;
  /** Those of the container with which it passes. */
  exitCodes: readonly number[];
}

/** After its timeout a task is stopped; containers have at most two minutes to end then, and ECS needs some time itself. */
const stoppingSeconds = 300;

const notUndone = 'what it changed until then, such as a schema, is not rolled back';

type Reading = Pick<ReleaseTask, 'status' | 'sentence' | 'diagnosis'> & {
  /** It has run for too long and is to be stopped: asked again and again until it has. */
  overdue?: true;
};

/**
 * Passes only where it ended by itself, and the service's container with one of the exit codes: a task that was stopped may well
 * end with 0. A sidecar's exit code counts for nothing. `task` is undefined once ECS has forgotten it.
 */
export function readReleaseTask(task: SeenTask | undefined, rules: ReleaseTaskRules, now: number): Reading {
  if (!task)
    return failed(`ECS no longer knows the release task, so nobody can say how it ended; ${notUndone}`);
  const { container, timeoutSeconds, exitCodes } = rules;
  const seconds = (now - task.createdAt) / 1000;
  if (task.lastStatus !== 'STOPPED') {
    if (seconds < timeoutSeconds)
      return { status: 'continue', sentence: `the release task is ${task.lastStatus}` };
    if (seconds < timeoutSeconds + stoppingSeconds)
      return {
        status: 'continue',
        sentence: `the release task took longer than ${spoken(timeoutSeconds)} and is being stopped`,
        overdue: true,
      };
    return failed(
      `the release task is ${task.lastStatus} after ${spoken(seconds)}, though it was stopped; ${notUndone}`,
    );
  }
  const { stopCode, reason, containers } = task.stop;
  const exitCode = containers.find(({ name }) => name === container)?.exitCode;
  if (stopCode === 'EssentialContainerExited' && exitCode !== undefined && exitCodes.includes(exitCode))
    return { status: 'pass', sentence: `the release task ended with exit code ${exitCode}` };

  const { container: _, ...diagnosis } = explain(task.stop, { target: container, events: [] });
  const changed = task.startedAt === undefined ? 'it never ran, so it changed nothing' : notUndone;
  if (stopCode === 'UserInitiated')
    return failed(`the release task was stopped: ${reason ?? 'no reason given'}; ${changed}`);
  return {
    ...failed(`the release task failed: ${diagnosis.sentence}; ${changed} → ${diagnosis.advice}`),
    diagnosis,
  };
}

const failed = (sentence: string): Reading => ({ status: 'fail', sentence });

/** Told to ECS, and read again in the task's stoppedReason. */
export const overdueReason = (timeoutSeconds: number): string =>
  `Tidegate: longer than ${spoken(timeoutSeconds)}, the timeout of the release task`;

/** ECS would not start it, in its words: `failures` of RunTask. Nothing has run. */
export function refused(reasons: readonly string[]): Pick<ReleaseTask, 'status' | 'sentence'> {
  const said = reasons.join(', ') || 'no task was started';
  return {
    status: 'fail',
    sentence: `ECS did not start the release task: ${said}; it never ran, so it changed nothing`,
  };
}

/** Another try may find what this one did not: capacity, an agent that answers. The API's "failure reasons" of RunTask. */
export const mayStartLater = (reasons: readonly string[]): boolean =>
  reasons.length === 0 ||
  reasons.every((reason) => /^(?:RESOURCE:|AGENT\b|Capacity is unavailable)/i.test(reason));
