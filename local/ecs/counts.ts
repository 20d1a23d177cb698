/** The counts that ECS shows: of a deployment, a revision, a service, a cluster. Pure. */

import type { ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import type { Revision, Rollout, ServiceRecord, TaskRecord, TaskStatus } from './model.ts';

const pending: readonly TaskStatus[] = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
// A task that is being drained still serves, and is still counted.
const running: readonly TaskStatus[] = ['RUNNING', 'DEACTIVATING'];

export interface Counts {
  pendingCount: number;
  runningCount: number;
}

export function counts(tasks: TaskRecord[]): Counts {
  const having = (statuses: readonly TaskStatus[]) =>
    tasks.filter(({ view }) => statuses.includes(view.lastStatus)).length;
  return { pendingCount: having(pending), runningCount: having(running) };
}

/** How many the scheduler wants of tasks that are on their way out: those it has not asked to stop yet. */
export const stillWanted = (tasks: TaskRecord[]) =>
  tasks.filter(({ view }) => view.desiredStatus === 'RUNNING').length;

/** Of the PRIMARY deployment: none yet where the traffic is shifted and its tasks are not up for it. */
export function primaryWanted({ desiredCount }: ServiceRecord, rollout: Rollout): number {
  const { shift, finishedAt } = rollout.serviceDeployment;
  return !shift || finishedAt || shift.wanted.has(rollout.revision) ? desiredCount : 0;
}

export function revisionSummary(
  service: ServiceRecord,
  revision: Revision,
  tasks: TaskRecord[],
): ServiceRevisionSummary {
  const own = tasks.filter(({ rollout }) => rollout?.revision === revision);
  const { pendingCount, runningCount } = counts(own);
  const [primary] = service.rollouts;
  return {
    arn: revision.arn,
    requestedTaskCount: primary?.revision === revision ? primaryWanted(service, primary) : stillWanted(own),
    runningTaskCount: runningCount,
    pendingTaskCount: pendingCount,
  };
}
