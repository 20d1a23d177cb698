/**
 * Is the service slower than before? A t-test of the logarithms of the 99th percentiles, since CloudWatch gives these points
 * and not the durations behind them. Weak below some requests a second, where a p99 is the slowest of a few.
 */

import { latencyPrecedents } from './latency-precedent.ts';
import type { Turn } from './looks.ts';
import type { AnalysisPolicy } from './policy.ts';
import { calm, type Period, type Windows } from './series.ts';
import { fewestAfter, fewestBefore, spreadOf } from './spread.ts';
import { mean, median } from './statistics.ts';
import type { LatencyFinding, Status } from './verdict.ts';
import { chance, count, milliseconds, percent } from './wording.ts';

/** An hour steadier than this was luck. */
const smallestDeviation = 0.05;
/** Times the usual p99: an incident. */
const incidentFactor = 3;
const confidence = 0.05;
/** Requests of the window that are slower than the percentile: a single one is an anecdote. */
const fewestSlower = 2;

/** The slowest hundredth is what users complain of; where traffic is low it is one request, and a tenth or a half shows more. */
const others = [90, 50] as const;
export type Percentile = 99 | (typeof others)[number];

/**
 * Of the 99th percentile, and of those others that fail. They share a false alarm's chance by how many are as rare (R. J. Simes, Biometrika 73
 * (1986) 751–754): the limit is i / n of the look's, where the i-th smallest of n chances is at most that.
 */
export function judgeLatencies(windows: Windows, turn: Turn, policy: AnalysisPolicy): LatencyFinding[] {
  const known = others.filter((percentile) =>
    windows.before.periods.some((period) => of(period, percentile)),
  );
  const weighed = [99 as const, ...known].map((percentile) => weigh(windows, turn, policy, percentile));
  const sorted = weighed.map(({ chance }) => chance).toSorted((a, b) => a - b);
  const part = (rank: number) => (turn.limit * rank) / sorted.length;
  const rank = sorted.findLastIndex((chance, index) => chance <= part(index + 1)) + 1;
  const [slowest, ...more] = weighed.map(({ found }) => found(part(Math.max(1, rank))));
  return [...(slowest ? [slowest] : []), ...more.filter(({ status }) => status === 'fail')];
}

const keys = { 99: 'p99Milliseconds', 90: 'p90Milliseconds', 50: 'p50Milliseconds' } as const;
const of = (period: Period, percentile: Percentile) => period[keys[percentile]];

interface Weighed {
  /** The chance of it without a change; 1 where it cannot fail, whatever the chance. */
  chance: number;
  found: (limit: number) => LatencyFinding;
}

function weigh(
  windows: Windows,
  turn: Turn,
  { latencyTolerance }: AnalysisPolicy,
  percentile: Percentile,
): Weighed {
  const logarithms = (periods: readonly Period[]) =>
    periods.flatMap((period) => {
      const value = of(period, percentile);
      return value ? Math.log(value) : [];
    });
  const summary = (points: readonly number[]) => ({
    points: points.length,
    ...(points.length > 0 && { [keys[percentile]]: Math.exp(mean(points)) }),
  });
  const words = `p${percentile}`;
  const usual = median(windows.before.periods.flatMap((period) => of(period, percentile) ?? []));
  // Where there is nothing to compare with, there is nothing that could be unusual.
  const isIncident = (period: Period) => usual > 0 && (of(period, percentile) ?? 0) > incidentFactor * usual;
  const before = logarithms(calm(windows.before.periods, windows.last, isIncident));
  const last = logarithms(windows.last);
  const after = logarithms(windows.warm);
  const lower = after.toSorted((a, b) => a - b).slice(0, -1);
  const excluded = 1 + Math.max(1, 2 * latencyTolerance);

  const finding = (status: Status, sentence: string, more: Partial<LatencyFinding> = {}): LatencyFinding => ({
    kind: 'latency',
    name: percentile === 99 ? 'latency' : words,
    status,
    sentence,
    before: summary(before),
    last: summary(last),
    after: summary(after),
    withoutHighest: summary(lower),
    tolerance: latencyTolerance,
    excluded,
    ...more,
  });
  const unlessMore: Status = turn.main ? 'inconclusive' : 'continue';

  if (before.length < fewestBefore || after.length < fewestAfter) {
    const points = `${before.length} points before and ${after.length} after the warm-up`;
    const needed = `at least ${fewestBefore} and ${fewestAfter} are needed`;
    return { chance: 1, found: () => finding(unlessMore, `${words} not judged: ${points}, ${needed}`) };
  }

  const { deviation, vif, tail } = spreadOf(before, smallestDeviation);
  const tolerated = Math.log(1 + latencyTolerance);

  const from = milliseconds(Math.exp(mean(before)));
  const to = milliseconds(Math.exp(mean(after)));
  if (!turn.main && Math.max(median(after), mean(lower)) - mean(before) <= tolerated) {
    return { chance: 1, found: () => finding('continue', `${words} ${to} so far, before ${from}`) };
  }
  const day = latencyPrecedents(windows, (period) => of(period, percentile));
  // A day says how rare the rise is, so its middle decides how large it is; an hour's points have to prove both at once.
  const load = day ? day.slope * Math.max(0, meanLoad(windows.warm) - meanLoad(windows.before.periods)) : 0;
  const rise = day ? median(after) - mean(before) - load : mean(lower) - mean(before);
  const large = !day || rise > tolerated;
  const requests = windows.warm.reduce((sum, period) => sum + period.requests, 0);
  const enough = (1 - percentile / 100) * requests >= fewestSlower;
  const rarity = large || turn.main ? day?.rarity(windows.warm) : undefined;
  const p = day ? (rarity?.p ?? 1) : tail(rise - tolerated, lower.length);
  const sinceDeployment =
    last.length === 0 || rise + mean(before) - mean(last) > (day ? tolerated / 2 : tolerated);
  const margin = Math.log(excluded) - (mean(after) - mean(before));

  const found = (limit: number): LatencyFinding => {
    const evidence = {
      p,
      ...(rarity && { rarity }),
      ...(load > 0 && { load: Math.exp(load) }),
      ...{ limit, deviation, vif },
    };
    if (p <= limit && large && enough && sinceDeployment) {
      const sentence = `${words} rose from ${from} to ${to}, by more than the accepted ${percent(latencyTolerance)}: chance of that without a change ${chance(p)}`;
      return finding('fail', sentence, evidence);
    }
    if (!turn.main) return finding('continue', `${words} ${to} so far, before ${from}`, evidence);

    const doubt = tail(margin, after.length);
    const all = { ...evidence, doubt };
    if (p <= limit && large) {
      const why = enough
        ? `not clearly more than ${milliseconds(Math.exp(mean(last)))} just before`
        : `of ${count(requests)} requests, too few are slower than that`;
      return finding('inconclusive', `${words} ${to}, before ${from}: ${why}`, all);
    }
    if (doubt <= confidence) return finding('pass', `${words} ${to}, before ${from}`, all);
    return finding('inconclusive', `${words} ${to}, before ${from}: its points vary too much to tell`, all);
  };
  return { chance: large && enough && sinceDeployment ? p : 1, found };
}

/** The mean logarithm of the periods' requests. */
const meanLoad = (periods: readonly Period[]) => mean(periods.map(({ requests }) => Math.log(requests)));
