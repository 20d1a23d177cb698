/** How often each value was seen. CloudWatch keeps this of every period, which is why it can answer percentiles. */
export type Distribution = ReadonlyMap<number, number>;

export function add(to: Map<number, number>, value: number, times = 1): void {
  to.set(value, (to.get(value) ?? 0) + times);
}

/** One distribution of all the values of several. */
export function merged(all: readonly Distribution[]): Distribution {
  if (all[0] && all.length === 1) return all[0];
  const into = new Map<number, number>();
  for (const one of all) for (const [value, times] of one) add(into, value, times);
  return into;
}

export function count(of: Distribution): number {
  let total = 0;
  for (const times of of.values()) total += times;
  return total;
}

export function sum(of: Distribution): number {
  let total = 0;
  for (const [value, times] of of) total += value * times;
  return total;
}

/** How many are above `low` and at most `high`: the bounds of CloudWatch's `TC(low:high)`. */
export function countBetween(of: Distribution, low: number, high: number): number {
  let total = 0;
  for (const [value, times] of of) if (value > low && value <= high) total += times;
  return total;
}

/** By nearest rank: the smallest value that `percent` of all are not above. NaN where there are none. */
export function percentile(of: Distribution, percent: number): number {
  return percentileOf(ascending(of), percent);
}

/** The values in order, each with how many are not above it. */
export interface Ascending {
  values: Float64Array;
  upTo: Float64Array;
}

export function ascending(of: Distribution): Ascending {
  const values = Float64Array.from(of.keys());
  if (values.some((value, index) => value < (values[index - 1] ?? value))) values.sort();
  const upTo = new Float64Array(values.length);
  let seen = 0;
  for (const [index, value] of values.entries()) {
    seen += of.get(value) ?? 0;
    upTo[index] = seen;
  }
  return { values, upTo };
}

/** As `percentile`, for whoever asks the same distribution more than once. */
export function percentileOf({ values, upTo }: Ascending, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * (upTo.at(-1) ?? 0)));
  let [low, high] = [0, upTo.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) < rank) low = middle + 1;
    else high = middle;
  }
  return values[low] ?? Number.NaN;
}

/** To three significant digits, so that a minute of latencies stays a few hundred values. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
