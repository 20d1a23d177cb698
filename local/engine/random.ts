/** Random numbers of the distributions that requests follow. */

/** Latencies: most near the median, a long tail above. With this spread the 99th percentile is 2.5 times the median. */
export const spread = 0.4;

export function logNormal(random: () => number, median: number): number {
  // Box and Muller; 1 - random() is never 0, whose logarithm is not finite.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

/** How many independent arrivals there are in an interval that has `mean` on average. */
export function poisson(random: () => number, mean: number): number {
  const gap = () => -Math.log(1 - random());
  let arrivals = 0;
  for (let time = gap(); time < mean; time += gap()) arrivals += 1;
  return arrivals;
}

/** How many of `trials` come true that have a chance of `probability` each. */
export function binomial(random: () => number, trials: number, probability: number): number {
  if (probability <= 0) return 0;
  let successes = 0;
  for (let left = trials; left > 0; left -= 1) if (random() < probability) successes += 1;
  return successes;
}
