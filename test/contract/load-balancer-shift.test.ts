/** A load balancer with two target groups: weights of its listeners, and metrics of each group by itself. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { realClock, virtualClock } from '../../local/clock.ts';
import { sum } from '../../local/cloudwatch/distribution.ts';
import type { Datapoint } from '../../local/cloudwatch/metric-store.ts';
import type { Behaviour } from '../../local/engine/behaviour.ts';
import { loadBalancer } from '../../local/load-balancer/load-balancer.ts';
import { modelledLoadBalancer } from '../../local/load-balancer/modelled.ts';
import type { Balancing } from '../../local/load-balancer/settings.ts';
import type { TargetGroup } from '../../local/load-balancer/target-group.ts';
import { seeded } from '../support/seeded.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const sound: Behaviour = { errorRate: 0, latencyMs: 20, healthy: true, version: 'v1', revision: 'x' };

const shiftOf = ({ shift }: Balancing) => {
  if (!shift) throw new Error('the load balancer cannot shift');
  return shift;
};

function world() {
  const clock = virtualClock();
  const published: Datapoint[] = [];
  const running = new Map<number, Behaviour>();
  const balancer = modelledLoadBalancer({
    clock,
    random: seeded(7),
    metrics: (datapoint) => published.push(datapoint),
    name: 'web',
    shiftable: true,
    at: (port) => running.get(port),
    requestsPerSecond: 100,
  });
  const { targetGroup: blue } = balancer;
  const { alternate: green, production, test: testing } = shiftOf(balancer);
  const start = (group: TargetGroup, port: number, behaviour: Partial<Behaviour> = {}) => {
    running.set(port, { ...sound, ...behaviour });
    group.register({ id: `t${port}`, port });
  };
  start(blue, 1);
  start(green, 2, { errorRate: 1 });
  /** Of a target group, or of the whole. */
  const total = (metricName: string, group?: TargetGroup) =>
    published
      .filter((one) => one.metricName === metricName && one.dimensions.TargetGroup === group?.dimension)
      .reduce((count, { values }) => count + sum(values), 0);
  const percents = (weight: number) =>
    new Map([
      [blue.arn, 100 - weight],
      [green.arn, weight],
    ]);
  return { clock, balancer, blue, green, production, testing, total, percents };
}

test('at first the second target group gets nothing, and nothing is told of it but its hosts', async () => {
  const { clock, blue, green, total } = world();
  await clock.advance(10 * 60_000);

  expect(total('RequestCount', blue)).toBeGreaterThan(0);
  expect(total('RequestCount', green)).toBe(0);
  expect(total('RequestCount')).toBe(total('RequestCount', blue));
});

test('each group gets its share, and its errors are counted as its own; the whole is the sum', async () => {
  const { clock, blue, green, production, total, percents } = world();
  production.forward(percents(5));
  await clock.advance(20 * 60_000);

  const requests = total('RequestCount');
  expect(total('RequestCount', green) / requests).toBeCloseTo(0.05, 2);
  expect(total('RequestCount', blue) + total('RequestCount', green)).toBe(requests);
  expect(total('HTTPCode_Target_5XX_Count', green)).toBe(total('RequestCount', green));
  expect(total('HTTPCode_Target_5XX_Count', blue)).toBe(0);
  expect(total('HTTPCode_Target_5XX_Count')).toBe(total('RequestCount', green));
});

test('requests before a change of the weights are those of the weights before it', async () => {
  const { clock, blue, green, production, total, percents } = world();
  await clock.advance(30_000);
  production.forward(percents(100));
  await clock.advance(30_000);
  production.forward(percents(0));
  await clock.advance(4 * 60_000);

  const [before, between] = [total('RequestCount', blue), total('RequestCount', green)];
  expect(between).toBeGreaterThan(2500);
  expect(between).toBeLessThan(3500);
  expect(before).toBeGreaterThan(between);
});

test('a target group with traffic and without targets answers 503: nothing goes to the other one', async () => {
  const { clock, green, production, total, percents } = world();
  green.deregister('t2', () => {});
  production.forward(percents(50));
  await clock.advance(4 * 60_000);

  expect(total('HTTPCode_ELB_5XX_Count')).toBeGreaterThan(0);
  expect(total('RequestCount', green)).toBe(0);
});

test('the test listener leads where it is told to, whatever the users get, and is counted too', async () => {
  const { clock, balancer, green, testing, total, percents } = world();
  expect(balancer.ask('test', '/')?.status).toBe(200);
  testing.forward(percents(100));

  const answers = Array.from({ length: 10 }, () => balancer.ask('test', '/')?.status);
  await clock.advance(4 * 60_000);

  expect(new Set(answers)).toEqual(new Set([500]));
  expect(balancer.ask('production', '/')?.status).toBe(200);
  expect(total('RequestCount', green)).toBe(10);
});

test('the real one has a port for each listener, and deals requests out by their weights', async () => {
  const balancer = await loadBalancer({
    clock: realClock(),
    name: 'web',
    shiftable: true,
    metrics: () => {},
  });
  cleanUps.push(balancer.close);
  const { alternate, production, test: testing } = shiftOf(balancer);
  for (const [version, group] of [
    ['blue', balancer.targetGroup],
    ['green', alternate],
  ] as const) {
    const server = createServer((_, outgoing) => outgoing.end(version));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      server.close();
      server.closeAllConnections();
    });
    group.register({ id: version, port: (server.address() as AddressInfo).port });
  }
  const ask = async (url = '') => (await fetch(url)).text();
  testing.forward(new Map([[alternate.arn, 100]]));
  production.forward(
    new Map([
      [balancer.targetGroup.arn, 75],
      [alternate.arn, 25],
    ]),
  );

  expect(await ask(balancer.testUrl)).toBe('green');
  const answers: string[] = [];
  for (let asked = 0; asked < 20; asked += 1) answers.push(await ask(balancer.url));
  expect(answers.filter((answer) => answer === 'green')).toHaveLength(5);
});
