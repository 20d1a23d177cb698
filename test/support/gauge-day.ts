/** A day of minutes with traffic that swings and wavers, and a level that follows it or does not, for the judge to look at. */
import { compare } from '../../core/judge/compare.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { analysisSchema } from '../../core/judge/policy.ts';
import { idOf } from '../../core/judge/queries.ts';
import type { Point } from '../../core/judge/series.ts';
import { seeded } from './seeded.ts';

export const minute = 60_000;
/** A day and its deployment: minutes 0 to 1439 are before, 1440 and 1441 the rollout, seven after. */
export const startedAt = 1440 * minute;
const minutes = 1449;

export interface World {
  /** So many times the traffic of this minute, beside what it does by itself. */
  traffic?: (index: number) => number;
  /** So many times the level of this minute. */
  level?: (index: number) => number;
  /** By how much the logarithm of the level follows that of traffic. */
  slope?: number;
  /** Only so many of the minutes before are known. */
  known?: number;
  seed: number;
}

/** What the last look says of `name`, `cpu` or a metric of one's own called `depth`, that decides. */
export function lookAt(name: 'cpu' | 'depth', world: World) {
  const { traffic = () => 1, level = () => 1, slope = 0.8, known = 1440, seed } = world;
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [phase, requests, levels] = [random() * 1440, [] as Point[], [] as Point[]];
  let drift = 0;
  for (let index = 0; index < minutes; index++) {
    drift = 0.8 * drift + 0.09 * normal(); // a deviation of 15 %, as alike as neighbouring minutes are
    const daily = 1 + 0.5 * Math.sin((2 * Math.PI * (index + phase)) / 1440);
    const count = Math.max(1, Math.round(1200 * daily * traffic(index) * Math.exp(drift)));
    const value = 30 * (count / 1200) ** slope * level(index) * Math.exp(0.08 * normal());
    if (index < 1440 - known) continue;
    requests.push([index * minute, count]);
    levels.push([index * minute, value]);
  }
  const own = name === 'depth' && { metrics: [{ name, gauge: { namespace: 'Shop', metric: 'Depth' } }] };
  const policy = analysisSchema.parse({
    ...{ loadBalancer: 'app/my-alb/50dc6c495c0c9188', targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09' },
    ...{ window: '7m', ...(own || { decide: [name] }) },
  });
  const judged = judgedBy(policy, { cluster: 'main', service: 'orders' });
  const index = judged.findIndex((one) => one.name === name);
  const comparison = compare({
    ...{ policy, judged, startedAt, stableAt: startedAt + 2 * minute, now: startedAt + 11 * minute },
    series: { requests, errors: [], p99: [], balancerErrors: [] },
    found: { [idOf(index, 'value')]: levels },
  });
  const finding = comparison.metrics.find((one) => one.name === name);
  if (finding?.kind !== 'gauge') throw new Error(`${name} is judged`);
  return finding;
}

/** How many of so many worlds fail. */
export function failures(runs: number, name: 'cpu' | 'depth', world: Omit<World, 'seed'>): number {
  const seeds = Array.from({ length: runs }, (_, index) => 1 + index);
  return seeds.filter((seed) => lookAt(name, { ...world, seed }).status === 'fail').length;
}
