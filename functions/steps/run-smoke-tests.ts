/** Asks the endpoints as users would. The state machine comes back until they answer well, or their time is over. */
import * as z from 'zod';
import { endpoints } from '../../aws/endpoints.ts';
import { abortSentence } from '../../core/abort.ts';
import { environmentOf } from '../../core/config.ts';
import { releaseSchema } from '../../core/release.ts';
import { rolloutSchema } from '../../core/rollout.ts';
import { smokeVerdictSchema, throughTestListener } from '../../core/smoke.ts';
import { askEndpoints } from '../ask-endpoints.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const runSmokeTests = defineStep({
  name: 'RunSmokeTests',
  uses: { endpoints },
  input: z.strictObject({ release: releaseSchema, rollout: rolloutSchema }),
  output: smokeVerdictSchema,
  errors: ['Transient', 'Throttled'],
  aborted: (abort) => ({ status: 'fail' as const, sentence: abortSentence(abort), endpoints: [] }),
  run: ({ release, rollout }, aws) => {
    const { smoke: policy } = environmentOf(aws.config, release.service, release.environment).environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no smoke tests any more`);
    const { at: since, status } = rollout;
    if (status !== 'testable') return askEndpoints(policy, { since }, aws);
    // Users' address still leads to the old version.
    const onlyForUs = { ...policy, endpoints: throughTestListener(policy) };
    return askEndpoints(onlyForUs, { since, headers: policy.testListener?.headers }, aws);
  },
});

export const handler = lambda(runSmokeTests);
