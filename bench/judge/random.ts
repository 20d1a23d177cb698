/** Draws from distributions, the same every time. */

export interface Draw {
  /** Above 0 and below 1. */
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(trials: number, share: number): number;
  beta(a: number, b: number): number;
}

/** Mulberry32, and what is made of it. */
export function draw(seed: number): Draw {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };

  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  const poisson = (mean: number): number => {
    if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let events = 0;
    let term = Math.exp(-mean);
    for (let left = uniform(); left > term && events < 2000; events++) {
      left -= term;
      term *= mean / (events + 1);
    }
    return events;
  };

  const binomial = (trials: number, share: number): number => {
    if (trials <= 0 || share <= 0) return 0;
    if (share >= 1) return trials;
    if (share > 0.5) return trials - binomial(trials, 1 - share);
    const mean = trials * share;
    if (mean > 100) {
      const drawn = Math.round(mean + Math.sqrt(mean * (1 - share)) * normal());
      return Math.min(trials, Math.max(0, drawn));
    }
    const odds = share / (1 - share);
    let events = 0;
    let term = Math.exp(trials * Math.log1p(-share));
    for (let left = uniform(); left > term && events < trials; events++) {
      left -= term;
      term *= (odds * (trials - events)) / (events + 1);
    }
    return events;
  };

  /** G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000). */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const beta = (a: number, b: number) => {
    const first = gamma(a);
    return first / (first + gamma(b));
  };
  return { uniform, normal, poisson, binomial, beta };
}
