/** ECS has brought a new version up and asks whether users may have it: answers with what the smoke tests have found so far. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { type EcsService, leadingOf, serviceOfArn } from '../../aws/ecs-service.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { memberOf } from '../../core/config.ts';
import { ContractViolation, Throttled, Transient } from '../../core/errors.ts';
import { planOf } from '../../core/group.ts';
import {
  answerHook,
  askAgain,
  type HookAnswer,
  hookQuestionSchema,
  type ReleaseOnHook,
} from '../../core/lifecycle-hook.ts';
import { planSchema } from '../../core/plan.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { type Slot, unprovedOf } from '../../core/slot.ts';
import { smokeVerdictSchema } from '../../core/smoke.ts';
import { defineEventHandler, onEvent } from '../event.ts';

const stepsSchema = z.looseObject({
  ResolveRelease: z.looseObject({ release: releaseSchema }),
  PlanDeployment: planSchema.optional().catch(undefined),
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
    try {
      const { status, release } = await whoseDeployment(resourceArn, aws);
      return answerHook(status, release);
    } catch (error) {
      // ECS does not try again what threw: it would take a good version back because AWS was busy for a second.
      if (error instanceof Transient || error instanceof Throttled) return askAgain;
      throw error;
    }
  },
});

/** The slot says which release deployed what is not proved yet. */
async function whoseDeployment(
  serviceDeploymentArn: string,
  aws: Pick<Aws, 'config' | 'ecs' | 'home' | 'records' | 'slots'>,
): Promise<{ status: string; release: ReleaseOnHook | undefined }> {
  const service = serviceOfArn(serviceDeploymentArn);
  const leading = leadingOf(service, aws.config, aws.home);
  const slot = await aws.slots.look(leading);
  if (!slot.unproved) return { status: '', release: undefined };
  const { steps, outcome } = await aws.records.of(slot.unproved.execution);
  const { ResolveRelease, PlanDeployment, RunSmokeTests } = stepsSchema.parse(steps);
  const { release } = ResolveRelease;
  const deployment = await aws.ecs(release.target).deployment(serviceDeploymentArn);
  const { status = '', taskDefinitionArn } = deployment ?? {};
  if (taskDefinitionArn === undefined)
    throw new Transient(`ECS does not show yet what ${serviceDeploymentArn} deploys: it may be ours`);
  const ours = unprovedOf(slot, service.service, leading.service)?.taskDefinitionArn;
  if (taskDefinitionArn !== ours) {
    // What a release before left is still on its way, until this one has asked for its own.
    const left = PlanDeployment && planOf(PlanDeployment, { target: { ...release.target, ...service } });
    const abandoned = outcome === undefined && taskDefinitionArn === left?.unprovedTaskDefinitionArn;
    return { status, release: abandoned ? { ended: true, toTest: false, smokeTests: undefined } : undefined };
  }
  return {
    status,
    release: {
      ended: outcome !== undefined,
      toTest: release.settings.smokeTests && testedFirst(service, release, slot, aws),
      smokeTests: RunSmokeTests?.status,
    },
  };
}

/** Services alongside move with the leading one, where that is tested before it has users. Else it is tested once all have moved. */
function testedFirst(
  { service }: Pick<EcsService, 'service'>,
  release: Release,
  slot: Slot,
  { config }: Pick<Aws, 'config'>,
): boolean {
  const leading = release.target.service;
  if (service === leading) return true;
  const changes = unprovedOf(slot, leading, leading) !== undefined;
  return changes && memberOf(config, release).rollout.strategy !== 'ROLLING';
}

export const handler = onEvent(onLifecycleHook);
