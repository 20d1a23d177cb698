/** Tasks of a new revision that are no longer there: how many ended by themselves, and why. */
import type { Task } from '../aws/ecs.ts';
import type { Aws } from '../aws/open.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { clockSkewMs, type StoppedTask } from '../core/rollout.ts';
import { logTail } from './task-logs.ts';

/** A task that ended without having been told to. */
const ownEnds = ['EssentialContainerExited', 'TaskFailedToStart'];

export const endedByThemselves = (tasks: Task[]): number =>
  tasks.filter(({ stopCode }) => ownEnds.includes(stopCode ?? '')).length;

/** Since the deployment was asked for, and as long as ECS knows them: an hour. An earlier deployment may have had our revision. */
export async function stoppedTasks(
  { target }: Release,
  { taskDefinitionArn }: Revision,
  { startedAt }: Deployment,
  { ecs }: Aws,
): Promise<Task[]> {
  const stopped = await ecs.tasks(target.cluster, { serviceName: target.service, desiredStatus: 'STOPPED' });
  return stopped.filter(
    (task) =>
      task.taskDefinitionArn === taskDefinitionArn &&
      (task.createdAt?.getTime() ?? startedAt) >= startedAt - clockSkewMs,
  );
}

/** Why a task stopped, with the last lines it wrote. */
export async function diagnosis(
  { taskArn = '', stopCode, stoppedReason, containers = [] }: Task,
  { target }: Release,
  { taskDefinitionArn }: Revision,
  aws: Aws,
): Promise<StoppedTask> {
  const container = containers.find(({ name }) => name === target.container);
  const reasons = [stoppedReason, container?.reason].filter(Boolean).join(': ');
  return {
    task: taskArn.slice(taskArn.lastIndexOf('/') + 1),
    stopCode: stopCode ?? 'unknown',
    reason: reasons.slice(0, 500),
    ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
    logTail: await logTail(aws, { taskDefinitionArn, taskArn, container: target.container }, 20),
  };
}
