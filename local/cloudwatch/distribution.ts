/** How often each value was seen. CloudWatch keeps this of every period, which is why it can answer percentiles. */
export type Distribution = ReadonlyMap<number, number>;

export function add(to: Map<number, number>, value: number, times = 1): void {
  to.set(value, (to.get(value) ?? 0) + times);
}

/** One distribution of all the values of several. */
export function merged(all: Iterable<Distribution>): Distribution {
  const into = new Map<number, number>();
  for (const one of all) for (const [value, times] of one) add(into, value, times);
  return into;
}

export function count(of: Distribution): number {
  return of.values().reduce((total, times) => total + times, 0);
}

export function sum(of: Distribution): number {
  return of.entries().reduce((total, [value, times]) => total + value * times, 0);
}

/** How many are above `low` and at most `high`: the bounds of CloudWatch's `TC(low:high)`. */
export function countBetween(of: Distribution, low: number, high: number): number {
  return of
    .entries()
    .reduce((total, [value, times]) => total + (value > low && value <= high ? times : 0), 0);
}

/** By nearest rank: the smallest value that `percent` of all are not above. NaN where there are none. */
export function percentile(of: Distribution, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count(of)));
  let seen = 0;
  for (const [value, times] of [...of].sort(([one], [other]) => one - other)) {
    seen += times;
    if (seen >= rank) return value;
  }
  return Number.NaN;
}

/** To three significant digits, so that a minute of latencies stays a few hundred values. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
