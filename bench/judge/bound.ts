/**
 * The power that no judge can exceed: the likelihood ratio of the minutes after the deployment, by one who knows the service's
 * error rate, the law of its noise and the change to look for (J. Neyman and E. S. Pearson, 1933). The noise is a hidden Markov
 * chain, the AR(1) process on a grid and whether a burst goes on, summed over by the forward algorithm (L. R. Rabiner, 1989).
 */
import type { Cell, Minute } from './service.ts';
import type { Change } from './worlds.ts';

const gridPoints = 21;
const gridWidth = 3.2;

interface Chain {
  /** Of each state: the AR process in deviations, and whether a burst goes on. */
  deviation: number[];
  burst: boolean[];
  start: number[];
  /** Row by row: from, to. */
  step: Float64Array;
}

/** Bursts last one to three minutes, each as often. */
function chainOf({ world }: Cell): Chain {
  const grid =
    world.errors === 0
      ? [0]
      : Array.from({ length: gridPoints }, (_, i) => gridWidth * ((2 * i) / (gridPoints - 1) - 1));
  const weights = normalised(grid.map((at) => Math.exp(-(at ** 2) / 2)));
  const variance = 1 - world.memory ** 2;
  const ar = grid.map((from) =>
    normalised(grid.map((to) => Math.exp(-((to - world.memory * from) ** 2) / 2 / variance))),
  );

  // Of bursts: none, or so many minutes still to come.
  const hazard = (world.bursts ?? 0) / 1440;
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

/** Log of the likelihood of the errors after with the change, over that without. */
export function errorsBound(cell: Cell): (after: readonly Minute[], change: Change) => number {
  const chain = chainOf(cell);
  const { world } = cell;
  const multipliers = chain.deviation.map(
    (deviation, i) => Math.exp(world.errors * deviation) * (chain.burst[i] ? 8 : 1),
  );

  const logLikelihood = (after: readonly Minute[], change: Change): number => {
    let forward = chain.start;
    let log = 0;
    after.forEach(({ requests, errors }, index) => {
      const count = multipliers.length;
      let moved = forward;
      if (index > 0) {
        moved = new Array<number>(count).fill(0);
        for (let i = 0; i < count; i++) {
          const from = forward[i] ?? 0;
          if (from < 1e-12) continue;
          for (let j = 0; j < count; j++)
            moved[j] = (moved[j] ?? 0) + from * (chain.step[i * count + j] ?? 0);
        }
      }
      const load = (requests / (60 * cell.requestsPerSecond)) ** world.errorsByLoad;
      const logs = multipliers.map((multiplier) => {
        const odds = cell.errorRate * load * multiplier * (change.errors ?? 1);
        const share = change.failing ? 1 - 1e-9 : odds / (1 - cell.errorRate + odds);
        return errors * Math.log(share) + (requests - errors) * Math.log1p(-share);
      });
      const top = Math.max(...logs);
      const weighted = moved.map((weight, i) => weight * Math.exp((logs[i] ?? 0) - top));
      const sum = weighted.reduce((total, weight) => total + weight, 0);
      log += top + Math.log(Math.max(sum, 1e-300));
      forward = sum > 0 ? weighted.map((weight) => weight / sum) : moved;
    });
    return log;
  };
  return (after, change) => {
    const seen = after.filter(({ requests }) => requests > 0);
    return logLikelihood(seen, change) - logLikelihood(seen, { name: 'nothing' });
  };
}
