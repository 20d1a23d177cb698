/** Waits until the previous revision serves again: a rollback is verified like a deployment. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { pauseHooks } from '../../aws/pause-hooks.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { returnSchema, rollbackSchema } from '../../core/rollback.ts';
import { lambda } from '../lambda.ts';
import { letWayBack } from '../let-way-back.ts';
import { lookAtRollback } from '../look-at-rollback.ts';
import { defineStep } from '../step.ts';

export const awaitRollback = defineStep({
  name: 'AwaitRollback',
  uses: { ecs, pauseHooks, states, waits },
  input: z.strictObject({
    release: releaseSchema,
    plan: planSchema,
    revision: revisionSchema,
    rollback: rollbackSchema,
  }),
  output: returnSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  run: async (input, aws, { arn, taskToken }) => {
    // First wait, then look: an event between the two finds somebody to wake.
    await aws.waits.put(input.release.target, { state: 'AwaitRollback', execution: arn, taskToken, input });
    await letWayBack(input, aws);
    const found = await lookAtRollback(input, aws);
    return found && (await aws.waits.take(input.release.target, taskToken)) ? found : undefined;
  },
});

export const handler = lambda(awaitRollback);
