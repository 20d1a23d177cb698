/** One look at the metrics after the deployment against those before it. The state machine comes back while it is too early. */
import * as z from 'zod';
import { cloudwatch } from '../../aws/cloudwatch.ts';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { logCounts } from '../../aws/log-counts.ts';
import { logs } from '../../aws/logs.ts';
import { slots } from '../../aws/slots.ts';
import { abortOf, abortSentence } from '../../core/abort.ts';
import { environmentOf } from '../../core/config.ts';
import { changedParts, isGroup, type Part, startedAtOf } from '../../core/group.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { type Comparison, comparisonSchema } from '../../core/judge/verdict.ts';
import { pausedSchema } from '../../core/pause-hook.ts';
import { type Deployment, deploymentSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { clockSkewMs, crashLoop, lastWords, type Rollout, rolloutSchema } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { lookAtDeployment } from '../look-at-deployment.ts';
import { lookAtMetrics } from '../look-at-metrics.ts';
import { defineStep } from '../step.ts';
import { crashesOf, diagnosed, endedAfterStart, stoppedTasks } from '../stopped-tasks.ts';

export const compareMetrics = defineStep({
  name: 'CompareMetrics',
  uses: { cloudwatch, ecs, logCounts, logs, slots },
  input: z.strictObject({
    release: releaseSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    rollout: rolloutSchema,
    // Absent where Tidegate was deployed anew while the release was under way.
    paused: pausedSchema.nullable().optional(),
  }),
  output: comparisonSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, revision, deployment, rollout, paused }, aws, { arn }): Promise<Comparison> => {
    const { cloudwatch, config, now } = aws;
    const { environment } = environmentOf(config, release.service, release.environment);
    const { analysis: policy } = environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no analysis any more`);
    const time = { startedAt: deployment.startedAt, stableAt: rollout.at, now: now() };
    const slot = await aws.slots.look(release.target);
    const { spoiled = [] } = slot;
    const { targetGroups } = rollout;
    const question = { environment, policy, ...time, spoiled, targetGroups };
    const comparison = await lookAtMetrics(
      question,
      cloudwatch(release.target),
      aws.logCounts(release.target),
    );

    const waitSeconds = Math.min(comparison.waitSeconds, crashesShowAfter(policy));
    if (rollout.status === 'serving') {
      const question = { release, revision, deployment, tested: true, measured: false, paused };
      const found = await lookAtDeployment(question, arn, aws);
      return found && meanwhile.includes(found.status)
        ? { ...comparison, decision: 'look at the deployment', headline: found.reason }
        : { ...comparison, waitSeconds };
    }
    const abort = abortOf(slot, arn);
    if (abort)
      return { ...comparison, status: 'fail', decision: 'take back', headline: abortSentence(abort) };
    // Tasks that crash answer nothing, so the target group's figures say little of them.
    const crashing = await crashingPart({ release, revision }, { rollout, deployment }, aws);
    if (crashing) return { ...comparison, status: 'fail', decision: 'take back', ...crashing };
    return { ...comparison, waitSeconds };
  },
});

/** What ends a deployment that old and new version both serve in, whatever the figures say. */
const meanwhile: Rollout['status'][] = ['failed', 'superseded', 'gives way'];

/** Figures come late, and the judge's looks lie ever further apart: crashes are looked for between them, in seconds. */
const crashesShowAfter = ({ window }: AnalysisPolicy): number => Math.max(60, Math.ceil(window / 20));

/** Of each ECS service that was changed: why, where one does. */
async function crashingPart(
  group: Part,
  { rollout, deployment }: { rollout: Rollout; deployment: Deployment },
  aws: Pick<Aws, 'ecs' | 'logs'>,
): Promise<Pick<Comparison, 'headline' | 'diagnosis' | 'stoppedTasks'> | undefined> {
  for (const { release, revision } of changedParts(group)) {
    const { service } = release.target;
    const own = service === group.release.target.service ? rollout.createdAt : undefined;
    const since = own ?? startedAtOf(deployment, release) - clockSkewMs;
    const stopped = await stoppedTasks(release, revision, since, aws);
    const crashing = crashLoop(await crashesOf(release, endedAfterStart(stopped), aws));
    if (!crashing) continue;
    const where = isGroup(group.release) ? `${service}: ` : '';
    const why = await diagnosed(endedAfterStart(stopped), release, revision, since, aws);
    return { headline: where + crashing + lastWords(why.diagnosis), ...why };
  }
  return undefined;
}

export const handler = lambda(compareMetrics);
