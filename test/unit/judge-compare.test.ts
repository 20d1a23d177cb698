/** One look at hand-made series: what it decides, what it says, and the evidence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../core/judge/compare.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import type { Point } from '../../core/judge/series.ts';
import { countTest } from '../../core/judge/statistics.ts';
import { comparisonSchema, type Finding } from '../../core/judge/verdict.ts';
import { findingsIn } from '../../local/console/page/old-findings.ts';

const minute = 60_000;
const policy: AnalysisPolicy = {
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

/** What each minute of a part has; `undefined` publishes no point. Seconds of p99 waver by 10 % from minute to minute. */
interface Minute {
  requests?: number;
  errors?: number;
  seconds?: number;
  balancerErrors?: number;
}
const quiet: Minute = { requests: 600, seconds: 0.02 };

interface Story {
  /** The 60 minutes before minute 60, in which the deployment starts; it is stable at minute 62. */
  before?: Minute | ((index: number) => Minute);
  /** The minutes from 62 on. */
  after?: Minute | ((index: number) => Minute);
  closed?: number;
  policy?: Partial<AnalysisPolicy>;
}

function judged({ before = quiet, after = quiet, closed = 5, ...story }: Story) {
  const at = (index: number): Minute => {
    if (index < 60) return typeof before === 'function' ? before(index) : before;
    if (index < 62) return { requests: 600, errors: 500, seconds: 9 };
    return typeof after === 'function' ? after(index - 62) : after;
  };
  const points = (value: (minute: Minute, index: number) => number | undefined): Point[] =>
    Array.from({ length: 62 + closed }, (_, index) => index).flatMap((index) => {
      const found = value(at(index), index);
      return found === undefined ? [] : [[index * minute, found] as const];
    });
  const comparison = compare({
    series: {
      requests: points(({ requests }) => requests),
      errors: points(({ errors }) => errors),
      p99: points(({ seconds }, index) => seconds && seconds * (index % 2 ? 1.05 : 0.95)),
      balancerErrors: points(({ balancerErrors }) => balancerErrors),
    },
    policy: { ...policy, ...story.policy },
    startedAt: 60 * minute,
    stableAt: 62 * minute,
    now: (62 + closed + 2) * minute,
  });
  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  return comparison;
}

const idle: Minute = {};
const bad: Minute = { ...quiet, errors: 30 };
const slow: Minute = { ...quiet, seconds: 0.4 };

describe('status', () => {
  test.each([
    { it: 'nothing is known yet', closed: 0, status: 'continue' },
    { it: 'nothing changed so far', closed: 4, status: 'continue' },
    { it: 'nothing changed', closed: 5, status: 'pass' },
    { it: '5 % errors after one minute', after: bad, closed: 1, status: 'fail' },
    { it: '5 % errors that end', before: bad, closed: 5, status: 'pass' },
    { it: 'a service without traffic', before: idle, after: idle, closed: 5, status: 'inconclusive' },
    { it: 'traffic that ended', after: idle, closed: 5, status: 'inconclusive' },
    { it: 'traffic that may still come', after: idle, closed: 4, status: 'continue' },
    { it: 'a new service', before: idle, closed: 5, status: 'inconclusive' },
    {
      it: 'a new service that is down',
      before: idle,
      after: { ...quiet, errors: 600 },
      closed: 1,
      status: 'fail',
    },
    {
      it: 'too little traffic',
      before: { requests: 12 },
      after: { requests: 12 },
      closed: 5,
      status: 'inconclusive',
    },
    {
      it: 'one error of few requests',
      before: { requests: 12 },
      after: (i: number) => ({ requests: 12, ...(i === 1 && { errors: 1 }) }),
      closed: 5,
      status: 'inconclusive',
    },
    {
      it: 'one error',
      after: (i: number) => ({ ...quiet, ...(i === 1 && { errors: 1 }) }),
      closed: 5,
      status: 'pass',
    },
    {
      it: 'an outage of a service with little traffic',
      before: { requests: 12 },
      after: { requests: 12, errors: 12 },
      closed: 1,
      status: 'fail',
    },
    { it: 'a p99 of 20 times, one point', after: slow, closed: 3, status: 'continue' },
    { it: 'a p99 of 20 times, two points', after: slow, closed: 4, status: 'fail' },
    {
      it: 'a p99 of 20 times in the warm-up only',
      after: (i: number) => (i < 2 ? slow : quiet),
      closed: 5,
      status: 'pass',
    },
    {
      it: 'a p99 of 20 times in a single minute',
      after: (i: number) => (i === 3 ? slow : quiet),
      closed: 4,
      status: 'continue',
    },
    { it: 'a p99 just below the tolerance', after: { ...quiet, seconds: 0.0299 }, closed: 5, status: 'pass' },
    { it: 'a p99 that was slow before', before: slow, after: slow, closed: 5, status: 'pass' },
    { it: 'a p99 that recovers', before: slow, closed: 5, status: 'pass' },
  ])('of $it is $status', ({ it: _, status, ...story }) => {
    expect(judged(story).status).toBe(status);
  });

  test('of an error rate that had risen before the deployment is not a failure', () => {
    const before = (index: number) => (index < 58 ? { ...quiet, errors: 1 } : { ...quiet, errors: 9 });

    expect(judged({ before, after: { ...quiet, errors: 9 } }).status).toBe('inconclusive');
  });

  test('of an incident that goes on is not a failure, however large', () => {
    const before = (index: number) => (index < 57 ? quiet : { ...quiet, errors: 300, seconds: 2 });

    expect(judged({ before, after: { ...quiet, errors: 300, seconds: 2 } }).status).toBe('inconclusive');
  });

  test('of 5 % errors is a failure although the hour before had an incident', () => {
    const before = (index: number) => (index > 30 && index < 36 ? { ...quiet, errors: 400 } : quiet);

    expect(judged({ before, after: bad, closed: 1 }).status).toBe('fail');
  });
});

test.each([
  { errors: 4, rises: false },
  { errors: 5, rises: true },
])(
  'with 12 requests a minute and none failed before, $errors errors fail the release: $rises',
  ({ errors, rises }) => {
    const counted = judged({
      before: { requests: 12 },
      after: (i) => ({ requests: 12, ...(i === 4 && { errors }) }),
    });

    expect(counted.status === 'fail').toBe(rises);
  },
);

describe("the load balancer's own 5xx", () => {
  test.each([
    { it: 'fail a release whose traffic is gone', after: { balancerErrors: 50 }, closed: 1, status: 'fail' },
    {
      it: 'do not when it had as many before',
      before: { ...quiet, balancerErrors: 50 },
      after: { balancerErrors: 50 },
      closed: 5,
      status: 'inconclusive',
    },
    {
      it: 'do not when no traffic was expected',
      before: { requests: 1 },
      after: { balancerErrors: 50 },
      closed: 5,
      status: 'inconclusive',
    },
    {
      it: 'do not let a release pass',
      after: { ...quiet, balancerErrors: 50 },
      closed: 5,
      status: 'inconclusive',
    },
    {
      it: 'do not fail it while it has traffic',
      after: { ...quiet, balancerErrors: 50 },
      closed: 1,
      status: 'continue',
    },
    {
      it: 'do not matter below 1 % of the requests',
      after: { ...quiet, balancerErrors: 5 },
      closed: 5,
      status: 'pass',
    },
  ])('$it', ({ it: _, status, ...story }) => {
    expect(judged(story).status).toBe(status);
  });
});

test.each([
  { status: 'pass', story: {}, onInconclusive: 'rollback', decision: 'keep' },
  { status: 'fail', story: { after: bad }, onInconclusive: 'pass', decision: 'take back' },
  { status: 'continue', story: { closed: 1 }, onInconclusive: 'rollback', decision: 'look again' },
  { status: 'inconclusive', story: { after: idle }, onInconclusive: 'pass', decision: 'keep' },
  { status: 'inconclusive', story: { after: idle }, onInconclusive: 'rollback', decision: 'take back' },
  { status: 'inconclusive', story: { after: idle }, onInconclusive: 'ask', decision: 'ask a person' },
] as const)(
  '$status and the policy $onInconclusive: $decision',
  ({ status, story, onInconclusive, decision }) => {
    expect(judged({ ...story, policy: { onInconclusive } })).toMatchObject({ status, decision });
  },
);

test.each([
  {
    it: 'a rise',
    story: { after: bad, closed: 1 },
    headline:
      '5xx rose from 0.00 % (0 of 36 000) to 5.0 % (30 of 600): chance of that without a change < 0.001 %',
  },
  {
    it: 'an outage',
    story: { after: { ...quiet, errors: 600 }, closed: 1 },
    headline:
      '5xx rose from 0.00 % (0 of 36 000) to 100.0 % (600 of 600): at least 98.5 % with 99.99 % confidence',
  },
  {
    it: 'a slow version',
    story: { after: slow },
    headline:
      'p99 rose from 20 ms to 393 ms, by more than the accepted 50.0 %: chance of that without a change < 0.001 %',
  },
  {
    it: 'no change',
    story: {},
    headline:
      'Nothing got worse: 5xx 0.00 % (0 of 3 000), before 0.00 % (0 of 36 000): at most 0.10 % with 95 % confidence; p99 20 ms, before 20 ms',
  },
  {
    it: 'silence',
    story: { after: idle },
    headline:
      'Not enough to judge by: No traffic: no request in 5 min since the deployment, 3 000 were expected; p99 not judged: 60 points before and 0 after the warm-up, at least 3 and 2 are needed',
  },
])('the headline of $it is a sentence with its numbers', ({ story, headline }) => {
  expect(judged(story).headline).toBe(headline);
});

test('the chance of a finding can be computed again from its evidence', () => {
  const story = { before: { ...quiet, errors: 1 }, after: { ...quiet, errors: 5 }, closed: 1 };
  const [found] = judged(story).metrics;
  if (found?.kind !== 'errors') throw new Error('errors come first');
  const { p, limit, before, last, after, ratio, phi, status } = found;

  expect({ before, last, after }).toEqual({
    before: { requests: 36_000, errors: 60 },
    last: { requests: 3000, errors: 5 },
    after: { requests: 600, errors: 5 },
  });
  expect(p).toBe(countTest(after.errors, after.requests, before.errors, before.requests, ratio, phi));
  expect({ status, limit, small: (p ?? 1) < 0.05 }).toEqual({
    status: 'continue',
    limit: 0.005 * 0.05,
    small: true,
  });
});

test('what records of old say of errors and latency can still be read', () => {
  const { metrics } = judged({ after: bad });
  const old = metrics.map(({ kind: _, ...finding }) => finding as Finding);

  expect(findingsIn(old)).toEqual(metrics);
  expect(findingsIn(metrics)).toEqual(metrics);
});

test('too little traffic is told with the smallest rise that would have been seen', () => {
  const comparison = judged({ before: { requests: 12 }, after: { requests: 12 } });

  // 5 errors fail at 60 requests (see above): a rate of 10.9 % brings so many in four of five windows.
  expect(comparison.metrics[0]).toMatchObject({ detectable: expect.closeTo(0.1097, 3) });
  expect(comparison.metrics[0]?.sentence).toBe(
    '5xx 0.00 % (0 of 60), before 0.00 % (0 of 720): 60 requests show only a rise to 10.9 % or more',
  );
});

test.each([
  { it: 'at once', closed: 0, laterMs: 0, waitSeconds: 60 },
  { it: 'in the middle of a period', closed: 0, laterMs: 30_500, waitSeconds: 30 },
  { it: 'just before the next look', closed: 0, laterMs: 59_999, waitSeconds: 1 },
  { it: 'after the end', closed: 5, laterMs: 999_000, waitSeconds: 1 },
])(
  'another look makes sense when the next period is complete, asked $it',
  ({ closed, laterMs, waitSeconds }) => {
    const series = { requests: [], errors: [], p99: [], balancerErrors: [] };
    const now = (62 + 2 + closed) * minute + laterMs;

    const comparison = compare({ series, policy, startedAt: 60 * minute, stableAt: 62 * minute, now });

    expect(comparison).toMatchObject({ waitSeconds, looks: { done: closed, planned: 5 } });
  },
);

test('the curves show before, rollout and after', () => {
  const { series } = judged({ after: bad });

  expect(series.periodSeconds).toBe(60);
  expect(series.requests).toHaveLength(67);
  expect(series.errors.slice(58)).toEqual(
    [0, 0, 500, 500, 30, 30, 30, 30, 30].map((errors, index) => [(58 + index) * minute, errors]),
  );
  expect(series.p99Milliseconds.at(-1)).toEqual([66 * minute, 19]);
});

test('the curves merge neighbouring periods when there are more than a plot can show', () => {
  const periods = Array.from({ length: 760 }, (_, index) => index * 5000);
  const series = {
    requests: periods.map((time) => [time, 10] as const),
    errors: periods.filter((time) => time >= 3_620_000).map((time) => [time, 1] as const),
    p99: periods.map((time) => [time, time % 10_000 ? 0.1 : 0.2] as const),
    balancerErrors: [],
  };
  const short = { ...policy, period: 5, publicationDelay: 5 };

  const { series: curves } = compare({
    ...{ series, policy: short, startedAt: 3_600_000, stableAt: 3_610_000, now: 3_800_000 },
  });

  expect(curves.periodSeconds).toBe(20);
  expect(curves.requests).toHaveLength(190);
  expect(curves.requests[0]).toEqual([0, 40]);
  expect(curves.errors.at(-2)).toEqual([3_760_000, 4]);
  expect(curves.p99Milliseconds[0]).toEqual([0, 200]);
});

const points = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 70 }).map((index) => index * minute),
    fc.oneof(fc.constant(0), fc.nat(5), fc.nat(1_000_000)),
  ),
  { maxLength: 80 },
);

test('whatever CloudWatch answers, in whatever order, the verdict keeps its schema', () => {
  const series = fc.record({ requests: points, errors: points, p99: points, balancerErrors: points });
  const now = fc.integer({ min: 0, max: 200 * minute });

  fc.assert(
    fc.property(series, now, (answered, asked) => {
      const observed = {
        series: answered,
        policy,
        startedAt: 60 * minute,
        stableAt: 62 * minute,
        now: asked,
      };

      const comparison = compare(observed);

      expect(comparisonSchema.parse(comparison)).toEqual(comparison);
      expect(JSON.stringify(comparison).length).toBeLessThan(30_000);
    }),
  );
});
