/** Wakes a release that waits while ECS has paused its deployment: what is to be done then its own state does. */
import * as z from 'zod';
import type { Approval } from '../aws/approvals.ts';
import type { Aws } from '../aws/gateways.ts';
import { continuationSchema, neverPaused } from '../core/pause-hook.ts';
import { answerTask } from './answer-task.ts';

/** The state that waits, without what it needs to ask. */
const requestContinuation = { name: 'RequestContinuation', output: continuationSchema };

/** It would look by itself, up to a quarter of an hour later. */
export async function wakeContinuation(
  { execution, pause }: Approval,
  aws: Pick<Aws, 'now' | 'records' | 'states' | 'waits'>,
): Promise<void> {
  if (!pause) return;
  const wait = await aws.waits.of(pause.leading);
  if (wait?.state !== 'RequestContinuation' || wait.execution !== execution) return;
  await lookAgain(wait, pause.leading, 'it was decided', aws);
}

/** Answers whether it was this call that woke it. */
export async function lookAgain(
  wait: { execution: string; taskToken: string; input: unknown },
  leading: Parameters<Aws['waits']['take']>[0],
  reason: string,
  aws: Pick<Aws, 'now' | 'records' | 'states' | 'waits'>,
): Promise<boolean> {
  const { paused, lookAgainIn } = waitingSchema.parse(wait.input);
  const answer = { status: 'look again', reason, at: aws.now(), paused: paused ?? neverPaused, lookAgainIn };
  return (
    (await aws.waits.take(leading, wait.taskToken)) && answerTask(aws, requestContinuation, wait, answer)
  );
}

/** Of the state's input. */
const waitingSchema = z.looseObject({
  paused: continuationSchema.shape.paused.nullable(),
  lookAgainIn: continuationSchema.shape.lookAgainIn,
});
