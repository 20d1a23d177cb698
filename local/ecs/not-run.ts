/** Services that others run: by CodeDeploy, by a controller of their own, on instances. They can be looked at, and nothing else. */

import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs';
import { invalidParameter, notInTheLocalWorld } from './errors.ts';
import type { ServiceRecord } from './model.ts';

/** As it was asked for; what is left out is ECS's default. */
export type Elsewhere = Pick<
  CreateServiceRequest,
  'deploymentController' | 'schedulingStrategy' | 'launchType'
>;

/** What the local world only shows, if the request is for such a service. */
export function elsewhere(request: CreateServiceRequest): Elsewhere | undefined {
  const { deploymentController, schedulingStrategy, launchType, capacityProviderStrategy } = request;
  const onInstances = !capacityProviderStrategy?.length && launchType !== 'FARGATE';
  const controlled = (deploymentController?.type ?? 'ECS') !== 'ECS';
  if (!onInstances && !controlled && (schedulingStrategy ?? 'REPLICA') === 'REPLICA') return undefined;
  return {
    launchType: onInstances ? (launchType ?? 'EC2') : 'FARGATE',
    ...(deploymentController && { deploymentController }),
    ...(schedulingStrategy && { schedulingStrategy }),
  };
}

/** Laid over the view of a service without deployments: as if all of its tasks had run for long. */
export function elsewhereView(service: ServiceRecord): Partial<Service> {
  if (!service.elsewhere) return {};
  const { deploymentController = { type: 'ECS' }, ...kind } = service.elsewhere;
  const counts = { desiredCount: service.desiredCount, pendingCount: 0, runningCount: service.desiredCount };
  const common = {
    id: 'ecs-svc/1000000000000000000',
    status: 'PRIMARY',
    taskDefinition: service.definition.taskDefinitionArn,
    createdAt: service.createdAt,
    updatedAt: service.createdAt,
    launchType: kind.launchType,
  };
  return {
    ...kind,
    deploymentController,
    runningCount: service.desiredCount,
    // Its task sets have one each.
    ...(deploymentController.type === 'EXTERNAL' && { taskDefinition: undefined }),
    ...(deploymentController.type === 'ECS'
      ? { deployments: [{ ...common, ...counts, failedTasks: 0, rolloutState: 'COMPLETED' }] }
      : { deployments: [], taskSets: [{ ...common, stabilityStatus: 'STEADY_STATE' }] }),
  };
}

/** UpdateService of such a service. AWS's words where CodeDeploy is concerned. */
export function refuseElsewhere({ elsewhere: kind }: ServiceRecord, changesTaskDefinition: boolean) {
  if (!kind) return;
  const { type = 'ECS' } = kind.deploymentController ?? {};
  if (type === 'CODE_DEPLOY' && changesTaskDefinition) {
    throw invalidParameter(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. ' +
        'Use AWS CodeDeploy to trigger a new deployment.',
    );
  }
  throw notInTheLocalWorld('changes of services that it only shows');
}
