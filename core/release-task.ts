/** The one-off task that runs before traffic moves: what its end means. */
import * as z from 'zod';
import { spoken } from './duration.ts';

export const releaseTaskSchema = z.strictObject({
  status: z.enum(['pass', 'fail', 'continue']),
  sentence: z.string(),
  taskArn: z.string(),
  logTail: z.array(z.string()).max(20),
});
export type ReleaseTask = z.infer<typeof releaseTaskSchema>;

export interface SeenTask {
  lastStatus: string;
  stoppedReason: string | undefined;
  exitCode: number | undefined;
  /** ms since the epoch. */
  createdAt: number;
}

/** Only exit code 0 of the service's container passes. `task` is undefined once ECS has forgotten it. */
export function readReleaseTask(
  task: SeenTask | undefined,
  timeoutSeconds: number,
  now: number,
): Pick<ReleaseTask, 'status' | 'sentence'> {
  if (!task)
    return {
      status: 'fail',
      sentence: 'ECS no longer knows the release task, so nobody can say how it ended',
    };
  if (task.lastStatus !== 'STOPPED') {
    const seconds = (now - task.createdAt) / 1000;
    if (seconds < timeoutSeconds)
      return { status: 'continue', sentence: `the release task is ${task.lastStatus}` };
    return {
      status: 'fail',
      sentence: `the release task is still ${task.lastStatus} after ${spoken(seconds)}; it was not stopped`,
    };
  }
  if (task.exitCode === 0) return { status: 'pass', sentence: 'the release task ended with exit code 0' };
  const how = task.exitCode === undefined ? 'never ran' : `ended with exit code ${task.exitCode}`;
  return { status: 'fail', sentence: `the release task ${how}: ${task.stoppedReason ?? 'no reason given'}` };
}
