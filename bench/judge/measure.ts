/** One cell of the benchmark: a service on many days, and what each judge makes of each thing a release may do to it. */
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { errorsBound } from './bound.ts';
import { standardised } from './kayenta.ts';
import { draw } from './random.ts';
import { judged, minutesOf, setting, windowsOf } from './release.ts';
import { fixedLimits, kayentaErrors, kayentaLatency, points, seedRule } from './rivals.ts';
import type { Cell } from './service.ts';
import { type Change, nothing } from './worlds.ts';

/** Seven minutes: five of them after the warm-up, as many as Kayenta gets. */
export const policy: AnalysisPolicy = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
  baseline: 3600,
  window: 420,
  warmUp: 120,
  period: 60,
  publicationDelay: 120,
  latencyTolerance: 0.2,
  onInconclusive: 'pass',
};
const watched = policy.window / 60;
const warm = policy.warmUp / 60;
export const judges = [
  'seed rule, any rise',
  'seed rule, ×1.5',
  'fixed limits',
  'Kayenta 5 v 5',
  'Kayenta 5 v 60',
  'Tidegate',
] as const;
export type Judge = (typeof judges)[number];

export interface Tally {
  releases: number;
  failed: Record<Judge, number>;
  /** Sum of the minutes until it failed. */
  minutes: Record<Judge, number>;
  /** Of Tidegate: by which metric, and what else it said. */
  errors: number;
  latency: number;
  inconclusive: number;
  passed: number;
}
export interface Measured {
  cell: Cell;
  /** By the name of the change. */
  tallies: Record<string, Tally>;
  /** Of Kayenta's statistic (of errors, of p99) and of the likelihood ratio: scores by the name of the change, and those without one. */
  scores: Record<string, Scores>;
}

interface Scores {
  errors: number[];
  latency: number[];
  bound: number[];
  boundOfNothing: number[];
}

export const emptyTally = (): Tally => ({
  ...{ releases: 0, errors: 0, latency: 0, inconclusive: 0, passed: 0 },
  failed: Object.fromEntries(judges.map((judge) => [judge, 0])) as Record<Judge, number>,
  minutes: Object.fromEntries(judges.map((judge) => [judge, 0])) as Record<Judge, number>,
});

function tallyOf({ tallies }: Measured, { name }: Change): Tally {
  tallies[name] ??= emptyTally();
  return tallies[name];
}

function scoresOf({ scores }: Measured, { name }: Change): Scores {
  scores[name] ??= { errors: [], latency: [], bound: [], boundOfNothing: [] };
  return scores[name];
}

/** So many releases that change nothing, and so many of each change, on the first of the same days. */
export function measure(
  cell: Cell,
  changes: readonly Change[],
  { unchanged, changed, seed }: { unchanged: number; changed: number; seed: number },
): Measured {
  const random = draw(seed);
  const bound = errorsBound(cell);
  const measured: Measured = { cell, tallies: {}, scores: {} };
  for (let release = 0; release < unchanged; release++) {
    const set = setting(cell, watched, random);
    const all = release < changed ? [nothing, ...changes] : [nothing];
    for (const change of all) {
      const minutes = minutesOf(set, change, random);
      const tally = tallyOf(measured, change);
      const scores = scoresOf(measured, change);
      const window = (before: number, after: number, skipped = 0) =>
        windowsOf(set, minutes, before, after, skipped);
      const failed = (judge: Judge, minute: number | undefined) => {
        if (minute === undefined) return;
        tally.failed[judge]++;
        tally.minutes[judge] += minute;
      };
      tally.releases++;

      failed('seed rule, any rise', seedRule(window(5, 5), 1) ? 5 : undefined);
      failed('seed rule, ×1.5', seedRule(window(5, 5), 1.5) ? 5 : undefined);
      failed('fixed limits', fixedLimits(window(5, 5).after));
      for (const before of [5, 60]) {
        const high = kayentaErrors(window(before, 5)) || kayentaLatency(window(before, 5, warm));
        failed(before === 5 ? 'Kayenta 5 v 5' : 'Kayenta 5 v 60', high ? 5 : undefined);
      }

      const { comparison, minutes: minute } = judged(set, minutes, policy);
      const failing = comparison.metrics.filter(({ status }) => status === 'fail').map(({ kind }) => kind);
      failed('Tidegate', comparison.status === 'fail' ? minute : undefined);
      if (failing.includes('errors')) tally.errors++;
      if (failing.includes('latency')) tally.latency++;
      if (comparison.status === 'inconclusive') tally.inconclusive++;
      if (comparison.status === 'pass') tally.passed++;

      const same = window(60, watched);
      scores.errors.push(standardised(points.rates(same.before), points.rates(same.after), 0));
      const slow = window(60, watched - warm, warm);
      scores.latency.push(standardised(points.slowest(slow.before), points.slowest(slow.after), 0));
      if (change.errors) scores.bound.push(bound(same.after, change));
      else if (change === nothing) {
        for (const other of changes.filter(({ errors }) => errors)) {
          scoresOf(measured, other).boundOfNothing.push(bound(same.after, other));
        }
      }
    }
  }
  return measured;
}
