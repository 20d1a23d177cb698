/** What is judged beside errors and latency of users: presets, metrics of one's own, limits and alarms. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeenAlarm } from '../../core/judge/alarms.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import { binomialTail, studentTail } from '../../core/judge/statistics.ts';
import type { GaugeFinding } from '../../core/judge/verdict.ts';
import {
  ecs,
  environmentWith,
  judged,
  level,
  minute,
  mistake,
  type PolicyInput,
  sound,
  steady,
  web,
} from '../support/judged-metrics.ts';

describe('presets', () => {
  test('a worker needs one line, and its CPU and memory are reported', () => {
    const found = judged({ preset: 'worker' }, { cpu: level(20), memory: level(40, 60) });

    expect(found).toMatchObject({ status: 'pass', decision: 'keep' });
    expect(found.named('memory')).toMatchObject({ status: 'fail', report: true });
    expect(found.headline).toMatch(
      /^Only reported: memory rose from 40 % to 59.6 %, by .*; cpu 19.9 %, before 20 %$/,
    );
  });

  test('a worker without any figures does not pass', () => {
    expect(judged({ preset: 'worker' }, {})).toMatchObject({ status: 'inconclusive' });
  });

  test('what a preset only reports may be made to decide', () => {
    const found = judged({ preset: 'worker', decide: ['memory'] }, { cpu: level(20), memory: level(40, 60) });

    expect(found).toMatchObject({ status: 'fail', decision: 'take back' });
    expect(found.headline).toMatch(/^memory rose from 40 % to 59.6 %, by more than the accepted 10.0 %/);
  });

  test('a queue needs two lines, and fails where its messages grow old', () => {
    const rest = {
      cpu: level(20),
      memory: level(40),
      'unprocessed bad': steady(0),
      'unprocessed of': steady(100),
    };

    const old = judged({ preset: 'queue', queue: 'orders' }, { ...rest, 'queue age': level(10, 600) });
    const calm = judged({ preset: 'queue', queue: 'orders' }, { ...rest, 'queue age': level(10, 40) });

    expect(old.headline).toMatch(/^queue age rose from 10 s to \d+ s/);
    expect([old.status, calm.status]).toEqual(['fail', 'pass']);
  });

  test('a load balancer is judged as before, and memory is reported beside', () => {
    const leak = judged(web, { ...sound, cpu: level(20), memory: level(40, 60) });
    const alone = judged(web, sound);

    expect(leak).toMatchObject({ status: 'pass' });
    expect(leak.headline).toMatch(/; only reported: memory rose/);
    expect(alone).toMatchObject({ status: 'pass' });
  });

  test.each([
    [{}, /analysis.loadBalancer: is missing: with preset web/],
    [{ loadBalancer: web.loadBalancer }, /analysis.targetGroup: is missing/],
    [{ preset: 'queue' }, /analysis.queue: is missing: which one is emptied/],
    [{ preset: 'worker', ...web }, /analysis.loadBalancer: has no use with preset worker/],
    [{ preset: 'worker', maxErrorRate: 0.05 }, /analysis.maxErrorRate: needs an Application Load Balancer/],
    [{ ...web, report: ['speed'] }, /analysis.report.0: speed is no metric: known are errors, latency/],
    [{ ...web, api: { name: 'shop' } }, /analysis.api: and a loadBalancer exclude each other/],
  ] as [PolicyInput, RegExp][])('%j is refused', (analysis, message) => {
    expect(mistake(analysis)).toThrow(message);
  });
});

describe("metrics of one's own", () => {
  const declined = { namespace: 'Shop', metric: 'Declined' };
  const payments = { namespace: 'Shop', metric: 'Payments' };
  const share = { name: 'declined', bad: declined, of: payments };

  test('a share is judged as errors are', () => {
    const policy = { preset: 'worker', metrics: [share] } satisfies PolicyInput;
    const values = (after: number) => ({
      'declined of': steady(500),
      'declined bad': (index: number) => (index < 60 ? 5 : after),
    });

    const worse = judged(policy, values(40), { closed: 1 });

    expect(worse.headline).toBe(
      'declined rose from 1.0 % (300 of 30 000) to 8.0 % (40 of 500): chance of that without a change < 0.001 %',
    );
    expect(worse.status).toBe('fail');
    expect(judged(policy, values(5)).status).toBe('pass');
    expect(judged({ ...policy, metrics: [{ ...share, report: true }] }, values(40))).toMatchObject({
      decision: 'keep',
    });
  });

  test('an expression is asked for by ids of its own, and its parts are hidden', () => {
    const hits = { namespace: 'Shop', metric: 'Hits', dimensions: { Cache: 'a' }, stat: 'Sum' };
    const gauge = {
      expression: '100 * misses / (hits + misses)',
      of: { hits, misses: { ...hits, metric: 'Misses' } },
    };
    const policy = environmentWith({ preset: 'worker', metrics: [{ name: 'cache misses', gauge }] });

    const { queries } = queriesFor({
      policy,
      deployedAt: 60 * minute,
      now: 70 * minute,
      judged: judgedBy(policy, ecs),
    });

    const metric = { namespace: 'Shop', dimensions: { Cache: 'a' }, stat: 'Sum', period: 60, hidden: true };
    expect(queries.slice(2)).toEqual([
      { id: 'm2_value', expression: '100 * m2_value_misses / (m2_value_hits + m2_value_misses)', period: 60 },
      { id: 'm2_value_hits', metricName: 'Hits', ...metric },
      { id: 'm2_value_misses', metricName: 'Misses', ...metric },
    ]);
  });

  test.each([
    [{ name: 'declined', bad: declined }, /metrics.0.of: is missing: a share is bad events of all events/],
    [{ name: 'declined' }, /metrics.0.name: needs one of/],
    [{ name: 'depth', value: payments }, /metrics.0.max: is missing/],
    [{ name: 'memory', gauge: payments }, /metrics.0.name: memory is a preset's own/],
    [{ name: 'depth', gauge: { expression: 'a * 2' } }, /metrics.0.gauge: needs both/],
    [{ name: 'depth', gauge: { namespace: 'Shop' } }, /metrics.0.gauge: needs a namespace and a metric/],
    [{ ...share, max: 5 }, /metrics.0.max: is a share of all events: below 1/],
    [{ name: 'depth', gauge: { ...payments, stat: 'Mean' } }, /stat: a statistic such as Sum/],
  ])('%j is refused', (metric, message) => {
    expect(mistake({ preset: 'worker', metrics: [metric] })).toThrow(message);
  });
});

describe('limits', () => {
  test('a level above its limit fails, whatever was before, and one that stays below passes', () => {
    const depth = { name: 'depth', value: { namespace: 'Shop', metric: 'Depth' }, max: 95, unit: '%' };
    const policy = { preset: 'worker', metrics: [depth] } satisfies PolicyInput;

    const full = judged(policy, { depth: steady(97) });

    expect(full.headline).toBe('depth was above 95 % in 3 of 3 periods, up to 97 %');
    expect(full.named('depth')).toMatchObject({ p: binomialTail(3, 3, 0.05), limit: 0.006 });
    expect(judged(policy, { depth: steady(94) }).status).toBe('pass');
    expect(judged(policy, { depth: (index) => (index === 65 ? 99 : 50) }).status).toBe('inconclusive');
    expect(judged(policy, {}).status).toBe('inconclusive');
  });

  test('an error rate above its limit fails a first deployment, too', () => {
    const values = (errors: number) => ({
      ...sound,
      requests: (index: number) => (index < 62 ? undefined : 600),
      errors: steady(errors),
    });

    const found = judged({ ...web, maxErrorRate: 0.02 }, values(40));

    expect(found.headline).toMatch(/5xx 6.7 % \(200 of 3 000\), at most 2.0 % may be/);
    expect(judged({ ...web, maxErrorRate: 0.02 }, values(10)).named('errors limit')).toMatchObject({
      status: 'pass',
    });
  });

  test('a p99 above its limit fails', () => {
    const slow = { ...sound, p99: steady(2.5) };

    expect(judged({ ...web, maxP99Milliseconds: 2000 }, slow).headline).toMatch(
      /p99 was above 2 000 ms in 3 of 3/,
    );
  });
});

describe('alarms', () => {
  const policy = { ...web, alarms: ['orders-failing', 'disk'] } satisfies PolicyInput;
  const at = (name: string, state: SeenAlarm['state'], index: number): SeenAlarm => ({
    name,
    state,
    since: index * minute,
  });

  test.each([
    { it: 'none fires', seen: [at('disk', 'OK', 1)], first: 'OK', status: 'pass' },
    { it: 'one has no data', seen: [at('disk', 'INSUFFICIENT_DATA', 1)], first: 'OK', status: 'pass' },
    { it: 'one fires since the start', seen: [at('disk', 'ALARM', 60)], first: 'OK', status: 'fail' },
    { it: 'one fires since before', seen: [at('disk', 'ALARM', 59)], first: 'OK', status: 'pass' },
    { it: 'one does not exist', seen: [], first: 'OK', status: 'inconclusive' },
  ] as const)('where $it: $status', ({ seen, status }) => {
    const alarms = [at('orders-failing', 'OK', 0), ...seen];

    expect(judged(policy, sound, { alarms })).toMatchObject({ status });
  });

  test('an alarm fails the release at once and is named', () => {
    const alarms = [at('orders-failing', 'ALARM', 61), at('disk', 'OK', 0)];

    expect(judged(policy, sound, { alarms, closed: 1 })).toMatchObject({
      status: 'fail',
      headline: 'alarm orders-failing fired after the deployment had started',
    });
  });
});

test('a load balancer without a healthy target fails the release', () => {
  const lost = (index: number) => (index < 62 ? 600 : undefined);
  const found = judged(
    web,
    { ...sound, requests: lost, p99: lost, healthyHosts: (index) => (index < 60 ? 2 : 0) },
    { closed: 2 },
  );

  expect(found).toMatchObject({
    status: 'fail',
    headline: 'no target is healthy: 0 in all 2 periods since the deployment',
  });
});

test('the more metrics decide, the less each may spend of the chance of a false alarm', () => {
  // What four early looks of a window of five periods leave.
  const atTheEnd = 1 - 4 * 0.05;
  const depth = { name: 'depth', gauge: { namespace: 'Shop', metric: 'Depth' } };
  const limitOf = (analysis: PolicyInput) =>
    judged(analysis, { ...sound, depth: level(10) }).metrics.flatMap((finding) =>
      'limit' in finding ? (finding.limit ?? []) : [],
    )[0];

  // Errors have two shares, latency has one, and so has each further metric that decides.
  const share = (of: number) => (0.0075 / of) * atTheEnd;
  expect(limitOf(web)).toBeCloseTo(2 * share(3), 12);
  expect(limitOf({ ...web, metrics: [depth, { ...depth, name: 'width' }] })).toBeCloseTo(2 * share(5), 12);
  expect(limitOf({ ...web, metrics: [{ ...depth, report: true }] })).toBeCloseTo(2 * share(3), 12);
});

test('the chance of a gauge can be computed again from its evidence', () => {
  const found = judged(
    { preset: 'worker', decide: ['cpu'] },
    { cpu: level(20, 25), memory: level(40) },
  ).named('cpu');

  const { before, withoutHighest, tolerance, deviation = 0, vif = 0, p } = found as GaugeFinding;
  const x0 = Array.from({ length: 60 }, (_, index) => Math.log(level(20)(index) + 5));
  const x1 = [25 * 0.98 + 5, 25 * 0.98 + 5].map(Math.log);
  const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
  const se = deviation * Math.sqrt(vif / 2 + vif / 60);
  expect([before.points, withoutHighest.points]).toEqual([60, 2]);
  expect(p).toBeCloseTo(studentTail((mean(x1) - mean(x0) - Math.log(1 + tolerance)) / se, 60 / vif - 1), 10);
});

describe('whatever is seen', () => {
  const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1e6, noNaN: true })), {
    minLength: 70,
    maxLength: 70,
  });
  const gauge = { name: 'depth', gauge: { namespace: 'Shop', metric: 'Depth' } };

  test('the unit of a gauge changes nothing', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.001, 60, 1024), (seen, unit) => {
        const status = (scale: number) =>
          judged(
            { preset: 'worker', metrics: [gauge] },
            { depth: (index) => (seen[index] ?? 0) * scale },
          ).named('depth')?.status;

        expect(status(unit)).toBe(status(1));
      }),
      { numRuns: 50 },
    );
  });

  test('the order of metrics changes nothing, and higher values never turn a failure into a pass', () => {
    const other = { ...gauge, name: 'width' };
    fc.assert(
      fc.property(values, values, fc.double({ min: 1, max: 50, noNaN: true }), (one, two, factor) => {
        const seen = (worse: number) => ({
          depth: (index: number) => (one[index] ?? 0) * (index < 60 ? 1 : worse),
          width: (index: number) => two[index],
        });
        const found = judged({ preset: 'worker', metrics: [gauge, other] }, seen(1));
        const turned = judged({ preset: 'worker', metrics: [other, gauge] }, seen(1));
        const worse = judged({ preset: 'worker', metrics: [gauge, other] }, seen(factor));

        expect(turned.status).toBe(found.status);
        if (found.status === 'fail') expect(worse.status).toBe('fail');
      }),
      { numRuns: 50 },
    );
  });
});
