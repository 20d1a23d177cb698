/** Exactly one UpdateService: looks before it acts, so a lost reply does not deploy twice. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { Transient } from '../../core/errors.ts';
import { type Deployment, deploymentSchema, planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { clockSkewMs, isSettling, ourDeployment } from '../../core/rollout.ts';
import { successor } from '../../core/slot.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const startDeployment = defineStep({
  name: 'StartDeployment',
  uses: { ecs, records, slots },
  input: z.strictObject({ release: releaseSchema, plan: planSchema, revision: revisionSchema }),
  output: deploymentSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, plan, revision }, aws, { arn }): Promise<Deployment> => {
    const { now, records, slots } = aws;
    const { target } = release;
    const ecs = aws.ecs(target);
    const { taskDefinitionArn } = revision;
    const wayBack = plan.runningTaskDefinitionArn;
    const { startedAt: known, askedAt } = await records.started(arn);
    const { taskDefinitionArn: set, createdAt } = await ecs.seenService(target);
    if (set === taskDefinitionArn) {
      // Ours, though its reply was lost; or what a release left that was stopped: then the time is its own.
      const startedAt = known ?? createdAt ?? now();
      await records.start(arn, { startedAt, wayBack });
      await slots.begin(target, arn, { taskDefinitionArn, wayBack, since: startedAt }, false);
      return { status: 'started', startedAt };
    }

    if (isSettling(askedAt, now())) throw new Transient('ECS may not show yet what it was asked for');

    const startedAt = known ?? now();
    // Asked before, and ECS has taken it back already: what became of it is the next step's to say.
    const asked = known !== undefined && (await ecs.deploymentsSince(target, known - clockSkewMs));
    if (asked && ourDeployment({ taskDefinitionArn, startedAt }, asked))
      return { status: 'started', startedAt };

    const by = successor(await slots.look(target), { ...release, execution: arn });
    if (by) return { status: 'superseded', startedAt, by };
    if (set !== wayBack && set !== plan.unprovedTaskDefinitionArn)
      return { status: 'superseded', startedAt, reason: `somebody deployed ${set} meanwhile` };

    await records.start(arn, { startedAt, wayBack, askedAt: now() });
    await slots.begin(target, arn, { taskDefinitionArn, wayBack, since: startedAt }, set !== wayBack);
    await ecs.deploy(target, taskDefinitionArn);
    return { status: 'started', startedAt };
  },
});

export const handler = lambda(startDeployment);
