/** Old and new version at the same time, half of the traffic each: does an incident that hits both take the new one back? */
import { compare } from '../../core/judge/compare.ts';
import { queriesFor, seriesIn } from '../../core/judge/queries.ts';
import { policy } from './measure.ts';
import { draw } from './random.ts';
import { answer, minutesOf, pointsIn, setting } from './release.ts';
import type { Cell } from './service.ts';
import { type Change, nothing } from './worlds.ts';

export interface Beside {
  cell: Cell;
  releases: number;
  /** Of releases that change nothing, taken back: on quiet days, and where errors of both versions rise five times. */
  quiet: number;
  incident: number;
  /** Found: errors of the new version alone. */
  found: Record<string, number>;
}

const incident: Change = { name: 'incident', errors: 5 };

export function beside(cell: Cell, changes: readonly Change[], releases: number, seed: number): Beside {
  const random = draw(seed);
  const result: Beside = { cell, releases, quiet: 0, incident: 0, found: {} };
  // `requestsPerSecond` is both versions' together.
  const half = { ...cell, requestsPerSecond: cell.requestsPerSecond / 2 };
  for (let release = 0; release < releases; release++) {
    const set = setting(half, policy.window / 60, random);
    const failed = (old: Change, next: Change) => {
      const now = set.stableAt + (policy.window + policy.publicationDelay + 120) * 1000;
      const { queries, windowStart, windowEnd } = queriesFor({ policy, deployedAt: set.startedAt, now });
      const ids = queries.map(({ id }) => id);
      const seen = (change: Change) =>
        seriesIn(pointsIn(answer(minutesOf(set, change, random), ids, [windowStart, windowEnd], now))).series;
      const observed = { ...set, policy, series: seen(next), old: { series: seen(old), newPercent: 50 } };
      for (let at = set.stableAt; ; ) {
        const comparison = compare({ ...observed, now: at });
        if (comparison.decision !== 'look again') return comparison.status === 'fail';
        at += comparison.waitSeconds * 1000;
      }
    };
    if (failed(nothing, nothing)) result.quiet++;
    if (failed(incident, incident)) result.incident++;
    for (const change of changes) {
      if (failed(nothing, change)) result.found[change.name] = (result.found[change.name] ?? 0) + 1;
    }
  }
  return result;
}
