/** Durations against those of the day before, minute by minute. */
import { loadSlope } from './load.ts';
import { type Precedents, precedents } from './precedent.ts';
import type { Period, Windows } from './series.ts';
import { median, runningSums } from './statistics.ts';

/** No period counts for more than so many usual deviations: a slow minute is over, a slow version stays. */
const capDeviations = 3;
/** The median absolute deviation of the normal distribution, relative to its deviation. */
const madOfNormal = 0.6745;
/** Times the usual duration, it was an incident: no measure of how durations stray. */
const outageTimes = 3;

export interface LatencyPrecedents extends Precedents {
  /** The slope of the logarithm of durations on that of requests. */
  slope: number;
}

/** `value` is a period's duration. Undefined where there is no such day, as where both versions are compared side by side. */
export function latencyPrecedents(
  { history, warm }: Pick<Windows, 'history' | 'warm'>,
  value: (period: Period) => number | undefined,
): LatencyPrecedents | undefined {
  if (!history || warm.length === 0) return undefined;
  const { day, reference, warmGap } = history;
  const logarithm = (period: Period | undefined) => {
    const found = period && value(period);
    return found === undefined ? undefined : Math.log(found);
  };
  const outage = Math.log(outageTimes);
  const all = day.map(logarithm);
  const usual = median(all.flatMap((log) => log ?? []));
  const quiet = day.flatMap((period, index) => {
    const log = all[index];
    return period && log !== undefined && log < usual + outage ? [{ requests: period.requests, log }] : [];
  });
  const slope = loadSlope(
    quiet.map(({ requests }) => requests),
    quiet.map(({ log }) => log),
  );
  const atLoad = (period: Period | undefined) => {
    const log = logarithm(period);
    return period && log !== undefined ? log - slope * Math.log(period.requests) : undefined;
  };
  const calm = day.map((period, index) =>
    (all[index] ?? outage + usual) < usual + outage ? atLoad(period) : undefined,
  );
  const sums = runningSums(calm.map((log) => log ?? 0));
  const counts = runningSums(calm.map((log) => (log === undefined ? 0 : 1)));
  const expected = (from: number, to: number) => {
    const points = (counts[to] ?? 0) - (counts[from] ?? 0);
    return points > 0 ? ((sums[to] ?? 0) - (sums[from] ?? 0)) / points : undefined;
  };

  let known: number | undefined;
  const cap = () => {
    if (known !== undefined) return known;
    const excesses = calm.flatMap((log, index) => {
      const then = index < reference ? undefined : expected(index - reference, index);
      return log === undefined || then === undefined ? [] : [log - then];
    });
    const centre = median(excesses);
    known = (capDeviations / madOfNormal) * median(excesses.map((excess) => Math.abs(excess - centre)));
    return known;
  };
  const found = precedents(
    {
      day: day.map((period, index) => (calm[index] === undefined ? undefined : period)),
      ...{ reference, gap: warmGap, length: warm.length },
    },
    {
      expected,
      excess: (period, then) => {
        const log = atLoad(period);
        return log === undefined ? undefined : log - then;
      },
    },
    cap,
  );
  return found && { ...found, slope };
}
