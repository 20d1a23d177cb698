/** The events of ECS on the bus that deploys can follow, in AWS's shapes and words. */

import type { Clock } from '../clock.ts';
import { asJson } from '../copy.ts';
import type { Emit } from '../event.ts';
import type {
  Cluster,
  HookRecord,
  Rollout,
  ServiceDeploymentRecord,
  ServiceRecord,
  TaskRecord,
} from './model.ts';

export type ServiceAction = keyof typeof serviceActions;

const serviceActions = {
  SERVICE_STEADY_STATE: 'INFO',
  SERVICE_DESIRED_COUNT_UPDATED: 'INFO',
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'INFO',
  SERVICE_DEPLOYMENT_COMPLETED: 'INFO',
  SERVICE_DEPLOYMENT_FAILED: 'ERROR',
  SERVICE_TASK_START_IMPAIRED: 'WARN',
  SERVICE_TASK_PLACEMENT_FAILURE: 'ERROR',
} as const;

interface ServiceActionDetail {
  reason?: string;
  capacityProviderArns?: string[];
}

export interface EcsEvents {
  /** After each change of a task that the API shows. */
  task(task: TaskRecord): void;
  /** The event, and the service action of the same name; the name follows from the rollout's state. */
  deployment(service: ServiceRecord, rollout: Rollout): void;
  /** After each change of a lifecycle hook's status. */
  hook(service: ServiceRecord, deployment: ServiceDeploymentRecord, hook: HookRecord): void;
  service(
    service: { arn: string; cluster: Cluster },
    eventName: ServiceAction,
    more?: ServiceActionDetail,
  ): void;
}

export function ecsEvents(clock: Clock, emit: Emit): EcsEvents {
  const now = () => new Date(clock.now()).toISOString();

  const service: EcsEvents['service'] = ({ arn, cluster }, eventName, more) =>
    emit({
      source: 'aws.ecs',
      'detail-type': 'ECS Service Action',
      resources: [arn],
      detail: {
        eventType: serviceActions[eventName],
        eventName,
        clusterArn: cluster.arn,
        ...more,
        createdAt: now(),
      },
    });

  return {
    service,
    task({ view }) {
      const { tags: _, healthStatus: __, containers, ...shown } = view;
      const detail = {
        ...shown,
        containers: containers.map(({ healthStatus: _, ...container }) => container),
        updatedAt: now(),
      };
      emit({
        source: 'aws.ecs',
        'detail-type': 'ECS Task State Change',
        resources: [view.taskArn],
        // What is on the bus is JSON, and does not change when the task goes on.
        detail: asJson(detail),
      });
    },
    hook({ arn: serviceArn, cluster }, { arn }, { hookId, targetType, status, expiresAt, stage }) {
      emit({
        source: 'aws.ecs',
        'detail-type': 'ECS Hook State Change',
        resources: [arn],
        detail: {
          eventType: status === 'FAILED' || status === 'TIMED_OUT' ? 'ERROR' : 'INFO',
          eventName: `HOOK_${status}`,
          hookId,
          hookType: targetType,
          expiresAt: expiresAt && `${expiresAt.toISOString().slice(0, 19)}Z`,
          lifecycleStage: stage,
          clusterArn: cluster.arn,
          serviceArn,
          serviceDeploymentArn: arn,
          // To the nanosecond, unlike all other times that ECS tells.
          updatedAt: now().replace('Z', '000000Z'),
        },
      });
    },
    deployment(of, { deploymentId, state, reason, updatedAt }) {
      const eventName = `SERVICE_DEPLOYMENT_${state}` as const;
      emit({
        source: 'aws.ecs',
        'detail-type': 'ECS Deployment State Change',
        resources: [of.arn],
        detail: {
          eventType: serviceActions[eventName],
          eventName,
          deploymentId,
          updatedAt: updatedAt.toISOString(),
          reason,
        },
      });
      service(of, eventName, state === 'FAILED' ? { reason } : undefined);
    },
  };
}
