/** One look at the metrics after the deployment against those before it. The state machine comes back while it is too early. */
import * as z from 'zod';
import { environmentOf } from '../../core/config.ts';
import { compare } from '../../core/judge/compare.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import { comparisonSchema } from '../../core/judge/verdict.ts';
import { deploymentSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { rolloutSchema } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const compareMetrics = defineStep({
  name: 'CompareMetrics',
  input: z.strictObject({ release: releaseSchema, deployment: deploymentSchema, rollout: rolloutSchema }),
  output: comparisonSchema,
  errors: ['Transient'],
  run: async ({ release, deployment, rollout }, { cloudwatch, config, now }) => {
    const { analysis: policy } = environmentOf(config, release.service, release.environment).environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no analysis any more`);
    const time = { startedAt: deployment.startedAt, stableAt: rollout.at, now: now() };
    const look = queriesFor({ policy, deployedAt: time.startedAt, now: time.now });
    const series = await cloudwatch.metrics(look.queries, look.windowStart, look.windowEnd);
    return compare({ ...time, policy, series });
  },
});

export const handler = lambda(compareMetrics);
