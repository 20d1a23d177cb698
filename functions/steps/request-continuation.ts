/** ECS has paused the deployment: asks people whether it goes on, once for each pause, and tells ECS what they decide. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { ecs } from '../../aws/ecs.ts';
import { logs } from '../../aws/logs.ts';
import { pauseHooks } from '../../aws/pause-hooks.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { continuationSchema, neverPaused, pausedSchema } from '../../core/pause-hook.ts';
import { deploymentSchema, planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import { askAtPauses, leavePauses } from '../ask-at-pauses.ts';
import { lambda } from '../lambda.ts';
import { lookAtDeployment } from '../look-at-deployment.ts';
import { defineStep } from '../step.ts';

export const requestContinuation = defineStep({
  name: 'RequestContinuation',
  uses: { approvals, ecs, logs, pauseHooks, records, slack, slots, states, waits },
  input: z.strictObject({
    release: releaseSchema,
    scan: scanVerdictSchema,
    plan: planSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    tested: z.boolean(),
    measured: z.boolean(),
    paused: pausedSchema.nullable(),
    lookAgainIn: z.int().min(60),
  }),
  output: continuationSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  run: async (input, aws, { arn, taskToken }) => {
    const { target } = input.release;
    // First wait, then look: an event or a decision between the two finds somebody to wake.
    await aws.waits.put(target, { state: 'RequestContinuation', execution: arn, taskToken, input });
    const found = await lookAtDeployment(input, arn, aws);
    const asked = { ...input, paused: input.paused ?? neverPaused, execution: arn };
    const answer =
      found?.status === 'paused'
        ? await askAtPauses(asked, found, aws)
        : await leavePauses(asked, found, aws);
    return answer && (await aws.waits.take(target, taskToken)) ? answer : undefined;
  },
});

export const handler = lambda(requestContinuation);
