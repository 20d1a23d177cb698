/** The exact difference between running and wanted, and whether the way there and the way back are open. */
import * as z from 'zod';
import { cloudwatch } from '../../aws/cloudwatch.ts';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { slots } from '../../aws/slots.ts';
import { abortSentence } from '../../core/abort.ts';
import { ReleaseRejected, Transient } from '../../core/errors.ts';
import { joinPlans } from '../../core/group.ts';
import { planSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { deploymentPlans } from '../deployment-plan.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const planDeployment = defineStep({
  name: 'PlanDeployment',
  uses: { cloudwatch, ecr, ecs, slots },
  input: z.strictObject({ release: releaseSchema }),
  output: planSchema,
  errors: ['Transient', 'Throttled', 'ReleaseRejected'],
  aborted: (abort) => {
    throw new ReleaseRejected(abortSentence(abort));
  },
  run: async ({ release }, aws) => {
    const plans = await deploymentPlans(release, aws);
    const waitsFor = plans.find(({ answer }) => answer.waitsFor)?.answer.waitsFor;
    if (waitsFor) throw new Transient(waitsFor);
    // Nothing changes unless all of its ECS services can go.
    const obstacles = plans.flatMap(({ answer }) => answer.obstacles);
    if (obstacles.length > 0) throw new ReleaseRejected(obstacles.join('; '));
    return joinPlans(plans.map(({ target, answer }) => ({ target, answer: answer.plan })));
  },
});

export const handler = lambda(planDeployment);
