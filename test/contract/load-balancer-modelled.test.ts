import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { add, count, percentile, rounded, sum } from '../../local/cloudwatch/distribution.ts';
import type { Datapoint } from '../../local/cloudwatch/metric-store.ts';
import type { Behaviour } from '../../local/engine/behaviour.ts';
import { logNormal } from '../../local/engine/random.ts';
import { latencyTable } from '../../local/load-balancer/latency-table.ts';
import { modelledLoadBalancer } from '../../local/load-balancer/modelled.ts';
import { pastTraffic } from '../../local/load-balancer/past-traffic.ts';
import { seeded } from '../support/seeded.ts';

const second = 1000;
const minute = 60 * second;
const sound: Behaviour = { errorRate: 0, latencyMs: 20, healthy: true, version: 'v1', revision: 'x' };

function world(settings: Partial<Parameters<typeof modelledLoadBalancer>[0]> = {}) {
  const clock = virtualClock();
  const began = clock.now();
  const published: (Datapoint & { seenAt: number })[] = [];
  const running = new Map<number, Behaviour>();
  const balancer = modelledLoadBalancer({
    clock,
    random: seeded(7),
    metrics: (datapoint) => published.push({ ...datapoint, seenAt: clock.now() - began }),
    name: 'web',
    at: (port) => running.get(port),
    requestsPerSecond: 20,
    ...settings,
  });
  const start = (port: number, behaviour: Partial<Behaviour> = {}) => {
    running.set(port, { ...sound, ...behaviour });
    balancer.targetGroup.register({ id: `t${port}`, port });
  };
  /** Of the target group where the metric is, else of the load balancer; by minute since the start. */
  const of = (metricName: string, dimension: 'LoadBalancer' | 'TargetGroup' = 'TargetGroup') =>
    published.filter(
      (one) => one.metricName === metricName && Object.keys(one.dimensions).at(-1) === dimension,
    );
  const minutes = (metricName: string, dimension?: 'LoadBalancer') =>
    of(metricName, dimension).map(({ at }) => (at - began) / minute);
  return { clock, began, balancer, published, running, start, of, minutes };
}

test('a period is published once, two minutes after it is over', async () => {
  const { clock, published, start, of, minutes } = world();
  start(1);

  await clock.advance(3 * minute - 1);
  const early = published.length;
  await clock.advance(2 * minute);

  expect(early).toBe(0);
  expect(of('RequestCount').map(({ seenAt }) => seenAt)).toEqual([3 * minute, 4 * minute]);
  expect(minutes('RequestCount')).toEqual([0, 1]);
});

test('counts that are zero are absent, and so is everything without requests', async () => {
  const { clock, published, start, balancer } = world({ requestsPerSecond: 0 });

  await clock.advance(10 * minute);
  const without = published.length;
  start(1);
  await clock.advance(4 * minute);
  balancer.close();

  expect(without).toBe(0);
  expect([...new Set(published.map(({ metricName }) => metricName))]).toEqual([
    'HealthyHostCount',
    'UnHealthyHostCount',
  ]);
});

test('metrics have the dimensions that AWS gives them', async () => {
  const { clock, published, start, balancer } = world();
  start(1, { errorRate: 0.5 });
  await clock.advance(4 * minute);
  const { dimension } = balancer.targetGroup;
  const whole = { LoadBalancer: balancer.dimension };
  const ofGroup = { ...whole, TargetGroup: dimension };
  const dimensionsOf = (metricName: string) => {
    const sets = published.filter((one) => one.metricName === metricName).map(({ dimensions }) => dimensions);
    return [...new Set(sets.map((set) => JSON.stringify(set)))].map((set) => JSON.parse(set));
  };

  expect(balancer.dimension).toMatch(/^app\/web\/[0-9a-f]{16}$/);
  for (const both of [
    'RequestCount',
    'HTTPCode_Target_2XX_Count',
    'HTTPCode_Target_5XX_Count',
    'TargetResponseTime',
  ]) {
    expect(dimensionsOf(both), both).toEqual([whole, ofGroup]);
  }
  expect(dimensionsOf('HealthyHostCount')).toEqual([ofGroup]);
  expect(published.every(({ namespace }) => namespace === 'AWS/ApplicationELB')).toBe(true);
});

test('without a target nothing is requested of one: only errors of the load balancer itself', async () => {
  const { clock, published, of } = world();

  await clock.advance(10 * minute);

  expect([...new Set(published.map(({ metricName }) => metricName))]).toEqual(['HTTPCode_ELB_5XX_Count']);
  expect([...new Set(published.map(({ dimensions }) => Object.keys(dimensions).join()))]).toEqual([
    'LoadBalancer',
  ]);
  // Eight minutes at 20 a second: 9600 ± 4 standard deviations of a Poisson count.
  const refused = of('HTTPCode_ELB_5XX_Count', 'LoadBalancer').reduce(
    (total, { values }) => total + sum(values),
    0,
  );
  expect(Math.abs(refused - 9600)).toBeLessThan(4 * Math.sqrt(9600));
});

test('a target that is gone is asked in vain until it is unhealthy', async () => {
  const { clock, running, start, balancer, minutes } = world();
  start(1);
  start(2);
  await clock.advance(5 * minute);

  running.delete(2);
  await clock.advance(61 * second);
  const health = balancer.targetGroup.health('t2');
  await clock.advance(5 * minute);

  expect(health).toBe('unhealthy');
  expect(minutes('HTTPCode_ELB_5XX_Count', 'LoadBalancer')).toEqual([5]);
  expect(minutes('HTTPCode_Target_5XX_Count')).toEqual([]);
});

test('error rate, rate of requests and latency are those of the targets behind it', async () => {
  // Asked of its health at `/`, the second target would now and then be taken for unhealthy.
  const { clock, start, of } = world({ requestsPerSecond: 50, healthCheck: { path: '/healthz' } });
  start(1, { errorRate: 0.02, latencyMs: 100 });
  start(2, { errorRate: 0.08, latencyMs: 100 });

  await clock.advance(23 * minute);

  const total = (metricName: string) => of(metricName).reduce((all, { values }) => all + sum(values), 0);
  const requests = total('RequestCount');
  const failed = total('HTTPCode_Target_5XX_Count');
  const times = of('TargetResponseTime').at(-1)?.values ?? new Map();
  expect(Math.abs(requests - 63_000)).toBeLessThan(4 * Math.sqrt(63_000));
  expect(Math.abs(failed - 0.05 * requests)).toBeLessThan(4 * Math.sqrt(requests * 0.05 * 0.95));
  expect(total('HTTPCode_Target_2XX_Count')).toBe(requests - failed);
  expect(count(times)).toBe(sum(of('RequestCount').at(-1)?.values ?? new Map()));
  expect(Math.abs(percentile(times, 50) - 0.1)).toBeLessThan(0.004);
  expect(Math.abs(percentile(times, 99) - 0.2536)).toBeLessThan(0.04);
});

test('longer steps give the same traffic on average', async () => {
  const { clock, start, of } = world({ stepSeconds: 10 });
  start(1);

  await clock.advance(23 * minute);

  const requests = of('RequestCount').reduce((all, { values }) => all + sum(values), 0);
  expect(Math.abs(requests - 25_200)).toBeLessThan(4 * Math.sqrt(25_200));
});

test('where changes are told, each request meets what was there when it came', async () => {
  const listeners: (() => void)[] = [];
  const { clock, running, start, of } = world({ onChange: (changed) => listeners.push(changed) });
  const change = (behaviour: Behaviour | undefined) => {
    if (behaviour) running.set(1, behaviour);
    else running.delete(1);
    for (const changed of listeners) changed();
  };
  start(1);

  for (const behaviour of [undefined, { ...sound, errorRate: 1 }, sound]) {
    await clock.advance(15 * second);
    change(behaviour);
  }
  await clock.advance(4 * minute);

  // A quarter of the first minute each: 300 ± 4 standard deviations of a Poisson count.
  const first = (metricName: string, dimension?: 'LoadBalancer') =>
    sum(of(metricName, dimension)[0]?.values ?? new Map());
  for (const [quarters, requests] of [
    [1, first('HTTPCode_ELB_5XX_Count', 'LoadBalancer')],
    [1, first('HTTPCode_Target_5XX_Count')],
    [2, first('HTTPCode_Target_2XX_Count')],
  ] as const) {
    expect(Math.abs(requests - quarters * 300)).toBeLessThan(4 * Math.sqrt(quarters * 300));
  }
});

test('requests go round: of three targets each gets a third, to the last request', async () => {
  const { clock, balancer, start, of } = world({ healthCheck: { intervalSeconds: 300 } });
  start(1);
  balancer.targetGroup.register({ id: 't2', port: 2 });
  start(3);

  await clock.advance(3 * minute);

  const [requests = 0, failed = 0] = [of('RequestCount'), of('HTTPCode_ELB_5XX_Count', 'LoadBalancer')].map(
    ([first]) => sum(first?.values ?? new Map()),
  );
  expect(requests).toBeGreaterThan(1000);
  expect(Math.abs(failed - requests / 3)).toBeLessThan(1);
});

test('response times drawn at once are distributed as those drawn one by one', () => {
  const times = 1_000_000;
  const [one, many] = [seeded(1), seeded(2)];
  const single = new Map<number, number>();
  for (let left = times; left > 0; left--) add(single, rounded(logNormal(one, 20) / 1000));
  const atOnce = latencyTable(20).draw(many, times);

  // The statistic of two samples: its mean is the number of values that are compared, its variance twice that.
  const values = [...new Set([...single.keys(), ...atOnce.keys()])]
    .map((value) => [single.get(value) ?? 0, atOnce.get(value) ?? 0] as const)
    .filter(([drawn, other]) => drawn + other >= 20);
  const statistic = values.reduce(
    (total, [drawn, other]) => total + (drawn - other) ** 2 / (drawn + other),
    0,
  );

  const [mean, otherMean] = [sum(single) / times, sum(atOnce) / times];
  const deviation = Math.sqrt(
    single.entries().reduce((total, [value, often]) => total + often * (value - mean) ** 2, 0) / times,
  );

  expect(count(atOnce)).toBe(times);
  expect([...atOnce.keys()].filter((value) => value !== rounded(value))).toEqual([]);
  expect(values.length).toBeGreaterThan(500);
  expect(Math.abs(statistic - values.length)).toBeLessThan(4 * Math.sqrt(2 * values.length));
  expect(Math.abs(mean - otherMean)).toBeLessThan(4 * deviation * Math.sqrt(2 / times));
});

test('host counts are those at the start of each minute and after each change', async () => {
  const { clock, start, of } = world();
  start(1);
  start(2, { healthy: true });

  await clock.advance(5 * minute);

  const [first, second] = of('HealthyHostCount').map(({ values }) => Object.fromEntries(values));
  expect(first).toEqual({ 1: 1, 2: 1 });
  expect(second).toEqual({ 2: 1 });
});

test('a shorter period and delay are settings', async () => {
  const { clock, began, start, of } = world({ periodSeconds: 10, publicationDelaySeconds: 2 });
  start(1);

  await clock.advance(22 * second);

  expect(of('RequestCount').map(({ at }) => at - began)).toEqual([0, 10 * second]);
});

test('past traffic is published up to what AWS would show by now, the rest when its time comes', async () => {
  const { clock, began, published } = world({ requestsPerSecond: 0 });
  await clock.advance(30 * second);

  pastTraffic({
    clock,
    metrics: (datapoint) => published.push({ ...datapoint, seenAt: clock.now() - began }),
    random: seeded(3),
    dimensions: { loadBalancer: 'app/web/1', targetGroup: 'targetgroup/web/1' },
    behaviour: { ...sound, errorRate: 0.01 },
    targets: 2,
    requestsPerSecond: 20,
    seconds: 3600,
  });
  const requests = () =>
    published.filter(
      ({ metricName, dimensions }) => metricName === 'RequestCount' && 'TargetGroup' in dimensions,
    );
  const atOnce = requests().length;
  await clock.advance(5 * minute);

  expect(atOnce).toBe(58);
  expect(requests().map(({ at }) => (at - began) / minute)).toEqual(
    Array.from({ length: 60 }, (_, index) => index - 60),
  );
  const total = requests().reduce((all, { values }) => all + sum(values), 0);
  expect(Math.abs(total - 72_000)).toBeLessThan(4 * Math.sqrt(72_000));
});
