/** Whether a service's task is healthy, by whatever checks it: load balancer, container health checks, or time alone. */

import type { ServiceRecord, TaskRecord } from './model.ts';
import { taskHealth } from './task-runner.ts';
import type { World } from './world.ts';

type Checks = Pick<World, 'clock' | 'pace' | 'targetGroups'>;

export function isHealthy({ clock, pace, targetGroups }: Checks, task: TaskRecord): boolean {
  const { view } = task;
  if (view.lastStatus !== 'RUNNING' || !view.startedAt) return false;
  const groups = targetGroupArns(task);
  const checked = hasHealthCheck(task);
  if (checked && taskHealth(task) !== 'HEALTHY') return false;
  if (groups.some((arn) => targetGroups(arn)?.health(view.taskArn) !== 'healthy')) return false;
  const unchecked = groups.length === 0 && !checked;
  return !unchecked || clock.now() >= view.startedAt.getTime() + pace.healthyAfterSeconds * 1000;
}

/** Why ECS replaces it, as `stoppedReason` words it. Nothing counts before the grace period is over. */
export function healthFailure(
  { clock, targetGroups }: Checks,
  { healthCheckGracePeriodSeconds }: ServiceRecord,
  task: TaskRecord,
): string | undefined {
  const { view } = task;
  if (view.lastStatus !== 'RUNNING' || !view.startedAt) return undefined;
  if (clock.now() < view.startedAt.getTime() + healthCheckGracePeriodSeconds * 1000) return undefined;
  if (taskHealth(task) === 'UNHEALTHY') return 'Task failed container health checks';
  const failed = targetGroupArns(task).find((arn) => targetGroups(arn)?.health(view.taskArn) === 'unhealthy');
  return failed && `Task failed ELB health checks in (target-group ${failed})`;
}

const targetGroupArns = ({ rollout }: TaskRecord) =>
  (rollout?.revision.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);

const hasHealthCheck = ({ definition }: TaskRecord) =>
  definition.containerDefinitions.some(({ essential, healthCheck }) => essential && healthCheck);
