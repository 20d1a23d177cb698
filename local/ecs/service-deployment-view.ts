/** A service deployment and a service revision as the API answers them. */

import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentCircuitBreaker,
  ServiceDeploymentLifecycleStage,
  ServiceRevision,
} from '@aws-sdk/client-ecs';
import { copyOf } from '../copy.ts';
import { threshold } from './circuit-breaker.ts';
import { revisionSummary } from './counts.ts';
import { alarmsView } from './deployment-alarms.ts';
import type { HookRecord, Revision, ServiceDeploymentRecord, ServiceRecord } from './model.ts';
import type { Store } from './store.ts';

export function briefView(
  service: ServiceRecord,
  deployment: ServiceDeploymentRecord,
): ServiceDeploymentBrief {
  const { startedAt, finishedAt, statusReason } = deployment;
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: deployment.createdAt,
    ...(startedAt && { startedAt }),
    ...(finishedAt && { finishedAt }),
    targetServiceRevisionArn: deployment.target.arn,
    status: deployment.status,
    ...(statusReason && { statusReason }),
  };
}

/** A rolling deployment has no `lifecycleStage`. Counts of one that has ended stay as they were at its end. */
export function deploymentView(
  store: Store,
  service: ServiceRecord,
  deployment: ServiceDeploymentRecord,
): ServiceDeployment {
  const { targetServiceRevisionArn: _, ...brief } = briefView(service, deployment);
  const { shift } = deployment;
  const tasks = store.presentTasks(service);
  const { sources, target } = deployment.lastCounts ?? {
    sources: deployment.sources.map((revision) => revisionSummary(service, revision, tasks)),
    target: revisionSummary(service, deployment.target, tasks),
  };
  return copyOf({
    ...brief,
    ...(deployment.stoppedAt && { stoppedAt: deployment.stoppedAt }),
    updatedAt: deployment.updatedAt,
    sourceServiceRevisions: sources.map((source) => ({
      ...source,
      ...weights(deployment, source.arn === shift?.blue?.arn ? (weight) => 100 - weight : () => 0),
    })),
    targetServiceRevision: { ...target, ...weights(deployment, (weight) => weight) },
    ...(shift?.stage && { lifecycleStage: shift.stage as ServiceDeploymentLifecycleStage }),
    lifecycleHookDetails: (shift?.hooks ?? []).map(hookView),
    deploymentConfiguration: deployment.configuration,
    ...(deployment.rollback && { rollback: deployment.rollback }),
    deploymentCircuitBreaker: breakerView(service, deployment),
    alarms: alarmsView(deployment),
  } satisfies ServiceDeployment);
}

const hookView = ({ stage: _, ...shown }: HookRecord) => shown;

/** A rolling deployment tells none. */
function weights({ shift }: ServiceDeploymentRecord, share: (weight: number) => number) {
  return (
    shift && {
      requestedTestTrafficWeight: share(shift.testWeight),
      requestedProductionTrafficWeight: share(shift.productionWeight),
    }
  );
}

function breakerView(
  service: ServiceRecord,
  { configuration, rollout, lastCounts, failedBy, shift }: ServiceDeploymentRecord,
): ServiceDeploymentCircuitBreaker {
  const { deploymentCircuitBreaker: settings } = configuration;
  if (!settings?.enable || shift) return { status: 'DISABLED', failureCount: 0, threshold: 0 };
  const watched = rollout.state === 'IN_PROGRESS' ? 'MONITORING' : 'MONITORING_COMPLETE';
  return {
    status: failedBy === 'circuit breaker' ? 'TRIGGERED' : watched,
    failureCount: rollout.breaker.failureCount,
    threshold: lastCounts?.threshold ?? threshold(settings, service.desiredCount),
  };
}

export function revisionView(service: ServiceRecord, revision: Revision): ServiceRevision {
  const { settings, definition, images } = revision;
  return copyOf({
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: definition.taskDefinitionArn,
    ...(settings.capacityProviderStrategy?.length
      ? { capacityProviderStrategy: settings.capacityProviderStrategy }
      : { launchType: 'FARGATE' as const }),
    platformVersion: settings.platformVersion ?? '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: settings.loadBalancers ?? [],
    ...(settings.vpcLatticeConfigurations && {
      vpcLatticeConfigurations: settings.vpcLatticeConfigurations,
    }),
    ...(settings.serviceRegistries?.length && { serviceRegistries: settings.serviceRegistries }),
    ...(settings.serviceConnectConfiguration && {
      serviceConnectConfiguration: settings.serviceConnectConfiguration,
    }),
    ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
    containerImages: definition.containerDefinitions.map(({ name, image }) => {
      const imageDigest = images.get(name)?.digest;
      return { containerName: name, image, ...(imageDigest && { imageDigest }) };
    }),
    ...resolvedConfiguration(revision),
    guardDutyEnabled: false,
    createdAt: revision.createdAt,
  } satisfies ServiceRevision);
}

function resolvedConfiguration({ loadBalancers }: Revision) {
  const shown = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => {
    const { productionListenerRule } = advancedConfiguration ?? {};
    return targetGroupArn && productionListenerRule ? [{ targetGroupArn, productionListenerRule }] : [];
  });
  return shown.length > 0 && { resolvedConfiguration: { loadBalancers: shown } };
}
