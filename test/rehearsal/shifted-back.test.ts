/** What is bad is taken back while the old version still stands: before users reach it, or while some do. */
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../core/config.ts';
import { alternateOf, targetGroupName } from '../../local/load-balancer/names.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;
type Rollout = NonNullable<ConfigInput['services'][string]['environments'][number]['rollout']>;

const shifting = (rollout: Rollout, more: Parameters<typeof rehearsal>[0] = {}) =>
  rehearsal({
    ...more,
    environment: {
      rollout,
      deploymentTimeout: '3h',
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
    },
  });
const blueGreen = { strategy: 'BLUE_GREEN', bakeTime: '15m' } as const;
const strategies: [string, Rollout][] = [
  ['BLUE_GREEN', blueGreen],
  ['CANARY', { strategy: 'CANARY', percent: 20, canaryBakeTime: '15m', bakeTime: '1m' }],
  ['LINEAR', { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '1m' }],
];

/** Answers every request of users with an error; its health check is fine. */
const broken = { config: { Entrypoint: ['node'], Env: ['ERROR_RATE=1'] } };

/** Requests that were made of the new version, by what the load balancer publishes. */
async function requestsOfTheNew({ world, clock }: World): Promise<number> {
  const alternate = targetGroupName(alternateOf('my-api')).dimension;
  const { ListMetrics, GetMetricData } = world.at({}).cloudwatch.service.operations;
  const found = (await ListMetrics?.({
    MetricName: 'RequestCount',
    Dimensions: [{ Name: 'TargetGroup', Value: alternate }],
  })) as { Metrics: object[] };
  const counted = (await GetMetricData?.({
    StartTime: (clock.now() - 3 * 3_600_000) / 1000,
    EndTime: clock.now() / 1000,
    MetricDataQueries: found.Metrics.map((Metric, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric, Period: 60, Stat: 'Sum' },
    })),
  })) as { MetricDataResults: { Values: number[] }[] };
  return Math.max(
    0,
    ...counted.MetricDataResults.map(({ Values }) => Values.reduce((sum, one) => sum + one, 0)),
  );
}

describe.each(strategies)('%s', (_, rollout) => {
  test('a version that fails its smoke tests meets no user', async () => {
    let asked = 0;
    const world = await shifting(rollout, {
      aroundRequest: (next) => {
        asked += 1;
        return next();
      },
    });

    const { outcome, reason } = await world.pushImage('v1.1.0', broken);
    await world.clock.advance(600_000);

    expect({ outcome, reason }).toEqual({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^http:\/\/my-api.test:9001\/ answered 500/),
    });
    // The smoke tests' own requests count too. Of users there would be twenty more each second.
    expect(await requestsOfTheNew(world)).toBeLessThanOrEqual(asked);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('a version with errors is taken back while the old one stands', async () => {
    const world = await shifting(rollout);

    const { outcome, reason, record } = await world.push('errors', 'v1.1.0');
    await world.clock.advance(600_000);

    expect({ outcome, reason }).toEqual({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^5xx rose from 0.00 %/),
    });
    expect(record.steps.RollBack).toMatchObject({ method: 'deployment stopped' });
    expect(record.steps.RunSmokeTests).toMatchObject({ status: 'pass' });
    expect(await requestsOfTheNew(world)).toBeGreaterThan(0);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test.each(['crash', 'unhealthy'] as const)(
    'a version that is %s is taken back before it has users',
    async (variant) => {
      const world = await shifting(rollout);

      const { outcome, record } = await world.push(variant, 'v1.1.0');

      expect(outcome).toBe('RolledBack');
      expect(record.steps.AwaitDeployment).toMatchObject({ cause: 'crash loop' });
      expect(await requestsOfTheNew(world)).toBe(0);
    },
  );
});

test('the next version comes to the target group that is free now', async () => {
  const world = await shifting(blueGreen);
  await world.push('good', 'v1.1.0');

  const { outcome, digest } = await world.push('good', 'v1.2.0');

  expect(outcome).toBe('Deployed');
  expect(await world.running()).toEqual([digest, digest]);
});

test('what somebody deploys by hand meets users without being asked for', async () => {
  const world = await shifting(blueGreen);
  const service = { cluster: 'main', service: 'my-api' };

  await world.ask('ECS', 'UpdateService', { ...service, forceNewDeployment: true });
  await world.clock.advance(30 * 60_000);

  const { serviceDeployments } = await world.ask('ECS', 'ListServiceDeployments', service);
  expect(serviceDeployments.map(({ status }: { status: string }) => status)).toEqual([
    'SUCCESSFUL',
    'SUCCESSFUL',
  ]);
});

test('a newer push takes the place of a version that is not measured yet', async () => {
  const world = await shifting(blueGreen);
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(45_000);
  const { digest } = await world.pushOnly('good', 'v1.2.0');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Superseded', 'v1.2.0 Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
});

test('and waits for one that was measured and held, until ECS has cleaned up', async () => {
  const world = await shifting(blueGreen);
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(12 * 60_000);
  const { digest } = await world.pushOnly('good', 'v1.2.0');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed', 'v1.2.0 Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
});

test('a release that was stopped by hand keeps its version from users', async () => {
  const world = await shifting(blueGreen);
  const { digest } = await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(20_000);

  await world.stop();
  await world.clock.advance(30 * 60_000);

  expect(await requestsOfTheNew(world)).toBe(0);
  expect(await world.running()).not.toContain(digest);
});

test('a bad version is taken back though all events of ECS are lost', async () => {
  const world = await shifting(blueGreen, { lose: 'aws.ecs' });

  const { outcome } = await world.push('crash', 'v1.1.0');

  expect(outcome).toBe('RolledBack');
  expect(await requestsOfTheNew(world)).toBe(0);
});
