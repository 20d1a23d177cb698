/** Goes back: stops the deployment while it is in progress, else deploys the previous revision. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { Transient } from '../../core/errors.ts';
import { planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { rollbackMethod, rollbackSchema } from '../../core/rollback.ts';
import { isSettling, ourDeployment } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const rollBack = defineStep({
  name: 'RollBack',
  uses: { ecs, records, slots },
  input: z.strictObject({ release: releaseSchema, plan: planSchema, revision: revisionSchema }),
  output: rollbackSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release: { target }, plan, revision }, aws, { arn }) => {
    const { now, records, slots } = aws;
    const ecs = aws.ecs(target);
    await slots.hold(target, arn);
    const revisions = {
      ours: revision.taskDefinitionArn,
      wayBack: plan.runningTaskDefinitionArn,
      unproved: plan.unprovedTaskDefinitionArn,
      first: plan.first,
    };
    const { startedAt = now(), askedAt } = await records.started(arn);
    const seen = await ecs.deploymentsSince(target, startedAt - 60_000);
    const deployment = ourDeployment({ taskDefinitionArn: revisions.ours, startedAt }, seen);

    const method = rollbackMethod(revisions, await ecs.seenService(target), deployment);
    // All but a deployment in progress may be from before the last change.
    if (method !== 'deployment stopped' && isSettling(askedAt, now()))
      throw new Transient('ECS may not show yet what it was asked for');
    if (method === 'deployment stopped' && deployment && !(await ecs.takeBack(deployment.arn)))
      throw new Transient('the deployment ended before it could be stopped: looks again');
    if (method === 'previous revision deployed') {
      await records.asking(arn, now());
      await ecs.deploy(target, revisions.wayBack);
    }
    return { method, startedAt: now() };
  },
});

export const handler = lambda(rollBack);
