/** A service as DescribeServices answers it. */

import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { copyOf } from '../copy.ts';
import { counts, primaryWanted, revisionSummary, stillWanted } from './counts.ts';
import type { RevisionSettings, Rollout, ServiceRecord, TaskRecord } from './model.ts';
import { elsewhereView } from './not-run.ts';
import { shiftsTraffic } from './stages.ts';
import type { Store } from './store.ts';

export function serviceView(store: Store, service: ServiceRecord, include: string[]): Service {
  const tasks = store.presentTasks(service);
  const { runningCount, pendingCount } = counts(tasks);
  const { settings } = service;
  return copyOf({
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: settings.loadBalancers ?? [],
    serviceRegistries: settings.serviceRegistries ?? [],
    status: 'ACTIVE',
    desiredCount: service.desiredCount,
    runningCount,
    pendingCount,
    ...platform(settings),
    taskDefinition: service.definition.taskDefinitionArn,
    deploymentConfiguration: configurationView(service),
    deployments: service.rollouts.map((rollout, place) =>
      deploymentView(service, rollout, place === 0, tasks),
    ),
    roleArn: `arn:aws:iam::${store.place.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events,
    createdAt: service.createdAt,
    ...(service.currentServiceDeployment && {
      currentServiceDeployment: service.currentServiceDeployment.arn,
    }),
    currentServiceRevisions: currentRevisions(service, tasks),
    placementConstraints: [],
    placementStrategy: [],
    ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    ...(include.includes('TAGS') && { tags: service.tags }),
    createdBy: `arn:aws:iam::${store.place.account}:root`,
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: 'DISABLED' as const,
    ...elsewhereView(service),
  } satisfies Service);
}

function deploymentView(
  service: ServiceRecord,
  rollout: Rollout,
  primary: boolean,
  tasks: TaskRecord[],
): Deployment {
  const own = tasks.filter((task) => task.rollout === rollout);
  const { networkConfiguration, serviceConnectConfiguration, vpcLatticeConfigurations } =
    rollout.revision.settings;
  return {
    id: rollout.deploymentId,
    status: primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: rollout.revision.definition.taskDefinitionArn,
    desiredCount: primary ? primaryWanted(service, rollout) : stillWanted(own),
    ...counts(own),
    failedTasks: rollout.failedTasks,
    createdAt: rollout.createdAt,
    updatedAt: rollout.updatedAt,
    ...platform(rollout.revision.settings),
    ...(serviceConnectConfiguration && { serviceConnectConfiguration }),
    ...(vpcLatticeConfigurations && { vpcLatticeConfigurations }),
    ...(networkConfiguration && { networkConfiguration }),
    // Only of services that use the rolling update.
    ...(!shiftsTraffic(service.deploymentConfiguration) && {
      rolloutState: rollout.state,
      rolloutStateReason: rollout.reason,
    }),
  };
}

function platform({ capacityProviderStrategy, platformVersion }: RevisionSettings) {
  return {
    ...(capacityProviderStrategy?.length ? { capacityProviderStrategy } : { launchType: 'FARGATE' as const }),
    platformVersion: platformVersion ?? 'LATEST',
    platformFamily: 'Linux',
  };
}

/** Trails as `currentServiceDeployment` does: a revision is named once its deployment has started. */
function currentRevisions(service: ServiceRecord, tasks: TaskRecord[]) {
  const revisions = new Set(service.rollouts.filter(({ begun }) => begun).map(({ revision }) => revision));
  return [...revisions].map((revision) => {
    const { arn, requestedTaskCount, runningTaskCount, pendingTaskCount } = revisionSummary(
      service,
      revision,
      tasks,
    );
    return { arn, requestedTaskCount, runningTaskCount, pendingTaskCount };
  });
}

/** DescribeServices tells of a pause neither its type nor its timeout. */
function configurationView({ deploymentConfiguration }: ServiceRecord) {
  const { lifecycleHooks } = deploymentConfiguration;
  if (!lifecycleHooks) return deploymentConfiguration;
  const shown = lifecycleHooks.map(({ targetType, timeoutConfiguration, ...hook }) =>
    targetType === 'PAUSE'
      ? hook
      : { ...hook, ...(targetType && { targetType }), ...(timeoutConfiguration && { timeoutConfiguration }) },
  );
  return { ...deploymentConfiguration, lifecycleHooks: shown };
}
