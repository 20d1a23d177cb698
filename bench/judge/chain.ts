/**
 * The noise of a service as a hidden Markov chain, summed over by the forward algorithm (L. R. Rabiner, 1989): an AR(1) process on a grid,
 * and whether a burst goes on.
 */
import type { World } from './worlds.ts';

const gridWidth = 3.2;

interface Chain {
  /** Of each state: the AR process in deviations, and whether a burst goes on. */
  deviation: number[];
  burst: boolean[];
  start: number[];
  /** Row by row: from, to. */
  step: Float64Array;
}

/** `varies`: whether the AR process has any say. Bursts last one to three minutes, each as often. */
export function chainOf({ memory, bursts = 0 }: World, varies: boolean, gridPoints: number): Chain {
  const grid = varies
    ? Array.from({ length: gridPoints }, (_, i) => gridWidth * ((2 * i) / (gridPoints - 1) - 1))
    : [0];
  const weights = normalised(grid.map((at) => Math.exp(-(at ** 2) / 2)));
  const variance = 1 - memory ** 2;
  const ar = grid.map((from) =>
    normalised(grid.map((to) => Math.exp(-((to - memory * from) ** 2) / 2 / variance))),
  );

  // Of bursts: none, or so many minutes still to come.
  const hazard = bursts / 1440;
  const phases = hazard > 0 ? 4 : 1;
  const phaseStep = (from: number, to: number) => {
    if (phases === 1) return 1;
    if (from >= 2) return to === from - 1 ? 1 : 0;
    return to === 0 ? 1 - hazard : hazard / 3;
  };
  // As drawn: the minute after a burst's last one may start another.
  const last = hazard / (1 + hazard * 2);
  const phaseStart = phases === 1 ? [1] : normalised([1 - 2 * last, last, (last * 2) / 3, last / 3]);

  const states = grid.flatMap((_, a) => Array.from({ length: phases }, (_, phase) => ({ a, phase })));
  const step = new Float64Array(states.length ** 2);
  states.forEach((from, i) => {
    states.forEach((to, j) => {
      step[i * states.length + j] = (ar[from.a]?.[to.a] ?? 0) * phaseStep(from.phase, to.phase);
    });
  });
  return {
    deviation: states.map(({ a }) => grid[a] ?? 0),
    burst: states.map(({ phase }) => phase > 0),
    start: states.map(({ a, phase }) => (weights[a] ?? 0) * (phaseStart[phase] ?? 0)),
    step,
  };
}

const normalised = (weights: number[]) => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

/** Log of the likelihood of what was seen, one after the other: `emission` is the log of that of one in each state. */
export function logLikelihood<Seen>(
  { start, step }: Chain,
  seen: readonly Seen[],
  emission: (seen: Seen) => readonly number[],
): number {
  const count = start.length;
  let forward = start;
  let log = 0;
  seen.forEach((one, index) => {
    let moved = forward;
    if (index > 0) {
      moved = new Array<number>(count).fill(0);
      for (let i = 0; i < count; i++) {
        const from = forward[i] ?? 0;
        if (from < 1e-12) continue;
        for (let j = 0; j < count; j++) moved[j] = (moved[j] ?? 0) + from * (step[i * count + j] ?? 0);
      }
    }
    const logs = emission(one);
    const top = Math.max(...logs);
    const weighted = moved.map((weight, i) => weight * Math.exp((logs[i] ?? 0) - top));
    const sum = weighted.reduce((total, weight) => total + weight, 0);
    log += top + Math.log(Math.max(sum, 1e-300));
    forward = sum > 0 ? weighted.map((weight) => weight / sum) : moved;
  });
  return log;
}
