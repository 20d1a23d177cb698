/**
 * How often the judge is wrong, on simulated services: false alarms where nothing changed, and changes that must be found. Every
 * seed is fixed. `npm exec -- vitest run test/unit/judge-simulation.test.ts --reporter=verbose` prints the measured figures.
 */
import { expect, test } from 'vitest';
import { compare } from '../../core/judge/compare.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import type { Point } from '../../core/judge/series.ts';
import type { Comparison } from '../../core/judge/verdict.ts';

type Random = () => number;

/** Mulberry32: small, seeded, and good enough for a simulation. Never 0. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

function poisson(mean: number, random: Random): number {
  if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const floor = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > floor; product *= random()) events++;
  return events;
}

/** How many of so many requests fail, with the odds of failing changed by a factor. */
function failures(requests: number, errorRate: number, factor: number, random: Random): number {
  const rate = (errorRate * factor) / (1 - errorRate + errorRate * factor);
  if (requests > 500 && rate < 0.2) return poisson(requests * rate, random);
  let failed = 0;
  for (let i = 0; i < requests; i++) if (random() < rate) failed++;
  return failed;
}

/** The 99th percentile of so many durations of a heavy-tailed (log-logistic) service: the exact order statistic. */
function p99Of(requests: number, medianSeconds: number, random: Random): number {
  const above = requests - Math.ceil(0.99 * requests) + 1;
  let spacing = 0;
  for (let i = 0; i < above; i++) spacing -= Math.log(random());
  const tail = Math.min(0.999, spacing / requests);
  return medianSeconds * ((1 - tail) / tail) ** (1 / 3);
}

interface Version {
  errorRate: number;
  medianSeconds: number;
}

interface World {
  policy: AnalysisPolicy;
  requestsPerSecond: number;
  before: Version;
  after: Version;
  /** Of the traffic, the errors and the durations from period to period, as an AR(1) process with a memory of 0.8. */
  drift: number;
}

/** One release from its start to the judge's verdict, asked at each look as the state machine does. */
function release(world: World, random: Random): Verdict {
  const { policy, requestsPerSecond, before, after, drift } = world;
  const periodMs = policy.period * 1000;
  const startedAt = policy.baseline * 1000 + Math.floor(random() * periodMs);
  const stableAt = startedAt + 90_000;
  const end = stableAt + policy.window * 1000 + 2 * periodMs;
  const requests: Point[] = [];
  const errors: Point[] = [];
  const p99: Point[] = [];
  let noise = [0, 0, 0];
  for (let time = 0; time < end; time += periodMs) {
    const version = time + periodMs > startedAt ? after : before;
    noise = noise.map((value) => 0.8 * value + 0.6 * normal(random));
    const [traffic = 1, failing = 1, slow = 1] = [0.15, 0.35, 0.06].map((deviation, index) =>
      Math.exp(drift * deviation * (noise[index] ?? 0)),
    );
    const count = poisson(requestsPerSecond * policy.period * traffic, random);
    if (count === 0) continue;
    requests.push([time, count]);
    const failed = failures(count, version.errorRate, failing, random);
    if (failed > 0) errors.push([time, failed]);
    p99.push([time, p99Of(count, version.medianSeconds * slow, random)]);
  }
  const observed = { series: { requests, errors, p99, balancerErrors: [] }, policy, startedAt, stableAt };
  for (let now = stableAt; ; ) {
    const comparison = compare({ ...observed, now });
    if (comparison.decision !== 'look again') return { ...comparison, atSeconds: (now - stableAt) / 1000 };
    now += comparison.waitSeconds * 1000;
  }
}

const aws: AnalysisPolicy = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
  baseline: 3600,
  window: 300,
  warmUp: 120,
  period: 60,
  publicationDelay: 120,
  latencyTolerance: 0.5,
  onInconclusive: 'pass',
};
const fast: AnalysisPolicy = {
  ...aws,
  baseline: 120,
  window: 60,
  warmUp: 10,
  period: 5,
  publicationDelay: 5,
};

const usual: Version = { errorRate: 0.001, medianSeconds: 0.0043 }; // its p99 is 20 ms

type Verdict = Comparison & { atSeconds: number };

function share(
  runs: number,
  world: (random: Random) => World,
  wanted: (verdict: Verdict) => boolean,
): number {
  const random = seeded(20_261_124);
  let found = 0;
  for (let run = 0; run < runs; run++) if (wanted(release(world(random), random))) found++;
  return found / runs;
}

const failed = ({ status }: Verdict) => status === 'fail';

interface Cell extends Partial<Pick<World, 'requestsPerSecond' | 'drift'>> {
  it: string;
  policy: AnalysisPolicy;
  errorRate?: number;
  budget?: number;
}

const unchanged: Cell[] = [
  { it: "any traffic, any error rate, load balancers' minutes", policy: aws },
  { it: 'any traffic, any error rate, five-second periods', policy: fast },
  {
    it: '0.2/s, no errors, five-second periods',
    policy: fast,
    requestsPerSecond: 0.2,
    errorRate: 0,
    drift: 1,
  },
  {
    it: '200/s, 1 % drifting errors, minutes',
    policy: aws,
    requestsPerSecond: 200,
    errorRate: 0.01,
    drift: 1,
  },
  {
    // A baseline of two minutes cannot show how far a rate drifts within one.
    it: '200/s, 1 % drifting errors, five-second periods',
    policy: fast,
    requestsPerSecond: 200,
    errorRate: 0.01,
    drift: 1,
    budget: 0.025,
  },
];

for (const { it, budget = 0.015, ...cell } of unchanged) {
  test(`of 300 releases that change nothing, at most ${budget * 100} % are taken back: ${it}`, async ({
    annotate,
  }) => {
    const world = (random: Random): World => {
      const anyOf = [0, 0.0001, 0.001, 0.01][Math.floor(4 * random())] ?? 0;
      const { errorRate = anyOf, requestsPerSecond = 0.2 * 1000 ** random(), drift = random() } = cell;
      const version = { ...usual, errorRate };
      return { policy: cell.policy, requestsPerSecond, drift, before: version, after: version };
    };

    const falseAlarms = share(300, world, failed);

    await annotate(`${(falseAlarms * 100).toFixed(2)} % taken back`);
    expect(falseAlarms).toBeLessThanOrEqual(budget);
  });
}

const bad: Version = { ...usual, errorRate: 0.05 };
const slow: Version = { ...usual, medianSeconds: 20 * usual.medianSeconds };

test.each([
  { it: 'a fix of a version with errors', before: bad, after: usual },
  { it: 'half a fix of a version with errors', before: bad, after: { ...usual, errorRate: 0.025 } },
  { it: 'a fix of a slow version', before: slow, after: usual },
  {
    it: 'latency that rises by less than the tolerance',
    before: usual,
    after: { ...usual, medianSeconds: 0.0056 },
  },
])('$it is never taken back', ({ before, after }) => {
  const traffic = (random: Random) => ({ requestsPerSecond: 0.2 * 1000 ** random(), drift: 0.5 });
  const worlds = [aws, fast].map((policy) => (random: Random) => ({
    policy,
    before,
    after,
    ...traffic(random),
  }));

  expect(worlds.map((world) => share(120, world, failed))).toEqual([0, 0]);
});

const within = (seconds: number) => (verdict: Verdict) => failed(verdict) && verdict.atSeconds <= seconds;
const minute = (ends: number) => ends * 60 + 60 + aws.publicationDelay; // the first may begin up to 60 s late
const five = (ends: number) => ends * 5 + 5 + fast.publicationDelay;

const changes = [
  {
    it: '5 % errors at 60/s, within two periods',
    policy: fast,
    rate: 60,
    after: bad,
    seconds: five(2),
    atLeast: 1,
  },
  {
    it: '5 % errors at 60/s, within one minute',
    policy: aws,
    rate: 60,
    after: bad,
    seconds: minute(1),
    atLeast: 1,
  },
  {
    it: '5 % errors at 2/s, within the window',
    policy: aws,
    rate: 2,
    after: bad,
    seconds: minute(5),
    atLeast: 0.95,
  },
  {
    it: 'an outage at 0.2/s, in the first minute',
    policy: aws,
    rate: 0.2,
    after: { ...usual, errorRate: 1 },
    seconds: minute(1),
    atLeast: 0.85,
  },
  {
    it: 'an outage at 0.2/s, within two minutes',
    policy: aws,
    rate: 0.2,
    after: { ...usual, errorRate: 1 },
    seconds: minute(2),
    atLeast: 1,
  },
  {
    it: 'errors times five at 20/s',
    policy: aws,
    rate: 20,
    after: { ...usual, errorRate: 0.005 },
    seconds: minute(5),
    atLeast: 0.7,
  },
  {
    it: 'errors times five at 200/s',
    policy: aws,
    rate: 200,
    after: { ...usual, errorRate: 0.005 },
    seconds: minute(5),
    atLeast: 0.9,
  },
  {
    it: 'p99 from 20 ms to 400 ms at 60/s',
    policy: fast,
    rate: 60,
    after: slow,
    seconds: five(12),
    atLeast: 1,
  },
  {
    it: 'p99 from 20 ms to 400 ms at 20/s',
    policy: aws,
    rate: 20,
    after: slow,
    seconds: minute(5),
    atLeast: 1,
  },
  {
    it: 'p99 from 20 ms to 400 ms at 2/s',
    policy: aws,
    rate: 2,
    after: slow,
    seconds: minute(5),
    atLeast: 0.95,
  },
  {
    it: 'p99 times three at 20/s',
    policy: aws,
    rate: 20,
    after: { ...usual, medianSeconds: 0.0129 },
    seconds: minute(5),
    atLeast: 0.7,
  },
];

for (const { it, policy, rate, after, seconds, atLeast } of changes) {
  test(`finds ${it}`, async ({ annotate }) => {
    const world = () => ({ policy, requestsPerSecond: rate, before: usual, after, drift: 1 });

    const found = share(150, world, within(seconds));

    await annotate(`${(found * 100).toFixed(1)} % found in ${seconds} s`);
    expect(found).toBeGreaterThanOrEqual(atLeast);
  });
}
