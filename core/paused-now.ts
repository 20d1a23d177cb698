/** Whether ECS has paused a release and people are asked about it: read from its record, as its phase is. */
import * as z from 'zod';
import { type HookPause, hookPauseSchema } from './pause-hook.ts';
import type { ReleaseRecord } from './record.ts';

const pausedSchema = z.looseObject({
  status: z.literal('paused'),
  at: z.number(),
  pauses: z.array(hookPauseSchema.loose()).min(1),
});
const continuationSchema = z.looseObject({ status: z.string(), at: z.number() });

/** The first of what it is paused by; undefined where it is not. */
export function pausedNow({
  steps,
  outcome,
}: Pick<ReleaseRecord, 'steps' | 'outcome'>): HookPause | undefined {
  const { AwaitDeployment, RequestContinuation, RollBack } = steps;
  const found = pausedSchema.safeParse(AwaitDeployment).data;
  if (!found || outcome !== undefined || RollBack !== undefined) return undefined;
  const answer = continuationSchema.safeParse(RequestContinuation).data;
  const over = answer && answer.status !== 'look again' && answer.at >= found.at;
  return over ? undefined : found.pauses[0];
}
