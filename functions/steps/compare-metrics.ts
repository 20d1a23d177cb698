/** One look at the metrics after the deployment against those before it. The state machine comes back while it is too early. */
import * as z from 'zod';
import { environmentOf } from '../../core/config.ts';
import { compare } from '../../core/judge/compare.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import { type Comparison, comparisonSchema } from '../../core/judge/verdict.ts';
import { deploymentSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { crashLoop, rolloutSchema } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { endedByThemselves, stoppedTasks } from '../stopped-tasks.ts';

export const compareMetrics = defineStep({
  name: 'CompareMetrics',
  input: z.strictObject({
    release: releaseSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    rollout: rolloutSchema,
  }),
  output: comparisonSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, revision, deployment, rollout }, aws): Promise<Comparison> => {
    const { cloudwatch, config, now } = aws;
    const { analysis: policy } = environmentOf(config, release.service, release.environment).environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no analysis any more`);
    const time = { startedAt: deployment.startedAt, stableAt: rollout.at, now: now() };
    const look = queriesFor({ policy, deployedAt: time.startedAt, now: time.now });
    const series = await cloudwatch.metrics(look.queries, look.windowStart, look.windowEnd);
    const comparison = compare({ ...time, policy, series });

    // Tasks that crash answer nothing, so the target group's figures say little of them.
    const { desiredCount } = await aws.ecs.seenService(release.target);
    const count = endedByThemselves(await stoppedTasks(release, revision, deployment, aws));
    const crashing = crashLoop({ count, desiredCount });
    return crashing
      ? { ...comparison, status: 'fail', decision: 'take back', headline: crashing }
      : comparison;
  },
});

export const handler = lambda(compareMetrics);
