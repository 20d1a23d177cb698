/**
 * Is the service slower than before? A t-test of the logarithms of the 99th percentiles, since CloudWatch gives these points
 * and not the durations behind them. Weak below some requests a second, where a p99 is the slowest of a few.
 */

import type { Turn } from './looks.ts';
import type { AnalysisPolicy } from './policy.ts';
import { calm, type Period, type Windows } from './series.ts';
import { mean, median, studentTail, variance } from './statistics.ts';
import type { LatencyFinding, Status } from './verdict.ts';
import { chance, milliseconds, percent } from './wording.ts';

const fewestBefore = 3;
const fewestAfter = 2;
/** Neighbouring points are alike; how much so shows in the means of blocks of this many, if there are enough of them. */
const blockPoints = 4;
const fewestBlocks = 5;
/** An hour steadier than this was luck. */
const smallestDeviation = 0.05;
/** Times the usual p99: an incident. */
const incidentFactor = 3;
const confidence = 0.05;

export function judgeLatency(
  windows: Windows,
  turn: Turn,
  { latencyTolerance }: AnalysisPolicy,
): LatencyFinding {
  const usual = median(windows.before.periods.flatMap(({ p99Milliseconds }) => p99Milliseconds ?? []));
  const isIncident = ({ p99Milliseconds = 0 }: Period) => p99Milliseconds > incidentFactor * usual;
  const before = logarithms(calm(windows.before.periods, windows.last, isIncident));
  const last = logarithms(windows.last);
  const after = logarithms(windows.warm);
  const lower = after.toSorted((a, b) => a - b).slice(0, -1);
  const excluded = 1 + Math.max(1, 2 * latencyTolerance);

  const finding = (status: Status, sentence: string, more: Partial<LatencyFinding> = {}): LatencyFinding => ({
    kind: 'latency',
    name: 'latency',
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
    return finding(
      unlessMore,
      `p99 not judged: ${points}, at least ${fewestBefore} and ${fewestAfter} are needed`,
    );
  }

  const deviation = Math.max(smallestDeviation, Math.sqrt(variance(before)));
  const vif = inflation(before, deviation);
  const df = Math.max(1, before.length / vif - 1);
  const standardError = (points: number) => deviation * Math.sqrt(vif / points + vif / before.length);
  const tolerated = Math.log(1 + latencyTolerance);

  const rise = mean(lower) - mean(before);
  const p = studentTail((rise - tolerated) / standardError(lower.length), df);
  const evidence = { p, limit: turn.limit, deviation, vif };
  const from = milliseconds(Math.exp(mean(before)));
  const to = milliseconds(Math.exp(mean(after)));
  const sinceDeployment = last.length === 0 || mean(lower) - mean(last) > tolerated;
  if (p <= turn.limit && sinceDeployment) {
    const sentence = `p99 rose from ${from} to ${to}, by more than the accepted ${percent(latencyTolerance)}: chance of that without a change ${chance(p)}`;
    return finding('fail', sentence, evidence);
  }
  if (!turn.main) return finding('continue', `p99 ${to} so far, before ${from}`, evidence);

  const margin = Math.log(excluded) - (mean(after) - mean(before));
  const doubt = studentTail(margin / standardError(after.length), df);
  const all = { ...evidence, doubt };
  if (p <= turn.limit) {
    const just = milliseconds(Math.exp(mean(last)));
    return finding(
      'inconclusive',
      `p99 ${to}, before ${from}: not clearly more than ${just} just before`,
      all,
    );
  }
  if (doubt <= confidence) return finding('pass', `p99 ${to}, before ${from}`, all);
  return finding('inconclusive', `p99 ${to}, before ${from}: its points vary too much to tell`, all);
}

const logarithms = (periods: readonly Period[]) =>
  periods.flatMap(({ p99Milliseconds }) => (p99Milliseconds ? Math.log(p99Milliseconds) : []));

const summary = (points: readonly number[]) => ({
  points: points.length,
  ...(points.length > 0 && { p99Milliseconds: Math.exp(mean(points)) }),
});

/** The variance of block means, relative to independent points; at least 1, and 1 where there are too few blocks to tell. */
function inflation(points: readonly number[], deviation: number): number {
  const blocks = Math.floor(points.length / blockPoints);
  if (blocks < fewestBlocks) return 1;
  const means = Array.from({ length: blocks }, (_, block) =>
    mean(points.slice(block * blockPoints, (block + 1) * blockPoints)),
  );
  return Math.max(1, (blockPoints * variance(means)) / deviation ** 2);
}
