/** Which queries a look needs, which periods it may read, and when the looks are. */
import { expect, test } from 'vitest';
import { schedule, turn } from '../../core/judge/looks.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import { calm, closedPeriods, type Period, type Point, split } from '../../core/judge/series.ts';

const minute = 60_000;
const policy: AnalysisPolicy = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
  baseline: 600,
  window: 300,
  warmUp: 120,
  period: 60,
  publicationDelay: 120,
  latencyTolerance: 0.5,
  onInconclusive: 'pass',
};

test('a look asks for the metrics of users that the judge reads', () => {
  const { queries } = queriesFor({ policy, deployedAt: 100 * minute, now: 110 * minute });

  const balancer = { LoadBalancer: 'app/my-alb/50dc6c495c0c9188' };
  const target = { ...balancer, TargetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09' };
  const common = { namespace: 'AWS/ApplicationELB', period: 60 };
  expect(queries).toEqual([
    { id: 'requests', ...common, dimensions: target, metricName: 'RequestCount', stat: 'Sum' },
    { id: 'errors', ...common, dimensions: target, metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
    { id: 'p99', ...common, dimensions: target, metricName: 'TargetResponseTime', stat: 'p99' },
    { id: 'p90', ...common, dimensions: target, metricName: 'TargetResponseTime', stat: 'p90' },
    { id: 'p50', ...common, dimensions: target, metricName: 'TargetResponseTime', stat: 'p50' },
    {
      id: 'balancerErrors',
      ...common,
      dimensions: balancer,
      metricName: 'HTTPCode_ELB_5XX_Count',
      stat: 'Sum',
    },
    {
      id: 'healthyHosts',
      ...common,
      dimensions: target,
      metricName: 'HealthyHostCount',
      stat: 'Maximum',
    },
  ]);
});

test.each([
  { it: 'on the minute', deployedAt: 100 * minute, now: 110 * minute, from: -1340, until: 108 },
  {
    it: 'just before the minute',
    deployedAt: 100 * minute - 1,
    now: 110 * minute - 1,
    from: -1341,
    until: 107,
  },
  {
    it: 'before anything is complete',
    deployedAt: 100 * minute,
    now: -1350 * minute,
    from: -1340,
    until: -1339,
  },
])(
  'a look $it asks from a day before the deployment to the last complete period',
  ({ deployedAt, now, from, until }) => {
    const { windowStart, windowEnd } = queriesFor({ policy, deployedAt, now });

    expect([windowStart / minute, windowEnd / minute]).toEqual([from, until]);
  },
);

test.each([
  { it: 'a period that ended exactly the delay ago', stableAt: 100 * minute, now: 103 * minute, closed: 1 },
  { it: 'no period that is a millisecond younger', stableAt: 100 * minute, now: 103 * minute - 1, closed: 0 },
  {
    it: 'no period in which the deployment was not stable yet',
    stableAt: 100 * minute + 1,
    now: 103 * minute,
    closed: 0,
  },
  { it: 'the first whole one instead', stableAt: 100 * minute + 1, now: 104 * minute, closed: 1 },
  { it: 'all of the window', stableAt: 100 * minute, now: 107 * minute, closed: 5 },
  { it: 'nothing after the window', stableAt: 100 * minute, now: 999 * minute, closed: 5 },
  { it: 'nothing before the deployment is stable', stableAt: 100 * minute, now: 50 * minute, closed: 0 },
])('the window counts $it', ({ stableAt, now, closed }) => {
  expect(closedPeriods({ policy, stableAt, now })).toBe(closed);
});

const each = (from: number, until: number, value: number): Point[] =>
  Array.from({ length: until - from }, (_, index) => [(from + index) * minute, value] as const);

/** Started at minute 100, stable at minute 103, seen at minute 112. */
function windowsOf(series: {
  requests?: Point[];
  errors?: Point[];
  p99?: Point[];
  balancerErrors?: Point[];
}) {
  const all = { requests: each(80, 112, 100), errors: [], p99: [], balancerErrors: [], ...series };
  const observed = {
    series: all,
    policy,
    startedAt: 100 * minute,
    stableAt: 103 * minute,
    now: 112 * minute,
  };
  return split(observed, 5);
}
const minutes = (periods: readonly Period[]) => periods.map(({ startsAt }) => startsAt / minute);

test('before, last, after and warm are cut at the start and at the stability of the deployment', () => {
  const { before, last, after, warm } = windowsOf({});

  expect(minutes(before.periods)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  expect(minutes(last)).toEqual([95, 96, 97, 98, 99]);
  expect(minutes(after.periods)).toEqual([103, 104, 105, 106, 107]);
  expect(minutes(warm)).toEqual([105, 106, 107]);
});

test('errors of the rollout itself are in no window', () => {
  const { before, after } = windowsOf({ errors: each(100, 103, 50) });

  expect([...before.periods, ...after.periods].every(({ errors }) => errors === 0)).toBe(true);
});

test('a missing 5xx with requests is zero errors', () => {
  expect(windowsOf({ errors: [[104 * minute, 7]] }).after.periods.map(({ errors }) => errors)).toEqual([
    0, 7, 0, 0, 0,
  ]);
});

test.each([
  { it: 'missing', requests: each(80, 104, 100) },
  { it: 'zero', requests: [...each(80, 104, 100), ...each(104, 112, 0)] },
])('a period whose RequestCount is $it is not a period without errors', ({ requests }) => {
  const { after } = windowsOf({ requests, errors: each(103, 112, 7) });

  expect(minutes(after.periods)).toEqual([103]);
  expect(after.closed).toBe(5);
});

test('durations become milliseconds, and periods without one have none', () => {
  const { after } = windowsOf({ p99: [[103 * minute, 0.25]] });

  expect(after.periods.slice(0, 2)).toEqual([
    { startsAt: 103 * minute, requests: 100, errors: 0, p99Milliseconds: 250 },
    { startsAt: 104 * minute, requests: 100, errors: 0 },
  ]);
});

test("the load balancer's own errors are summed over the same periods", () => {
  const { before, after } = windowsOf({ balancerErrors: each(80, 112, 2) });

  expect([before.balancerErrors, after.balancerErrors]).toEqual([20, 10]);
});

const periods = (incidents: readonly number[]): Period[] =>
  Array.from({ length: 10 }, (_, at) => ({
    startsAt: at,
    requests: 1,
    errors: incidents.includes(at) ? 1 : 0,
  }));

test.each([
  { it: 'without past incidents', incidents: [1, 2], compared: [0, 3, 4, 5, 6, 7, 8, 9] },
  { it: 'without one incident in the last minutes', incidents: [9], compared: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
  { it: 'as of the last minutes while an incident runs', incidents: [8, 9], compared: [5, 6, 7, 8, 9] },
])('the time before is taken $it', ({ incidents, compared }) => {
  const before = periods(incidents);

  expect(calm(before, before.slice(5), ({ errors }) => errors > 0).map(({ startsAt }) => startsAt)).toEqual(
    compared,
  );
});

test.each([
  { planned: 1, looks: [1] },
  { planned: 2, looks: [1, 2] },
  { planned: 5, looks: [1, 2, 3, 4, 5] },
  { planned: 11, looks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  { planned: 12, looks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12] },
  { planned: 60, looks: [1, 2, 3, 4, 5, 8, 12, 18, 26, 40, 60] },
])('a window of $planned periods is looked at after $looks', ({ planned, looks }) => {
  expect(schedule(planned)).toEqual(looks);
});

const alpha = 0.005;
test.each([
  { it: 'before the first period', closed: 0, done: 0, periods: 0, main: false, next: 1 },
  { it: 'at the first', closed: 1, done: 1, periods: 1, main: false, next: 2 },
  { it: 'between two looks, as at the one before', closed: 11, done: 6, periods: 8, main: false, next: 12 },
  { it: 'just before the end', closed: 59, done: 10, periods: 40, main: false, next: 60 },
  { it: 'at the end', closed: 60, done: 11, periods: 60, main: true, next: 60 },
])('a look $it', ({ closed, done, periods, main, next }) => {
  expect(turn(closed, 60, alpha)).toMatchObject({ done, planned: 11, periods, main, next });
});

test('all looks together spend no more than the alpha of their metric', () => {
  for (let planned = 1; planned <= 400; planned++) {
    const spent = schedule(planned).reduce((sum, closed) => sum + turn(closed, planned, alpha).limit, 0);
    expect(spent).toBeLessThanOrEqual(alpha * (1 + 1e-12));
  }
});
