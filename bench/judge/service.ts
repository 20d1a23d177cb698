/** A service's minutes, as its load balancer would count them: a day before a deployment, and the minutes after it. */
import type { Draw } from './random.ts';
import { type Change, durationDeviation, medianSeconds, tailShare, type World } from './worlds.ts';

export interface Minute {
  requests: number;
  errors: number;
  /** Seconds; absent without requests. */
  p50?: number;
  p90?: number;
  p99?: number;
}

export interface Cell {
  world: World;
  requestsPerSecond: number;
  errorRate: number;
}

/** What a minute's figures are drawn from. The same whatever the release does, so that changes are compared on the same day. */
interface Conditions {
  requests: number;
  /** Times the odds of failing. */
  failing: number;
  /** A share that fails whatever the odds are. */
  down: number;
  slow: number;
}

export const historyMinutes = 1440;

/** The minutes of a service from a day before its deployment starts (minute 0) on. */
export interface Day {
  before: Minute[];
  /** From the deployment's start on, had the release done that. `seed` makes the draws. */
  after: (change: Change, random: Draw) => Minute[];
}

/** `afterMinutes`: from the start of the deployment to the end of what anybody may look at. `stableMinute`: of those, the first with the new version alone. */
export function day(
  cell: Cell,
  afterMinutes: number,
  stableMinute: number,
  random: Draw,
  beforeMinutes = historyMinutes,
): Day {
  const { world } = cell;
  const phase = random.uniform() * 2 * Math.PI;
  const stepAt = stableMinute - 5 + Math.floor(random.uniform() * 8);
  const burstsPerMinute = (world.bursts ?? 0) / 1440;
  let [traffic, errors, durations] = [random.normal(), random.normal(), random.normal()];
  let drift = random.normal();
  let burst = 0;
  const conditions: Conditions[] = [];
  const fresh = Math.sqrt(1 - world.memory ** 2);
  const step = (value: number) => world.memory * value + fresh * random.normal();
  for (let minute = -beforeMinutes; minute < afterMinutes; minute++) {
    traffic = step(traffic);
    errors = step(errors);
    durations = step(durations);
    drift = 0.995 * drift + 0.0999 * random.normal();
    if (burst > 0) burst--;
    else if (burstsPerMinute > 0 && random.uniform() < burstsPerMinute)
      burst = 1 + Math.floor(3 * random.uniform());
    const inBurst = burst > 0;
    const stepped = world.step && minute >= stepAt ? world.step : 1;
    const load =
      (1 + world.diurnal * Math.sin(phase + (2 * Math.PI * minute) / 1440)) *
      Math.exp(world.traffic * traffic) *
      stepped;
    const incident = world.ongoing && minute >= -world.ongoing.minutesBefore ? world.ongoing : undefined;
    const outage = world.outages?.find(
      ({ minutesBefore }) => minute >= -minutesBefore && minute < 10 - minutesBefore,
    );
    conditions.push({
      requests: random.poisson(60 * cell.requestsPerSecond * load),
      failing:
        load ** world.errorsByLoad *
        Math.exp(world.errors * errors) *
        Math.exp((world.drift ?? 0) * drift) *
        Math.exp((world.heavy ?? 0) * random.normal()) *
        (inBurst ? 8 : 1) *
        (incident?.times ?? 1),
      down: incident?.share ?? outage?.share ?? 0,
      slow: load ** world.durationsByLoad * Math.exp(world.durations * durations) * (inBurst ? 1.8 : 1),
    });
  }

  const drawn = (at: Conditions, change: Change, random: Draw, warming: number): Minute => {
    if (at.requests === 0 || random.uniform() < (world.gaps ?? 0)) return { requests: 0, errors: 0 };
    const odds = cell.errorRate * at.failing * (change.errors ?? 1);
    const share = Math.max(change.failing ?? 0, at.down, odds / (1 - cell.errorRate + odds));
    const errors = clustered(at.requests, share, world.cluster ?? 1, random);
    return { requests: at.requests, errors, ...percentiles(at.requests, at.slow * warming, change, random) };
  };
  const none: Change = { name: 'nothing' };
  const silent = beforeMinutes - (world.history ?? beforeMinutes);
  const before = conditions
    .slice(0, beforeMinutes)
    .map((at, index) => (index < silent ? { requests: 0, errors: 0 } : drawn(at, none, random, 1)));
  return {
    before,
    after: (change, random) =>
      conditions.slice(beforeMinutes).map((at, minute) => {
        const since = minute - stableMinute;
        const warming = world.warmUp && since >= 0 ? ([2.2, 1.3][since] ?? 1) : 1;
        return drawn(at, change, random, warming);
      }),
  };
}

function clustered(requests: number, share: number, size: number, random: Draw): number {
  if (size === 1 || share > 0.2) return random.binomial(requests, share);
  let errors = 0;
  for (let clusters = random.poisson((requests * share) / size); clusters > 0; clusters--) {
    errors += 1 + Math.floor(Math.log(random.uniform()) / Math.log(1 - 1 / size));
  }
  return Math.min(requests, errors);
}

/** Exact order statistics of so many lognormal durations, from the top down: U(99), U(90) below it, U(50) below that. */
function percentiles(requests: number, slow: number, change: Change, random: Draw) {
  const [i50, i90, i99] = [0.5, 0.9, 0.99].map((share) => Math.ceil(share * requests)) as [
    number,
    number,
    number,
  ];
  const u99 = random.beta(i99, requests - i99 + 1);
  const u90 = i90 < i99 ? u99 * random.beta(i90, i99 - i90) : u99;
  const u50 = i50 < i90 ? u90 * random.beta(i50, i90 - i50) : u90;
  const seconds = (u: number) =>
    medianSeconds *
    Math.exp(durationDeviation * normalQuantile(u)) *
    slow *
    (change.durations ?? 1) *
    (u > 1 - tailShare ? (change.tail ?? 1) : 1);
  return { p50: seconds(u50), p90: seconds(u90), p99: seconds(u99) };
}

/** P. J. Acklam's rational approximation, to nine digits. */
export function normalQuantile(p: number): number {
  if (p < 0.02425) return -tailQuantile(p);
  if (p > 1 - 0.02425) return tailQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}
function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * Math.log(Math.max(p, 1e-300)));
  return -(
    (((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
      q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q +
      1)
  );
}
