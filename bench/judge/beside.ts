/** Old and new version at the same time, half of the traffic each: does an incident that hits both take the new one back? */
import { compare } from '../../core/judge/compare.ts';
import { queriesFor, seriesIn } from '../../core/judge/queries.ts';
import { countTest } from '../../core/judge/statistics.ts';
import type { Counts } from '../../core/judge/verdict.ts';
import { matchedPower } from './matched.ts';
import { allowed, policy } from './measure.ts';
import { draw } from './random.ts';
import { answer, minutesOf, pointsIn, setting, windowsOf } from './release.ts';
import type { Cell, Minute } from './service.ts';
import { type Change, nothing } from './worlds.ts';

export interface Beside {
  cell: Cell;
  releases: number;
  /** Of releases that change nothing, taken back: on quiet days, and where errors of both versions rise five times. */
  quiet: number;
  incident: number;
  /** Found: errors of the new version alone. */
  found: Record<string, number>;
  /** What the test of the two counts alone finds where its limit is moved to the false alarms allowed. */
  bounds: Record<string, number>;
}

const incident: Change = { name: 'incident', errors: 5 };

export function beside(cell: Cell, changes: readonly Change[], releases: number, seed: number): Beside {
  const random = draw(seed);
  const result: Beside = { cell, releases, quiet: 0, incident: 0, found: {}, bounds: {} };
  const scores: Record<string, number[]> = {};
  // `requestsPerSecond` is both versions' together.
  const half = { ...cell, requestsPerSecond: cell.requestsPerSecond / 2 };
  for (let release = 0; release < releases; release++) {
    const set = setting(half, policy.window / 60, random);
    const failed = (old: Change, next: Change, name: string) => {
      const now = set.stableAt + (policy.window + policy.publicationDelay + 120) * 1000;
      const { queries, windowStart, windowEnd } = queriesFor({ policy, deployedAt: set.startedAt, now });
      const ids = queries.map(({ id }) => id);
      const [ofNew, ofOld] = [minutesOf(set, next, random), minutesOf(set, old, random)];
      const seen = (minutes: Minute[]) =>
        seriesIn(pointsIn(answer(minutes, ids, [windowStart, windowEnd], now))).series;
      const totals = [ofNew, ofOld].map((all) => totalOf(windowsOf(set, all, 0, policy.window / 60).after));
      const [{ errors: x1, requests: n1 }, { errors: x0, requests: n0 }] = totals as [Counts, Counts];
      scores[name] = [...(scores[name] ?? []), -Math.log(countTest(x1, n1, x0, n0))];
      const observed = { ...set, policy, series: seen(ofNew), old: { series: seen(ofOld), newPercent: 50 } };
      for (let at = set.stableAt; ; ) {
        const comparison = compare({ ...observed, now: at });
        if (comparison.decision !== 'look again') return comparison.status === 'fail';
        at += comparison.waitSeconds * 1000;
      }
    };
    if (failed(nothing, nothing, nothing.name)) result.quiet++;
    if (failed(incident, incident, incident.name)) result.incident++;
    for (const change of changes) {
      if (failed(nothing, change, change.name))
        result.found[change.name] = (result.found[change.name] ?? 0) + 1;
    }
  }
  for (const { name } of changes)
    result.bounds[name] = matchedPower(scores[nothing.name] ?? [], scores[name] ?? [], allowed.errors);
  return result;
}

const totalOf = (minutes: readonly Minute[]): Counts => ({
  requests: minutes.reduce((sum, { requests }) => sum + requests, 0),
  errors: minutes.reduce((sum, { errors }) => sum + errors, 0),
});
