/** How a metric follows the traffic, as a day shows it: the rush hour is nobody's fault, and neither is a campaign. */
import type { Point } from './series.ts';
import { mean } from './statistics.ts';

/** A metric that grows faster than traffic itself is taken for one that grows with it. */
const steepest = 1;

/** The variance of the logarithms of the requests. */
const variation = (requests: readonly number[]): number => {
  const logs = requests.map(Math.log);
  const centre = mean(logs);
  return mean(logs.map((log) => (log - centre) ** 2));
};

/**
 * The slope of `values` on the logarithm of the requests, by least squares; between 0 and 1, for more traffic makes nothing better.
 * 0 where traffic hardly varies.
 */
export function loadSlope(requests: readonly number[], values: readonly number[]): number {
  if (requests.length < 2) return 0;
  const logs = requests.map(Math.log);
  const [centre, level] = [mean(logs), mean(values)];
  let [together, alone] = [0, 0];
  logs.forEach((log, index) => {
    together += (log - centre) * ((values[index] ?? 0) - level);
    alone += (log - centre) ** 2;
  });
  return alone / logs.length < 1e-4 ? 0 : Math.min(steepest, Math.max(0, together / alone));
}

export interface LoadFit {
  /** Of the logarithm of the level on the logarithm of requests: 0 where it does not follow, 1 where it is in proportion. */
  slope: number;
  /** Requests a period, which all values are brought to: the geometric mean of the time before. */
  reference: number;
}

const fewestPairs = 30;
/** About 10 % up and down. A steadier load shows nothing. */
const smallestVariation = 0.01;

/**
 * Over the periods before `until` that have both. Undefined where there are too few, or the load hardly changed: then
 * nothing is known, and nothing is adjusted.
 */
export function fitLoad(
  level: readonly Point[],
  requests: readonly Point[],
  { from, until }: { from: number; until: number },
): LoadFit | undefined {
  const load = new Map(requests.filter(([, count]) => count > 0));
  const pairs = level.flatMap(([time, value]) => {
    const count = load.get(time);
    return time < until && value > 0 && count ? [{ time, count, value }] : [];
  });
  const usual = pairs.filter(({ time }) => time >= from);
  const counts = pairs.map(({ count }) => count);
  if (pairs.length < fewestPairs || usual.length === 0 || variation(counts) < smallestVariation)
    return undefined;
  return {
    slope: loadSlope(
      counts,
      pairs.map(({ value }) => Math.log(value)),
    ),
    reference: Math.exp(mean(usual.map(({ count }) => Math.log(count)))),
  };
}

/** value × (reference ÷ requests)^slope. Periods without requests have no load to be adjusted for, and are left out. */
export function atEqualLoad(
  level: readonly Point[],
  requests: readonly Point[],
  { slope, reference }: LoadFit,
): Point[] {
  const load = new Map(requests);
  return level.flatMap(([time, value]): Point[] => {
    const count = load.get(time) ?? 0;
    return count > 0 ? [[time, value * (reference / count) ** slope]] : [];
  });
}
