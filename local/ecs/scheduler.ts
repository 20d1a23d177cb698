/** What the ECS service scheduler does next, as a pure function of what runs: whom to start, whom to stop. */

export interface Situation {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** The deployment FAILED: ECS starts nothing for it any more. */
  failed: boolean;
  /** Every task of the service whose containers exist, oldest first. */
  tasks: SeenTask[];
}

export interface SeenTask {
  taskArn: string;
  /** Of the revision that is wanted, or of one before it. */
  revision: 'current' | 'old';
  /** `pending`: not known to be healthy yet. `stopping`: asked to stop, still there. */
  state: 'pending' | 'healthy' | 'unhealthy' | 'stopping';
}

export interface Decision {
  start: number;
  stop: { taskArn: string; why: 'outdated' | 'surplus' | 'unhealthy' }[];
  /** Neither a start nor a stop is allowed, and nothing is under way that could change it. */
  stalled: boolean;
}

/** Healthy tasks that must be left: rounded up, as AWS documents it. */
export const lowerLimit = ({ desiredCount, minimumHealthyPercent }: Limits) =>
  Math.ceil((minimumHealthyPercent * desiredCount) / 100);

/** Tasks that may exist at once: rounded down. */
export const upperLimit = ({ desiredCount, maximumPercent }: Limits) =>
  Math.floor((maximumPercent * desiredCount) / 100);

type Limits = Pick<Situation, 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>;

/**
 * Outdated tasks go as far as the lower limit of healthy ones allows, at once also where the upper limit left room to
 * start first; those that are not healthy go freely. Unhealthy tasks are replaced before they are stopped where there is
 * room, else stopped one at a time. A stopping task takes room until its containers have ended.
 */
export function decide(situation: Situation): Decision {
  const { desiredCount, tasks, failed } = situation;
  const alive = tasks.filter((task) => task.state !== 'stopping');
  const good = alive.filter((task) => task.revision === 'current' && task.state !== 'unhealthy');
  const bad = alive.filter((task) => task.revision === 'current' && task.state === 'unhealthy');
  const old = alive.filter((task) => task.revision === 'old');

  const outdated = outdatedToStop(old, alive, situation);
  const surplus = leastHealthyFirst(good.toReversed()).slice(0, Math.max(0, good.length - desiredCount));
  const replaced = good.filter((task) => task.state === 'healthy').length >= desiredCount ? bad : [];

  const room = upperLimit(situation) - tasks.length;
  const missing = failed ? 0 : Math.max(0, desiredCount - good.length);
  const start = Math.max(0, Math.min(missing, room));
  const blocking = missing > start && replaced.length === 0 ? bad.slice(0, 1) : [];

  const stop: Decision['stop'] = [
    ...outdated.map(({ taskArn }) => ({ taskArn, why: 'outdated' as const })),
    ...surplus.map(({ taskArn }) => ({ taskArn, why: 'surplus' as const })),
    ...[...replaced, ...blocking].map(({ taskArn }) => ({ taskArn, why: 'unhealthy' as const })),
  ];
  const moving =
    start > 0 || stop.length > 0 || tasks.some(({ state }) => state === 'stopping' || state === 'pending');
  return { start, stop, stalled: missing > 0 && !moving };
}

function outdatedToStop(old: SeenTask[], alive: SeenTask[], situation: Situation): SeenTask[] {
  // A failed deployment replaces nothing: what is old stays, as far as it is still wanted.
  const kept = situation.failed ? situation.desiredCount : 0;
  let spare = alive.filter((task) => task.state === 'healthy').length - lowerLimit(situation);
  return leastHealthyFirst(old)
    .slice(0, Math.max(0, old.length - kept))
    .filter((task) => task.state !== 'healthy' || spare-- > 0);
}

const rank = { unhealthy: 0, pending: 1, healthy: 2, stopping: 3 };

const leastHealthyFirst = (tasks: SeenTask[]) => tasks.toSorted((a, b) => rank[a.state] - rank[b.state]);

/** What rolloutState COMPLETED asks for: all wanted tasks healthy, and nothing left of what was before. */
export function settled({ desiredCount, tasks }: Situation): boolean {
  const current = tasks.filter((task) => task.revision === 'current' && task.state !== 'stopping');
  const old = tasks.some((task) => task.revision === 'old');
  return !old && current.length === desiredCount && current.every((task) => task.state === 'healthy');
}
