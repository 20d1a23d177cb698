/** Services whose traffic ECS shifts: a release goes along with it, and a bad one is taken back before or while users see it. */

import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../core/config.ts';
import { alternateOf, loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

type Rollout = NonNullable<ConfigInput['services'][string]['environments'][number]['rollout']>;

const rollouts: Record<string, Rollout> = {
  BLUE_GREEN: { strategy: 'BLUE_GREEN', bakeTime: '15m' },
  CANARY: { strategy: 'CANARY', percent: 20, canaryBakeTime: '15m', bakeTime: '1m' },
  LINEAR: { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '1m' },
};

async function shifting(rollout: Rollout | undefined) {
  const world = await rehearsal({
    environment: {
      ...(rollout && { rollout }),
      deploymentTimeout: '3h',
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
    },
  });
  return Object.assign(world, {
    /** The newest service deployment. */
    async deployment(): Promise<ServiceDeployment> {
      const service = { cluster: 'main', service: 'my-api' };
      const { serviceDeployments } = await world.ask('ECS', 'ListServiceDeployments', service);
      const newest = { serviceDeploymentArns: [serviceDeployments[0].serviceDeploymentArn] };
      return (await world.ask('ECS', 'DescribeServiceDeployments', newest)).serviceDeployments[0];
    },
    /** Requests to the second target group, by whomever. */
    async requestsToTheNew(): Promise<number> {
      const { cloudwatch } = world.world.at({});
      await world.clock.advance(300_000);
      const now = Math.floor(world.clock.now() / 1000);
      const answer = cloudwatch.service.operations.GetMetricData?.({
        StartTime: now - 3600,
        EndTime: now,
        MetricDataQueries: [
          {
            Id: 'requests',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/ApplicationELB',
                MetricName: 'RequestCount',
                Dimensions: [
                  { Name: 'LoadBalancer', Value: loadBalancerName('my-api').dimension },
                  { Name: 'TargetGroup', Value: targetGroupName(alternateOf('my-api')).dimension },
                ],
              },
              Period: 3600,
              Stat: 'Sum',
            },
          },
        ],
      }) as { MetricDataResults: { Values: number[] }[] };
      return (answer.MetricDataResults[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
    },
  });
}

describe.each(Object.entries(rollouts))('%s', (_, rollout) => {
  test('a good version is proved before it has users, and deployed', async () => {
    const world = await shifting(rollout);

    const { outcome, digest } = await world.push('good', 'v1.1.0');

    expect(outcome).toBe('Deployed');
    expect(await world.running()).toEqual([digest, digest]);
    expect(await world.deployment()).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP' });
    expect(world.deadLetters).toEqual([]);
  });

  test('a version with errors is taken back by one call, while the old tasks still stand', async () => {
    const world = await shifting(rollout);
    const before = await world.ask('ECS', 'ListTasks', { cluster: 'main', serviceName: 'my-api' });

    const { outcome, reason } = await world.push('errors', 'v1.1.0');

    expect([outcome, reason]).toEqual(['RolledBack', expect.stringContaining('5xx rose')]);
    expect(world.count('StopServiceDeployment')).toBe(1);
    expect(world.count('UpdateService')).toBe(1);
    expect((await world.deployment()).status).toBe('ROLLBACK_SUCCESSFUL');
    const after = await world.ask('ECS', 'ListTasks', { cluster: 'main', serviceName: 'my-api' });
    expect(after.taskArns.toSorted()).toEqual(before.taskArns.toSorted());
  });
});

test('a version that fails its smoke tests is taken back before any user reaches it', async () => {
  const world = await shifting(rollouts.LINEAR);

  const release = await world.pushImage('v1.1.0', {
    config: { Entrypoint: ['node', 'server.mjs'], Env: ['ERROR_RATE=1'] },
  });

  expect(release).toMatchObject({ outcome: 'RolledBack', reason: expect.stringContaining('500') });
  const { status, targetServiceRevision } = await world.deployment();
  expect(status).toBe('ROLLBACK_SUCCESSFUL');
  expect(targetServiceRevision?.requestedProductionTrafficWeight).toBe(0);
  // Users send 20 a second; the smoke tests a few in all.
  const requests = await world.requestsToTheNew();
  expect(requests).toBeGreaterThan(0);
  expect(requests).toBeLessThan(100);
});
