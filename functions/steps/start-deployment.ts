/** Exactly one UpdateService: looks before it acts, so a lost reply does not deploy twice. */
import * as z from 'zod';
import { type Deployment, deploymentSchema, planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const startDeployment = defineStep({
  name: 'StartDeployment',
  input: z.strictObject({ release: releaseSchema, plan: planSchema, revision: revisionSchema }),
  output: deploymentSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, plan, revision }, { ecs, now, records, slots }, { arn }): Promise<Deployment> => {
    const { taskDefinition } = await ecs.service(release.target);
    const startedAt = (await records.startedAt(arn)) ?? now();
    if (taskDefinition === revision.taskDefinitionArn) return { status: 'started', startedAt };

    const { waiting } = await slots.look(release.target);
    if (waiting && waiting.pushedAt > release.pushedAt)
      return { status: 'superseded', startedAt, by: waiting.tag };

    const { taskDefinitionArn } = revision;
    await slots.begin(release.target, arn, { taskDefinitionArn, wayBack: plan.runningTaskDefinitionArn });
    await records.start(arn, { startedAt, wayBack: plan.runningTaskDefinitionArn });
    await ecs.deploy(release.target, taskDefinitionArn);
    return { status: 'started', startedAt };
  },
});

export const handler = lambda(startDeployment);
