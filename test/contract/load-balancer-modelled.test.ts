import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { count, percentile, sum } from '../../local/cloudwatch/distribution.ts';
import type { Datapoint } from '../../local/cloudwatch/metric-store.ts';
import type { Behaviour } from '../../local/engine/behaviour.ts';
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
  // Eight minutes at 20 a second, but for the first second: 9580 ± 4 standard deviations of a Poisson count.
  const refused = of('HTTPCode_ELB_5XX_Count', 'LoadBalancer').reduce(
    (total, { values }) => total + sum(values),
    0,
  );
  expect(Math.abs(refused - 9580)).toBeLessThan(4 * Math.sqrt(9580));
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
  const { clock, start, of, balancer } = world({ requestsPerSecond: 50 });
  start(1, { errorRate: 0.02, latencyMs: 100 });
  start(2, { errorRate: 0.08, latencyMs: 100 });

  await clock.advance(23 * minute);

  // 21 minutes but for the first second.
  const total = (metricName: string) => of(metricName).reduce((all, { values }) => all + sum(values), 0);
  const requests = total('RequestCount');
  const failed = total('HTTPCode_Target_5XX_Count');
  const times = of('TargetResponseTime').at(-1)?.values ?? new Map();
  expect(Math.abs(requests - 62_950)).toBeLessThan(4 * Math.sqrt(62_950));
  expect(Math.abs(failed - 0.05 * requests)).toBeLessThan(4 * Math.sqrt(requests * 0.05 * 0.95));
  expect(total('HTTPCode_Target_2XX_Count')).toBe(requests - failed);
  expect(count(times)).toBe(sum(of('RequestCount').at(-1)?.values ?? new Map()));
  expect(Math.abs(percentile(times, 50) - 0.1)).toBeLessThan(0.004);
  expect(Math.abs(percentile(times, 99) - 0.2536)).toBeLessThan(0.04);
  const { p50Ms, errors, requests: asked } = balancer.seen(60);
  expect(Math.abs((p50Ms ?? 0) - 100)).toBeLessThan(4);
  expect(Math.abs(errors / asked - 0.05)).toBeLessThan(0.02);
});

test('longer steps give the same traffic on average', async () => {
  const { clock, start, of } = world({ stepSeconds: 10 });
  start(1);

  await clock.advance(23 * minute);

  const requests = of('RequestCount').reduce((all, { values }) => all + sum(values), 0);
  expect(Math.abs(requests - 25_000)).toBeLessThan(4 * Math.sqrt(25_000));
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
