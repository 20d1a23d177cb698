/** Waits until ECS is done with our deployment. Events wake it; its own timeout is the slow poll behind them. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { logs } from '../../aws/logs.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { pausedSchema } from '../../core/pause-hook.ts';
import { deploymentSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { isToCheck, rolloutSchema, stillAsked } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { lookAtDeployment } from '../look-at-deployment.ts';
import { defineStep } from '../step.ts';

export const awaitDeployment = defineStep({
  name: 'AwaitDeployment',
  uses: { ecs, logs, slots, states, waits },
  input: z.strictObject({
    release: releaseSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    // Absent where Tidegate was deployed anew while the release was under way.
    tested: z.boolean().default(false),
    measured: z.boolean().default(false),
    paused: pausedSchema.nullable().optional(),
  }),
  output: rolloutSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  run: async (input, aws, { arn, taskToken }) => {
    const left = stillAsked(input.paused, aws.now());
    if (left) {
      const ahead = await lookAtDeployment(input, arn, aws);
      return ahead && isToCheck(ahead) ? ahead : left;
    }
    // First wait, then look: an event between the two finds somebody to wake.
    await aws.waits.put(input.release.target, { state: 'AwaitDeployment', execution: arn, taskToken, input });
    const found = await lookAtDeployment(input, arn, aws);
    return found && (await aws.waits.take(input.release.target, taskToken)) ? found : undefined;
  },
});

export const handler = lambda(awaitDeployment);
