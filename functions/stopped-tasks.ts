/** Tasks of a new revision that are no longer there: how many ended by themselves, and why. */
import type { Task } from '../aws/ecs.ts';
import type { Aws } from '../aws/gateways.ts';
import { diagnose, explain, type Surroundings, type ToldStop } from '../core/diagnosis/diagnosis.ts';
import { atFault, type SeenStop } from '../core/diagnosis/fault.ts';
import type { Diagnosis } from '../core/diagnosis/schema.ts';
import type { Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { type Crashes, fewestCrashes, type StoppedTask } from '../core/rollout.ts';
import type { TaskDefinition } from '../core/task-definition.ts';
import { logTail } from './task-logs.ts';

/** A task that ended without having been told to. */
const ownEnds = ['EssentialContainerExited', 'TaskFailedToStart'];

export const endedByThemselves = (tasks: Task[]): Task[] =>
  tasks.filter(({ stopCode }) => ownEnds.includes(stopCode ?? ''));

/** Of a deployment that ECS brought to a good end: what failed to start on the way there, it got over. */
export const endedAfterStart = (tasks: Task[]): Task[] =>
  tasks.filter(({ stopCode }) => stopCode === 'EssentialContainerExited');

/** One that ECS stopped for its health, its own or the load balancer's: no stop code says it. */
const unhealthy = ({ stopCode, stoppedReason = '' }: Task): boolean =>
  stopCode === 'ServiceSchedulerInitiated' && /health check/i.test(stoppedReason);

/** A strategy other than ROLLING has no circuit breaker: who never gets healthy would be started again and again. */
export const failedToServe = (tasks: Task[]): Task[] => [
  ...endedByThemselves(tasks),
  ...tasks.filter(unhealthy),
];

/** How many tasks should run is only asked where it makes a difference. */
export async function crashesOf(
  { target }: Release,
  failed: Task[],
  { ecs }: Pick<Aws, 'ecs'>,
): Promise<Crashes> {
  const count = failed.length;
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

const mostTold = 5;
const logLines = 20;

/** ECS stopped it to have fewer, as it does with every task of a deployment that is taken back: its end tells nothing. */
const scaledDown = ({ stoppedReason = '' }: Task) => /^Scaling activity initiated/i.test(stoppedReason);

/** Why tasks of a revision stopped, read while ECS still knows it. `since`: when the deployment began, ms since the epoch. */
export async function diagnosed(
  tasks: Task[],
  { target }: Release,
  { taskDefinitionArn }: Revision,
  since: number,
  aws: Pick<Aws, 'ecs' | 'logs'>,
): Promise<{ stoppedTasks: StoppedTask[]; diagnosis?: Diagnosis }> {
  const { definition } = await aws.ecs(target).taskDefinition(taskDefinitionArn);
  const { events = [] } = await aws.ecs(target).service(target);
  const around = {
    target: target.container,
    events: events.flatMap(({ message, createdAt }) =>
      message && (createdAt?.getTime() ?? 0) >= since ? [message] : [],
    ),
  };
  const alike = Map.groupBy(
    tasks.filter((task) => !scaledDown(task)).map((task) => seenStop(task, definition)),
    (stop) => kindOf(stop, target.container),
  );
  const kinds = [...alike.values()].toSorted((one, other) => other.length - one.length).slice(0, mostTold);
  const firsts: ToldStop[] = [];
  const others: ToldStop[] = [];
  for (const [first, ...more] of kinds) {
    if (!first) continue;
    const container = atFault(first, target.container)?.name ?? target.container;
    // What one of several wrote that ended alike says it for all of them.
    const log = await logTail(aws, target, { definition, container, task: first.task }, logLines);
    firsts.push({ ...first, log });
    others.push(...more.map((stop) => ({ ...stop, log })));
  }
  const stops = [...firsts, ...others];
  const diagnosis = diagnose(stops, around);
  const stoppedTasks = stops.slice(0, mostTold).map((stop, index) => ({
    ...shown(stop, around),
    logTail: index < firsts.length ? [...stop.log] : [],
  }));
  return { stoppedTasks, ...(diagnosis && { diagnosis }) };
}

/** A task as far as a diagnosis asks. */
export function seenStop(
  { taskArn = '', stopCode, stoppedReason, containers = [] }: Task,
  definition: TaskDefinition | undefined,
): SeenStop {
  return {
    task: taskArn.slice(taskArn.lastIndexOf('/') + 1),
    stopCode: stopCode ?? 'unknown',
    reason: stoppedReason,
    containers: containers.map(({ name = '', reason, exitCode, healthStatus }) => ({
      ...{ name, reason, exitCode },
      unhealthy: healthStatus === 'UNHEALTHY',
      essential: definition?.containerDefinitions.find((one) => one.name === name)?.essential !== false,
    })),
  };
}

/** Tasks of one kind ended alike, as far as ECS tells; ids and times are taken out of what it says. */
function kindOf(stop: SeenStop, target: string): string {
  const { name, reason = '', exitCode } = atFault(stop, target) ?? {};
  return JSON.stringify([name, exitCode, reason || stop.reason, stop.stopCode]).replaceAll(
    /[\da-f-]{8,}/g,
    '',
  );
}

function shown(stop: ToldStop, around: Surroundings): Omit<StoppedTask, 'logTail'> {
  const { container, cause } = explain(stop, around);
  const { reason, exitCode } = stop.containers.find(({ name }) => name === container) ?? {};
  const reasons = [reason, stop.reason].filter(Boolean);
  return {
    task: stop.task,
    stopCode: stop.stopCode,
    reason: [...new Set(reasons)].join('; ').slice(0, 500),
    ...(container !== undefined && { container }),
    ...(exitCode !== undefined && { exitCode }),
    cause,
  };
}
