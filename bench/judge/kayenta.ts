/**
 * Spinnaker Kayenta's Mann-Whitney classifier with its defaults, as its documentation and R's `wilcox.test` describe it: the interval of
 * the shift between the two samples by the normal approximation with continuity correction, found by Brent's method.
 * High where the lower bound is above a quarter of the Hodges-Lehmann estimate.
 */

/** Of the estimate. */
const tolerance = 0.25;
/** The 99th percentile of the normal distribution: (1 + 0.98) / 2. */
const quantile = 2.3263478740408408;

export interface Shift {
  lower: number;
  estimate: number;
  high: boolean;
}

/** Of `after` against `before`. Undefined where it answers with no classification: no data, or the same of both. */
export function kayenta(before: readonly number[], after: readonly number[]): Shift | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  const least = Math.min(...after) - Math.max(...before);
  const most = Math.max(...after) - Math.min(...before);
  if (least === most) {
    // Each of the two is flat: there is one shift, and nothing to be unsure of.
    return least === 0
      ? undefined
      : { lower: least, estimate: least, high: least > tolerance * Math.abs(least) };
  }
  const z = (shift: number) => standardised(before, after, shift);
  const lower = root((shift) => z(shift) - quantile, least, most);
  const estimate = root(z, least, most);
  return { lower, estimate, high: lower > tolerance * Math.abs(estimate) };
}

/** The rank sum of `after` − `shift` among both, centred and scaled. */
export function standardised(before: readonly number[], after: readonly number[], shift: number): number {
  const [m, n] = [after.length, before.length];
  const values = new Float64Array(m + n);
  for (let i = 0; i < m; i++) values[i] = (after[i] ?? 0) - shift;
  for (let i = 0; i < n; i++) values[m + i] = before[i] ?? 0;
  const sorted = Float64Array.from(values).sort();
  let ties = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i + 1;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    ties += (end - i) ** 3 - (end - i);
    i = end;
  }
  let rankSum = 0;
  for (let i = 0; i < m; i++) {
    const value = values[i] ?? 0;
    rankSum += (1 + bound(sorted, value, false) + bound(sorted, value, true)) / 2;
  }
  const centred = rankSum - (m * (m + 1)) / 2 - (m * n) / 2;
  const deviation = Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  return deviation === 0 ? 0 : (centred - 0.5 * Math.sign(centred)) / deviation;
}

/** How many are below `value`, or not above it. */
function bound(sorted: Float64Array, value: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (inclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Brent's method as in R's zeroin, to 1e-4; the end of the interval where the sign does not change. `f` falls. */
function root(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [fa, fb] = [f(a), f(b)];
  if (fa <= 0) return low;
  if (fb >= 0) return high;
  let [c, fc] = [a, fa];
  for (let step = 0; step < 1000; step++) {
    const last = b - a;
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const accuracy = 2 * Number.EPSILON * Math.abs(b) + 1e-4 / 2;
    let next = (c - b) / 2;
    if (Math.abs(next) <= accuracy || fb === 0) return b;
    if (Math.abs(last) >= accuracy && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa;
      let [p, q] = [0, 0];
      if (a === c) {
        p = (c - b) * s;
        q = 1 - s;
      } else {
        const t = fa / fc;
        const r = fb / fc;
        p = s * ((c - b) * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      if (p < 0.75 * (c - b) * q - Math.abs(accuracy * q) / 2 && p < Math.abs((last * q) / 2)) next = p / q;
    }
    if (Math.abs(next) < accuracy) next = next > 0 ? accuracy : -accuracy;
    [a, fa] = [b, fb];
    b += next;
    fb = f(b);
    if (fb > 0 === fc > 0) [c, fc] = [a, fa];
  }
  return b;
}
