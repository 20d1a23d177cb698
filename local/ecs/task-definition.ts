/** One task definition: what AWS checks when it is registered, and what it adds. Pure. */

import type { ContainerDefinition, RegisterTaskDefinitionRequest, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Place } from '../../core/place.ts';
import { checkDependencies } from './container-dependencies.ts';
import { clientException } from './errors.ts';
import { fargateSizeError } from './fargate-size.ts';
import { ecsArn } from './names.ts';

export interface RegisteredContainer extends ContainerDefinition {
  name: string;
  image: string;
}

export interface RegisteredTaskDefinition extends TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  containerDefinitions: RegisteredContainer[];
}

/** Throws AWS's ClientException for the first thing that is wrong. Keeps every field, also those it does not know. */
export function registered(
  { tags: _, ...request }: RegisterTaskDefinitionRequest,
  place: Place,
  revision: number,
  now: Date,
): RegisteredTaskDefinition {
  const { family, containerDefinitions = [] } = request;
  if (!family) throw clientException('Family should not be null or empty.');
  if (!/^[\w-]{1,255}$/.test(family)) throw clientException('Family contains invalid characters.');
  if (containerDefinitions.length === 0) throw clientException('Container list cannot be empty.');

  const awsvpc = request.networkMode === 'awsvpc';
  const containers = containerDefinitions.map((container) => withDefaults(container, awsvpc));
  checkContainers(containers, request);
  checkDependencies(containers);
  const wantsFargate = request.requiresCompatibilities?.includes('FARGATE') ?? false;
  const fargateError = fargateErrorOf(containers, request);
  if (wantsFargate && fargateError) throw clientException(fargateError);

  return {
    ...request,
    family,
    containerDefinitions: containers,
    volumes: request.volumes ?? [],
    placementConstraints: request.placementConstraints ?? [],
    taskDefinitionArn: ecsArn(place, `task-definition/${family}:${revision}`),
    revision,
    status: 'ACTIVE',
    requiresAttributes: requiredAttributes(containers, request).map((name) => ({ name })),
    compatibilities: fargateError ? ['EC2'] : ['EC2', 'FARGATE'],
    registeredAt: now,
    registeredBy: `arn:aws:iam::${place.account}:root`,
  };
}

function withDefaults(container: ContainerDefinition, awsvpc: boolean): RegisteredContainer {
  if (!container.name) throw clientException('Container.name should not be null or empty.');
  if (!container.image) throw clientException('Container.image should not be null or empty.');
  return {
    ...container,
    name: container.name,
    image: container.image,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      protocol: mapping.protocol ?? 'tcp',
      ...(awsvpc && { hostPort: mapping.hostPort ?? mapping.containerPort }),
    })),
  };
}

function checkContainers(containers: RegisteredContainer[], request: RegisterTaskDefinitionRequest) {
  if (new Set(containers.map(({ name }) => name)).size < containers.length) {
    throw clientException('Container.name should be unique within a task definition.');
  }
  if (!containers.some(({ essential }) => essential)) {
    throw clientException('At least one container must be marked essential.');
  }
  for (const { name, memory, memoryReservation } of containers) {
    if (!request.memory && !memory && !memoryReservation) {
      throw clientException(
        `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      );
    }
  }
}

function fargateErrorOf(
  containers: RegisteredContainer[],
  { cpu, memory, networkMode, executionRoleArn }: RegisterTaskDefinitionRequest,
): string | undefined {
  if (networkMode !== 'awsvpc') return 'Fargate only supports network mode ‘awsvpc’.';
  if (!cpu) return "Fargate requires that 'cpu' be defined at the task level.";
  if (!memory) return "Fargate requires that 'memory' be defined at the task level.";
  const role = 'Fargate requires task definition to have execution role ARN to support';
  if (!executionRoleArn && containers.some(usesEcr)) return `${role} ECR images.`;
  if (!executionRoleArn && containers.some(usesAwslogs)) return `${role} log driver awslogs.`;
  return fargateSizeError(cpu, memory);
}

const usesEcr = ({ image }: RegisteredContainer) => /\.dkr\.ecr\.[\w-]+\.amazonaws\.com\//.test(image);
const usesAwslogs = ({ logConfiguration }: RegisteredContainer) => logConfiguration?.logDriver === 'awslogs';

function requiredAttributes(
  containers: RegisteredContainer[],
  { networkMode, executionRoleArn, taskRoleArn }: RegisterTaskDefinitionRequest,
): string[] {
  const capability = 'com.amazonaws.ecs.capability';
  return [
    ...(containers.some(usesAwslogs) ? [`${capability}.logging-driver.awslogs`] : []),
    ...(containers.some(usesEcr) ? [`${capability}.ecr-auth`] : []),
    ...(executionRoleArn && containers.some(usesEcr) ? ['ecs.capability.execution-role-ecr-pull'] : []),
    ...(executionRoleArn && containers.some(usesAwslogs) ? ['ecs.capability.execution-role-awslogs'] : []),
    ...(taskRoleArn ? [`${capability}.task-iam-role`] : []),
    ...(networkMode === 'awsvpc' ? ['ecs.capability.task-eni'] : []),
    `${capability}.docker-remote-api.1.18`,
  ];
}
