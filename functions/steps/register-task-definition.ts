/** Registers the running revision with the new image, of every ECS service that is to be changed. The same content registers once. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { isGroup, planOf, services } from '../../core/group.ts';
import { planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const registerTaskDefinition = defineStep({
  name: 'RegisterTaskDefinition',
  uses: { ecs },
  input: z.strictObject({ release: releaseSchema, plan: planSchema }),
  output: revisionSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, plan }, { ecs }) => {
    const revisions: [string, string][] = [];
    // One after the other: of this AWS takes few at once, and two services may have one family.
    for (const { target, image } of services(release)) {
      const { decision, runningTaskDefinitionArn } = planOf(plan, { target });
      const revision =
        decision === 'skip'
          ? runningTaskDefinitionArn
          : await ecs(target).registerWithImage(runningTaskDefinitionArn, target.container, image);
      if (decision === 'deploy' || target.service === release.target.service)
        revisions.push([target.service, revision]);
    }
    const { [release.target.service]: taskDefinitionArn = '', ...others } = Object.fromEntries(revisions);
    return {
      taskDefinitionArn,
      ...(plan.unchanged && { unchanged: true }),
      ...(isGroup(release) && { others }),
    };
  },
});

export const handler = lambda(registerTaskDefinition);
