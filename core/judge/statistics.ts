/** The mathematics of the judge, and nothing of deployments: three distributions and the test that is made of them. */

/** ln n! − ln(√(2πn) (n/e)^n), the error of Stirling's formula, for any n > 0. */
function stirlingError(n: number): number {
  if (n < 15) return stirlingError(n + 1) + (n + 0.5) * Math.log1p(1 / n) - 1; // the series needs a large n
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x/mean) + mean − x without the cancellation where both are close. x > 0, mean > 0. */
function deviance(x: number, mean: number): number {
  const share = (x - mean) / (x + mean);
  if (Math.abs(share) > 0.1) return x * Math.log(x / mean) + mean - x;
  let sum = (x - mean) * share;
  let term = 2 * x * share;
  for (let odd = 3; ; odd += 2) {
    term *= share * share;
    const next = sum + term / odd;
    if (next === sum || Number.isNaN(next)) return next;
    sum = next;
  }
}

/**
 * x^a (1 − x)^b / B(a, b). Via the saddle point of the binomial density, because the difference of three
 * logarithms of the gamma function has no digits left where a and b are millions.
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
 */
function betaDensity(x: number, a: number, b: number): number {
  const n = a + b;
  const logarithm =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * (1 - x));
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(logarithm);
}

/**
 * The regularised incomplete beta function I_x(a, b) for 0 ≤ x ≤ 1, a > 0, b > 0: the continued fraction 8.17.22 of the
 * Digital Library of Mathematical Functions (dlmf.nist.gov/8.17), evaluated with the modified method of Lentz.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a); // the fraction converges on this side only

  const notZero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (betaDensity(x, a, b) * fraction) / a;
}

/** The x with I_x(a, b) = p, by bisection; 0 where a is 0 and 1 where b is 0, as bounds of a share are defined. */
export function inverseIncompleteBeta(p: number, a: number, b: number): number {
  if (a <= 0) return 0;
  if (b <= 0) return 1;
  let low = 0;
  let high = 1;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Bin(trials, share) ≥ events) = I_share(events, trials − events + 1). */
export function binomialTail(events: number, trials: number, share: number): number {
  if (events <= 0) return 1;
  return events > trials ? 0 : incompleteBeta(share, events, trials - events + 1);
}

/**
 * The chance of at least `x1` of the `x0 + x1` events falling on the second of two windows of `n0` and `n1` trials, if the rate
 * of the second is `ratio` times that of the first: the one-sided conditional test of two Poisson rates.
 *
 *     p = P(Bin(x0 + x1, theta) ≥ x1) = I_theta(x1, x0 + 1),   theta = ratio n1 / (n0 + ratio n1)
 *
 * `phi` ≥ 1 divides both counts, for events that come in clusters. 1 where there is nothing to compare.
 * Source: J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313–323.
 */
export function countTest(x1: number, n1: number, x0: number, n0: number, ratio = 1, phi = 1): number {
  if (x1 <= 0 || n1 <= 0 || n0 <= 0) return 1;
  return incompleteBeta((ratio * n1) / (n0 + ratio * n1), x1 / phi, x0 / phi + 1);
}

/**
 * As `countTest`, with half the chance of exactly as many (H. O. Lancaster, Biometrika 36 (1949) 370–382): what few counts prove is
 * neither understated nor, on average, overstated.
 */
export function midCountTest(x1: number, n1: number, x0: number, n0: number, phi = 1): number {
  if (x1 <= 0 || n1 <= 0 || n0 <= 0) return 1;
  const asMany = countTest(x1, n1, x0, n0, 1, phi);
  return x0 > 0 ? (asMany + incompleteBeta(n1 / (n0 + n1), x1 / phi + 1, x0 / phi)) / 2 : asMany / 2;
}

/** P(T ≥ t) of Student's t with `df` degrees of freedom: half of I_y(df/2, 1/2) with y = df/(df + t²), for t ≥ 0. */
export function studentTail(t: number, df: number): number {
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** The median; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? 0) + (sorted[sorted.length % 2 ? middle : middle - 1] ?? 0)) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of so many values from the first on, none included: the difference of two is the sum of what is between. */
export function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return [
    0,
    ...values.map((value) => {
      sum += value;
      return sum;
    }),
  ];
}

/** The sample variance, with n − 1 in the denominator; NaN of fewer than two values. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
