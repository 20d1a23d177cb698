/** ECS has brought a new version up and asks whether users may have it: answers with what the smoke tests have found so far. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { serviceOfArn } from '../../aws/ecs-service.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { ContractViolation } from '../../core/errors.ts';
import {
  answerHook,
  type HookAnswer,
  hookQuestionSchema,
  type ReleaseOnHook,
} from '../../core/lifecycle-hook.ts';
import { releaseSchema } from '../../core/release.ts';
import { smokeVerdictSchema } from '../../core/smoke.ts';
import { defineEventHandler, onEvent } from '../event.ts';

const stepsSchema = z.looseObject({
  ResolveRelease: z.looseObject({ release: releaseSchema }),
  RunSmokeTests: smokeVerdictSchema.pick({ status: true }).loose().optional(),
});

export const onLifecycleHook = defineEventHandler({
  name: 'on-lifecycle-hook',
  uses: { ecs, records, slots },
  // ECS takes a deployment back where this throws: not knowing is no yes.
  run: async (event, aws): Promise<HookAnswer> => {
    const question = hookQuestionSchema.safeParse(event);
    if (!question.success)
      throw new ContractViolation(
        `this is no question of a lifecycle hook of ECS: ${z.prettifyError(question.error)}`,
      );
    const { lifecycleStage, resourceArn } = question.data;
    if (lifecycleStage !== 'POST_TEST_TRAFFIC_SHIFT') return { hookStatus: 'SUCCEEDED' };
    const { status, release } = await whoseDeployment(resourceArn, aws);
    return answerHook(status, release);
  },
});

/** The slot says which release deployed what is not proved yet. */
async function whoseDeployment(
  serviceDeploymentArn: string,
  aws: Pick<Aws, 'ecs' | 'records' | 'slots'>,
): Promise<{ status: string; release: ReleaseOnHook | undefined }> {
  const { unproved } = await aws.slots.look(serviceOfArn(serviceDeploymentArn));
  if (!unproved) return { status: '', release: undefined };
  const { steps, outcome } = await aws.records.of(unproved.execution);
  const { ResolveRelease, RunSmokeTests } = stepsSchema.parse(steps);
  const { target, settings } = ResolveRelease.release;
  const deployment = await aws.ecs(target).deployment(serviceDeploymentArn);
  const { status = '', taskDefinitionArn } = deployment ?? {};
  if (taskDefinitionArn !== unproved.taskDefinitionArn) return { status, release: undefined };
  const release = {
    ended: outcome !== undefined,
    toTest: settings.smokeTests,
    smokeTests: RunSmokeTests?.status,
  };
  return { status, release };
}

export const handler = onEvent(onLifecycleHook);
