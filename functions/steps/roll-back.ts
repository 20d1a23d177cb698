/** Goes back, with every ECS service: stops the deployment while it is in progress, else deploys the previous revision. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { Transient } from '../../core/errors.ts';
import { type Answer, changedParts, joinRollbacks, type Part, planOf } from '../../core/group.ts';
import { type Plan, planSchema, revisionSchema } from '../../core/plan.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import { releaseSchema } from '../../core/release.ts';
import { type Rollback, rollbackMethod, rollbackSchema } from '../../core/rollback.ts';
import { clockSkewMs, isSettling, ourDeployment } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const rollBack = defineStep({
  name: 'RollBack',
  uses: { ecs, records, slots },
  input: z.strictObject({ release: releaseSchema, plan: planSchema, revision: revisionSchema }),
  output: rollbackSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, plan, revision }, aws, { arn }) => {
    await aws.slots.hold(release.target, arn);
    const started = await aws.records.started(arn);
    const answers: Answer<Rollback>[] = [];
    const failures: unknown[] = [];
    for (const part of changedParts({ release, revision })) {
      const { target } = part.release;
      const own = { ...part, plan: planOf(plan, part.release), ...started, execution: arn };
      // One that cannot go back keeps no other from it.
      await rollBackPart(own, aws).then(
        (answer) => answers.push({ target, answer }),
        (error) => failures.push(error),
      );
    }
    if (failures.length > 0) throw failures[0];
    return joinRollbacks(answers, aws.now());
  },
});

interface WayBack extends Part, Pick<ReleaseRecord, 'startedAt' | 'askedAt'> {
  plan: Plan;
  execution: string;
}

/** Of one ECS service. Looks first, so that it may be repeated after an effect. */
async function rollBackPart(
  { release: { target }, plan, revision, startedAt, askedAt, execution }: WayBack,
  { now, records, ...aws }: Pick<Aws, 'ecs' | 'now' | 'records'>,
): Promise<Rollback> {
  const ecs = aws.ecs(target);
  const revisions = {
    ours: revision.taskDefinitionArn,
    wayBack: plan.runningTaskDefinitionArn,
    unproved: plan.unprovedTaskDefinitionArn,
    first: plan.first,
  };
  const since = startedAt ?? now();
  const seen = await ecs.deploymentsSince(target, since - clockSkewMs);
  const deployment = ourDeployment({ taskDefinitionArn: revisions.ours, startedAt: since }, seen);

  const method = rollbackMethod(revisions, await ecs.seenService(target), deployment);
  // All but a deployment in progress may be from before the last change.
  if (method !== 'deployment stopped' && isSettling(askedAt, now()))
    throw new Transient('ECS may not show yet what it was asked for');
  if (method === 'deployment stopped' && deployment && !(await ecs.takeBack(deployment.arn)))
    throw new Transient('the deployment ended before it could be stopped: looks again');
  if (method === 'previous revision deployed') {
    await records.asking(execution, now());
    await ecs.deploy(target, revisions.wayBack);
  }
  return { method, startedAt: now() };
}

export const handler = lambda(rollBack);
