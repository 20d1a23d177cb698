/** CPU follows the load: what it would be at the load of the time before, by how it followed it until now. */
import type { Point } from './series.ts';
import { mean } from './statistics.ts';

export interface LoadFit {
  /** Of the logarithm of the level on the logarithm of requests: 0 where it does not follow, 1 where it is in proportion. */
  slope: number;
  /** Requests a period, which all values are brought to: the geometric mean of the time before. */
  reference: number;
}

const fewestPairs = 30;
/** Of the logarithm of requests, as a variance: about 10 % up and down. A steadier load shows nothing. */
const smallestVariance = 0.01;

/**
 * Least squares over the periods before `until` that have both. Undefined where there are too few, or the load hardly changed: then
 * nothing is known, and nothing is adjusted.
 */
export function fitLoad(
  level: readonly Point[],
  requests: readonly Point[],
  baseline: { from: number; until: number },
): LoadFit | undefined {
  const { from, until } = baseline;
  const load = new Map(requests.filter(([, count]) => count > 0));
  const pairs = level.flatMap(([time, value]) => {
    const count = load.get(time);
    return time < until && value > 0 && count ? [{ time, x: Math.log(count), y: Math.log(value) }] : [];
  });
  const usual = pairs.filter(({ time }) => time >= from);
  if (pairs.length < fewestPairs || usual.length === 0) return undefined;
  const [meanX, meanY] = [mean(pairs.map(({ x }) => x)), mean(pairs.map(({ y }) => y))];
  const spread = mean(pairs.map(({ x }) => (x - meanX) ** 2));
  if (spread < smallestVariance) return undefined;
  const slope = mean(pairs.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
  return {
    slope: Math.min(1, Math.max(0, slope)),
    reference: Math.exp(mean(usual.map(({ x }) => x))),
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
