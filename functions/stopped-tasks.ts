/** Tasks of a new revision that are no longer there: how many ended by themselves, and why. */
import type { Task } from '../aws/ecs.ts';
import type { Aws } from '../aws/gateways.ts';
import type { Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { type Crashes, fewestCrashes, type StoppedTask } from '../core/rollout.ts';
import { logTail } from './task-logs.ts';

/** A task that ended without having been told to. */
const ownEnds = ['EssentialContainerExited', 'TaskFailedToStart'];

export const endedByThemselves = (tasks: Task[]): Task[] =>
  tasks.filter(({ stopCode }) => ownEnds.includes(stopCode ?? ''));

/** How many tasks should run is only asked where it makes a difference. */
export async function crashesOf(
  { target }: Release,
  stopped: Task[],
  { ecs }: Pick<Aws, 'ecs'>,
): Promise<Crashes> {
  const count = endedByThemselves(stopped).length;
  return {
    count,
    desiredCount: count < fewestCrashes ? 0 : (await ecs(target).seenService(target)).desiredCount,
  };
}

/** Of the revision, started since a time (ms by ECS's clock). As long as ECS knows them: an hour. */
export async function stoppedTasks(
  { target }: Release,
  { taskDefinitionArn }: Revision,
  since: number,
  { ecs }: Pick<Aws, 'ecs'>,
): Promise<Task[]> {
  const query = { serviceName: target.service, desiredStatus: 'STOPPED' } as const;
  const stopped = await ecs(target).tasks(target.cluster, query);
  // An earlier deployment may have had the same revision.
  return stopped.filter(
    (task) => task.taskDefinitionArn === taskDefinitionArn && (task.createdAt?.getTime() ?? since) >= since,
  );
}

const maxDiagnoses = 5;

/** Of the first few. */
export const diagnoses = (
  tasks: Task[],
  release: Release,
  revision: Revision,
  aws: Pick<Aws, 'ecs' | 'logs'>,
): Promise<StoppedTask[]> =>
  Promise.all(tasks.slice(0, maxDiagnoses).map((task) => diagnosis(task, release, revision, aws)));

/** Why a task stopped, with the last lines it wrote. */
async function diagnosis(
  { taskArn = '', stopCode, stoppedReason, containers = [] }: Task,
  { target }: Release,
  { taskDefinitionArn }: Revision,
  aws: Pick<Aws, 'ecs' | 'logs'>,
): Promise<StoppedTask> {
  const container = containers.find(({ name }) => name === target.container);
  const reasons = [stoppedReason, container?.reason].filter(Boolean).join(': ');
  return {
    task: taskArn.slice(taskArn.lastIndexOf('/') + 1),
    stopCode: stopCode ?? 'unknown',
    reason: reasons.slice(0, 500),
    ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
    logTail: await logTail(aws, target, { taskDefinitionArn, taskArn }, 20),
  };
}
