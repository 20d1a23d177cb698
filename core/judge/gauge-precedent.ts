/** Levels against those of the day before, period by period: what a batch job or a rush hour does every day is no release's fault. */
import { type Precedents, precedents } from './precedent.ts';
import { median, runningSums } from './statistics.ts';

/** No period counts for more than so many usual deviations: a spike is over, a leak stays. */
const capDeviations = 3;
/** The median absolute deviation of the normal distribution, relative to its deviation. */
const madOfNormal = 0.6745;

/** Levels of a day, one period behind the other, as far as they are known. */
export interface LevelDay {
  levels: readonly (number | undefined)[];
  /** So many of the newest are what others are compared with. */
  reference: number;
  /** Periods between the last of the day and the first that counts. */
  gap: number;
}

/**
 * Of logarithms of levels. Other than with errors and durations no period is left out as an incident: a level that is
 * three times as high for an hour every night is a habit. `smallestDeviation`: a day steadier than this was luck.
 */
export function gaugePrecedents(
  { levels, reference, gap }: LevelDay,
  length: number,
  smallestDeviation: number,
): Precedents<number> | undefined {
  const sums = runningSums(levels.map((level) => level ?? 0));
  const counts = runningSums(levels.map((level) => (level === undefined ? 0 : 1)));
  const between = (of: readonly number[], from: number, to: number) => (of[to] ?? 0) - (of[from] ?? 0);
  const expected = (from: number, to: number) => {
    const points = between(counts, from, to);
    return points > 0 ? between(sums, from, to) / points : undefined;
  };
  const cap = () => {
    const excesses = levels.flatMap((level, index) => {
      const then = index < reference ? undefined : expected(index - reference, index);
      return level === undefined || then === undefined ? [] : [level - then];
    });
    const centre = median(excesses);
    const usual = median(excesses.map((excess) => Math.abs(excess - centre))) / madOfNormal;
    return capDeviations * Math.max(smallestDeviation, usual);
  };
  return precedents(
    { day: levels, reference, gap, length },
    { expected, excess: (level, then) => level - then },
    once(cap),
  );
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
