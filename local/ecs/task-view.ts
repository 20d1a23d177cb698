/** A task as it is when ECS has just accepted it: the shape of DescribeTasks on Fargate, with a made-up network. */

import type { NetworkConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import type { Place } from '../../core/place.ts';
import type { Cluster, TaskView } from './model.ts';
import { ecsArn, type Ids } from './names.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';

export interface NewTask {
  cluster: Cluster;
  definition: RegisteredTaskDefinition;
  /** `service:<name>` or `family:<family>`. */
  group: string;
  startedBy?: string | undefined;
  overrides: TaskOverride;
  capacityProviderName?: string | undefined;
  platformVersion?: string | undefined;
  networkConfiguration?: NetworkConfiguration | undefined;
  enableExecuteCommand: boolean;
  tags: Tag[];
}

export function newTaskView(task: NewTask, place: Place, ids: Ids, now: Date): TaskView {
  const { cluster, definition, overrides } = task;
  const taskId = ids.hex();
  const taskArn = ecsArn(place, `task/${cluster.name}/${taskId}`);
  const attachmentId = ids.uuid();
  const address = `10.0.${Number.parseInt(ids.hex(2), 16)}.${Number.parseInt(ids.hex(2), 16)}`;
  return {
    attachments: [networkInterface(attachmentId, address, task.networkConfiguration, place, ids)],
    attributes: [{ name: 'ecs.cpu-architecture', value: cpuArchitecture(definition) }],
    availabilityZone: `${place.region}a`,
    ...(task.capacityProviderName && { capacityProviderName: task.capacityProviderName }),
    clusterArn: cluster.arn,
    connectivity: 'DISCONNECTED',
    containers: definition.containerDefinitions.map((container) => ({
      containerArn: ecsArn(place, `container/${cluster.name}/${taskId}/${ids.uuid()}`),
      taskArn,
      name: container.name,
      image: container.image,
      lastStatus: 'PENDING',
      networkInterfaces: [{ attachmentId, privateIpv4Address: address }],
      healthStatus: 'UNKNOWN',
      cpu: String(container.cpu ?? 0),
      ...(container.memory && { memory: String(container.memory) }),
    })),
    cpu: overrides.cpu ?? definition.cpu ?? '256',
    createdAt: now,
    desiredStatus: 'RUNNING',
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: { sizeInGiB: overrides.ephemeralStorage?.sizeInGiB ?? 20 },
    group: task.group,
    healthStatus: 'UNKNOWN',
    lastStatus: 'PROVISIONING',
    launchType: 'FARGATE',
    memory: overrides.memory ?? definition.memory ?? '512',
    overrides: { ...overrides, containerOverrides: overridesOfAll(definition, overrides) },
    platformVersion: platformVersion(task.platformVersion),
    ...(task.startedBy && { startedBy: task.startedBy }),
    tags: task.tags,
    taskArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    version: 1,
  };
}

const platformVersion = (asked: string | undefined) =>
  asked === undefined || asked === 'LATEST' ? '1.4.0' : asked;

const cpuArchitecture = ({ runtimePlatform }: RegisteredTaskDefinition) =>
  runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64';

function overridesOfAll(
  { containerDefinitions }: RegisteredTaskDefinition,
  { containerOverrides }: TaskOverride,
) {
  return containerDefinitions.map(
    ({ name }) => containerOverrides?.find((override) => override.name === name) ?? { name },
  );
}

function networkInterface(
  id: string,
  address: string,
  network: NetworkConfiguration | undefined,
  { region }: Place,
  ids: Ids,
) {
  return {
    id,
    type: 'eni',
    status: 'PRECREATED',
    details: [
      { name: 'subnetId', value: network?.awsvpcConfiguration?.subnets?.[0] ?? 'subnet-00000000000000000' },
      { name: 'networkInterfaceId', value: `eni-${ids.hex(17)}` },
      { name: 'macAddress', value: `06:${[1, 2, 3, 4, 5].map(() => ids.hex(2)).join(':')}` },
      { name: 'privateDnsName', value: `ip-${address.replaceAll('.', '-')}.${region}.compute.internal` },
      { name: 'privateIPv4Address', value: address },
    ],
  };
}
