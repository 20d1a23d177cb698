/** How far a metric's points stray by themselves, as logarithms: what the t-tests of levels and of percentiles have in common. */
import { mean, studentTail, variance } from './statistics.ts';

export const fewestBefore = 3;
export const fewestAfter = 2;

/** Neighbouring points are alike; how much so shows in the means of blocks of this many, if there are enough of them. */
const blockPoints = 4;
const fewestBlocks = 5;

export interface Spread {
  deviation: number;
  /** How many points say as much as one that is independent of its neighbours; at least 1. */
  vif: number;
  /** The chance that the mean of so many more points lies that far above: P(T ≥ distance / (s √(vif/n + vif/n0))), n0/vif − 1 degrees of freedom. */
  tail(distance: number, points: number): number;
}

/** `smallestDeviation`: points steadier than that were luck. */
export function spreadOf(before: readonly number[], smallestDeviation: number): Spread {
  const deviation = Math.max(smallestDeviation, Math.sqrt(variance(before)));
  const vif = inflation(before, deviation);
  const df = Math.max(1, before.length / vif - 1);
  return {
    ...{ deviation, vif },
    tail: (distance, points) =>
      studentTail(distance / (deviation * Math.sqrt(vif / points + vif / before.length)), df),
  };
}

/** The variance of block means, relative to independent points; at least 1, and 1 where there are too few blocks to tell. */
function inflation(points: readonly number[], deviation: number): number {
  const blocks = Math.floor(points.length / blockPoints);
  if (blocks < fewestBlocks) return 1;
  const means = Array.from({ length: blocks }, (_, block) =>
    mean(points.slice(block * blockPoints, (block + 1) * blockPoints)),
  );
  return Math.max(1, (blockPoints * variance(means)) / deviation ** 2);
}
