/** Registers the running revision with the new image. The same content registers once. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
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
  run: async ({ release: { target, image }, plan }, { ecs }) => ({
    taskDefinitionArn: await ecs(target).registerWithImage(
      plan.runningTaskDefinitionArn,
      target.container,
      image,
    ),
  }),
});

export const handler = lambda(registerTaskDefinition);
