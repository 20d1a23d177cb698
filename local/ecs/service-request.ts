/** What CreateService and UpdateService refuse. Throws AWS's errors; changes nothing. */

import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { TargetGroup } from '../load-balancer/target-group.ts';
import { invalidParameter, notInTheLocalWorld } from './errors.ts';
import type { RevisionSettings } from './model.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';

export interface Possible {
  targetGroups: (arn: string) => TargetGroup | undefined;
}

export function checkServiceKind({
  deploymentController,
  schedulingStrategy = 'REPLICA',
}: CreateServiceRequest) {
  const { type = 'ECS' } = deploymentController ?? {};
  if (type !== 'ECS') throw notInTheLocalWorld(`the deployment controller ${type}`);
  if (schedulingStrategy !== 'REPLICA')
    throw notInTheLocalWorld(`the scheduling strategy ${schedulingStrategy}`);
}

export function checkDesiredCount(desiredCount: number | undefined) {
  if (desiredCount === undefined || (Number.isInteger(desiredCount) && desiredCount >= 0)) return;
  throw invalidParameter('desiredCount should not be negative.');
}

/** Whether tasks of the definition can be run as the settings say. */
export function checkRevision(
  definition: RegisteredTaskDefinition,
  settings: RevisionSettings,
  possible: Possible,
) {
  checkFargate(definition, settings);
  if (settings.volumeConfigurations?.length) throw notInTheLocalWorld('volumes');
  const loadBalancers = settings.loadBalancers ?? [];
  if (loadBalancers.some(({ loadBalancerName }) => loadBalancerName))
    throw notInTheLocalWorld('Classic Load Balancers');
  if (loadBalancers.length > 5) throw invalidParameter('loadBalancers can have at most 5 items.');
  for (const { targetGroupArn = '', containerName = '', containerPort } of loadBalancers) {
    const container = definition.containerDefinitions.find(({ name }) => name === containerName);
    if (!container)
      throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalidParameter(
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      );
    }
    if (!possible.targetGroups(targetGroupArn)) {
      throw invalidParameter(`The specified target group does not exist: ${targetGroupArn}`);
    }
  }
}

/** There are no container instances: AWS would wait for one for ever, so that is refused. */
export function checkFargate(
  { compatibilities = [], networkMode }: RegisteredTaskDefinition,
  { launchType, capacityProviderStrategy, networkConfiguration }: RevisionSettings,
) {
  const providers = capacityProviderStrategy ?? [];
  if (launchType && providers.length > 0) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const fargate =
    launchType === 'FARGATE' ||
    providers.some(({ capacityProvider = '' }) => /^FARGATE/.test(capacityProvider));
  if (!fargate) throw notInTheLocalWorld(`the launch type ${launchType ?? 'EC2'}`);
  if (!compatibilities.includes('FARGATE')) {
    throw invalidParameter('Task definition does not support launch_type FARGATE.');
  }
  if (networkMode === 'awsvpc' && !networkConfiguration?.awsvpcConfiguration?.subnets?.length) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
}
