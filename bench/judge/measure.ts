/** One cell of the benchmark: a service on many days, and what each judge makes of each thing a release may do to it. */
import { alphaPerRelease, sharesOfErrors } from '../../core/judge/looks.ts';
import { type AnalysisPolicy, analysisSchema } from '../../core/judge/policy.ts';
import { bound } from './bound.ts';
import { standardised } from './kayenta.ts';
import { draw } from './random.ts';
import { judged, minutesOf, setting, windowsOf } from './release.ts';
import { fixedLimits, kayentaErrors, kayentaLatency, points, seedRule } from './rivals.ts';
import { type Cell, historyMinutes } from './service.ts';
import { type Change, nothing } from './worlds.ts';

/** As of a configuration that names nothing but the service. */
const service = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
};
export const policy: AnalysisPolicy = analysisSchema.parse(service);
/** As long as the judge of analysis that others recommend may take, warm-up included. */
const extended: AnalysisPolicy = analysisSchema.parse({ ...service, extension: '9m' });
const watched = policy.window / 60;
const watchedAtMost = watched + (extended.extension ?? 0) / 60;
const warm = policy.warmUp / 60;
/** Points after, of both metrics. */
const ofKayenta = 5;
export const judges = [
  'seed rule, any rise',
  'seed rule, ×1.5',
  'fixed limits',
  'Kayenta 5 v 5',
  'Kayenta 5 v 60',
  'Tidegate',
  'Tidegate, extended',
] as const;
export type Judge = (typeof judges)[number];

export interface Tally {
  releases: number;
  failed: Record<Judge, number>;
  /** Sum of the minutes until it failed. */
  minutes: Record<Judge, number>;
  /** With the extended policy, too: it takes as long as all else. */
  tried: number;
  /** Of Tidegate: failed in the first minute of figures, by which metric, and what else it said. */
  atOnce: number;
  /** Of the others, how many requests there were in that minute. */
  late: number[];
  errors: number;
  latency: number;
  inconclusive: number;
  passed: number;
}
export interface Measured {
  cell: Cell;
  /** By the name of the change. */
  tallies: Record<string, Tally>;
  /** Of Kayenta's statistic, of errors and of p99. */
  scores: Record<string, Scores>;
  /** The power that no judge exceeds at so many false alarms. */
  bounds: Record<string, number>;
}

interface Scores {
  errors: number[];
  latency: number[];
}

/** The chance of a false alarm that each metric is held to: what the release has, by its shares. */
export const allowed = {
  errors: (alphaPerRelease * sharesOfErrors) / (1 + sharesOfErrors),
  latency: alphaPerRelease / (1 + sharesOfErrors),
};
const boundWindows = 1000;

export const emptyTally = (): Tally => ({
  ...{ releases: 0, tried: 0, atOnce: 0, late: [], errors: 0, latency: 0, inconclusive: 0, passed: 0 },
  failed: Object.fromEntries(judges.map((judge) => [judge, 0])) as Record<Judge, number>,
  minutes: Object.fromEntries(judges.map((judge) => [judge, 0])) as Record<Judge, number>,
});

function tallyOf({ tallies }: Measured, { name }: Change): Tally {
  tallies[name] ??= emptyTally();
  return tallies[name];
}

function scoresOf({ scores }: Measured, { name }: Change): Scores {
  scores[name] ??= { errors: [], latency: [] };
  return scores[name];
}

interface Sizes {
  unchanged: number;
  changed: number;
  seed: number;
  /** Whether the bounds are wanted, and the extended policy. */
  bounded?: boolean;
}

/** So many releases that change nothing, and so many of each change, on the first of the same days. */
export function measure(
  cell: Cell,
  changes: readonly Change[],
  { unchanged, changed, seed, bounded = false }: Sizes,
): Measured {
  const random = draw(seed);
  const measured: Measured = { cell, tallies: {}, scores: {}, bounds: {} };
  for (const change of bounded ? changes.filter(({ failing }) => !failing) : []) {
    const [minutes, wrong] = change.errors ? [watched, allowed.errors] : [watched - warm, allowed.latency];
    measured.bounds[change.name] = bound(cell, change, {
      minutes,
      wrong,
      windows: boundWindows,
      seed,
    });
  }
  for (let release = 0; release < unchanged; release++) {
    const set = setting(cell, watchedAtMost, random);
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
        const high =
          kayentaErrors(window(before, ofKayenta)) || kayentaLatency(window(before, ofKayenta, warm));
        failed(before === 5 ? 'Kayenta 5 v 5' : 'Kayenta 5 v 60', high ? 5 : undefined);
      }

      const { comparison, minutes: minute } = judged(set, minutes, policy);
      const failing = comparison.metrics.filter(({ status }) => status === 'fail').map(({ kind }) => kind);
      failed('Tidegate', comparison.status === 'fail' ? minute : undefined);
      if (bounded && release < changed && !change.durations && !change.tail) {
        tally.tried++;
        const longer = judged(set, minutes, extended);
        failed('Tidegate, extended', longer.comparison.status === 'fail' ? longer.minutes : undefined);
      }
      if (comparison.status === 'fail' && minute <= 1) tally.atOnce++;
      else if (change.failing) tally.late.push(minutes[historyMinutes + set.stableMinute]?.requests ?? 0);
      if (failing.includes('errors')) tally.errors++;
      if (failing.includes('latency')) tally.latency++;
      if (comparison.status === 'inconclusive') tally.inconclusive++;
      if (comparison.status === 'pass') tally.passed++;

      const same = window(60, ofKayenta);
      scores.errors.push(standardised(points.rates(same.before), points.rates(same.after), 0));
      const slow = window(60, ofKayenta, warm);
      scores.latency.push(standardised(points.slowest(slow.before), points.slowest(slow.after), 0));
    }
  }
  return measured;
}
