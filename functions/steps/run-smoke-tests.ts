/** Asks the endpoints as users would. The state machine comes back until they answer well, or their time is over. */
import * as z from 'zod';
import { endpoints } from '../../aws/endpoints.ts';
import type { Aws } from '../../aws/gateways.ts';
import { environmentOf, type SmokeEndpoint, type SmokePolicy } from '../../core/config.ts';
import { releaseSchema } from '../../core/release.ts';
import { rolloutSchema } from '../../core/rollout.ts';
import { judgeSmoke, type SmokeAnswer, smokeVerdictSchema } from '../../core/smoke.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const runSmokeTests = defineStep({
  name: 'RunSmokeTests',
  uses: { endpoints },
  input: z.strictObject({ release: releaseSchema, rollout: rolloutSchema }),
  output: smokeVerdictSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, rollout }, aws) => {
    const { smoke: policy } = environmentOf(aws.config, release.service, release.environment).environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no smoke tests any more`);
    const answers = await Promise.all(policy.endpoints.map((endpoint) => inARow(endpoint, policy, aws)));
    return judgeSmoke({ policy, answers, stableAt: rollout.at, now: aws.now() });
  },
});

/** One after the other; after a bad answer there is nothing more to learn now. */
async function inARow(
  endpoint: SmokeEndpoint,
  policy: SmokePolicy,
  { endpoints }: Pick<Aws, 'endpoints'>,
): Promise<SmokeAnswer[]> {
  const answers: SmokeAnswer[] = [];
  while (answers.length < policy.consecutive) {
    const answer = await endpoints.ask(endpoint, policy.requestTimeout);
    answers.push(answer);
    if (answer.status !== endpoint.status || !answer.bodyMatched) break;
  }
  return answers;
}

export const handler = lambda(runSmokeTests);
