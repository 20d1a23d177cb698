/**
 * The power that no judge can exceed: the likelihood ratio of the minutes after the deployment, by one who knows the service, the law
 * of its noise and the change to look for (J. Neyman and E. S. Pearson, 1933).
 */
import { chainOf, logLikelihood } from './chain.ts';
import { type Draw, draw } from './random.ts';
import { type Cell, day, type Minute, normalQuantile } from './service.ts';
import { type Change, durationDeviation, medianSeconds, nothing, tailShare } from './worlds.ts';

type LogLikelihood = (after: readonly Minute[], change: Change) => number;

/** So much more failing, and so much slower, is a burst. */
const burst = { failing: 8, slow: 1.8 };

function errorsLikelihood(cell: Cell): LogLikelihood {
  const { world } = cell;
  const chain = chainOf(world, world.errors > 0, 21);
  const multipliers = chain.deviation.map(
    (deviation, i) => Math.exp(world.errors * deviation) * (chain.burst[i] ? burst.failing : 1),
  );
  return (after, change) =>
    logLikelihood(chain, after, ({ requests, errors }) => {
      const load = (requests / (60 * cell.requestsPerSecond)) ** world.errorsByLoad;
      return multipliers.map((multiplier) => {
        const odds = cell.errorRate * load * multiplier * (change.errors ?? 1);
        const share = odds / (1 - cell.errorRate + odds);
        return errors * Math.log(share) + (requests - errors) * Math.log1p(-share);
      });
    });
}

/** By the joint density of the three order statistics that the percentiles are. */
function durationsLikelihood(cell: Cell): LogLikelihood {
  const { world } = cell;
  const chain = chainOf(world, world.durations > 0, 41);
  const shifts = chain.deviation.map(
    (deviation, i) => world.durations * deviation + (chain.burst[i] ? Math.log(burst.slow) : 0),
  );
  return (after, change) =>
    logLikelihood(chain, after, ({ requests, ...minute }) => {
      const load = world.durationsByLoad * Math.log(requests / (60 * cell.requestsPerSecond));
      const centre = Math.log(medianSeconds) + load + Math.log(change.durations ?? 1);
      const ranks = [0.5, 0.9, 0.99].map((share) => Math.ceil(share * requests));
      const logs = [minute.p50, minute.p90, minute.p99].map((seconds) => Math.log(seconds ?? 1));
      return shifts.map((shift) => {
        let [log, rank, below] = [0, 0, 0];
        for (const [index, seconds] of logs.entries()) {
          const next = ranks[index] ?? 0;
          if (next === rank) continue; // of few requests, two percentiles are the same one
          const { share, density } = slowerThan(seconds - centre - shift, Math.log(change.tail ?? 1));
          log += (next - rank - 1) * safeLog(share - below) + safeLog(density);
          [rank, below] = [next, share];
        }
        return log + (requests - rank) * safeLog(1 - below);
      });
    });
}

const safeLog = (value: number) => Math.log(Math.max(value, 1e-300));
const tailFrom = normalQuantile(1 - tailShare);

/** The share of durations below one whose logarithm is `at` from the median's, and their density there; the tail is slower by `tail`. */
function slowerThan(at: number, tail: number): { share: number; density: number } {
  const plain = at / durationDeviation;
  const moved = (at - tail) / durationDeviation;
  const z = plain <= tailFrom ? plain : Math.max(tailFrom, moved);
  const inGap = plain > tailFrom && moved < tailFrom;
  return { share: normalShare(z), density: inGap ? 0 : Math.exp(-(z ** 2) / 2) };
}

/** The normal distribution, by the continued fraction of its tail or the series about its middle (Abramowitz and Stegun 26.2.14, 26.2.11). */
function normalShare(z: number): number {
  const x = Math.abs(z);
  const density = Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let above: number;
  if (x > 3) {
    let fraction = x;
    for (let n = 40; n >= 1; n--) fraction = x + n / fraction;
    above = density / fraction;
  } else {
    let [term, sum] = [x, x];
    for (let n = 3; term > 1e-16 * sum; n += 2) {
      term *= x ** 2 / n;
      sum += term;
    }
    above = 0.5 - density * sum;
  }
  return z > 0 ? 1 - above : above;
}

/** The power at so many false alarms, of as many windows as make it certain: days are not needed for it. */
export function bound(
  cell: Cell,
  change: Change,
  { minutes, wrong, windows, seed }: { minutes: number; wrong: number; windows: number; seed: number },
): number {
  const likelihood = (change.errors ? errorsLikelihood : durationsLikelihood)(cell);
  const random = draw(seed);
  const score = (of: Change) => {
    const seen = windowOf(cell, of, minutes, random).filter(({ requests }) => requests > 0);
    return likelihood(seen, change) - likelihood(seen, nothing);
  };
  const without = Array.from({ length: windows }, () => score(nothing));
  const limit = without.toSorted((a, b) => b - a)[Math.floor(wrong * windows)] ?? 0;
  const found = Math.ceil(windows / 4);
  return Array.from({ length: found }, () => score(change)).filter((one) => one > limit).length / found;
}

function windowOf(cell: Cell, change: Change, minutes: number, random: Draw): Minute[] {
  return day(cell, minutes, 0, random, 0).after(change, random);
}
