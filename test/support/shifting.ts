/** Services whose traffic ECS shifts, in rehearsals. */

import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { ConfigInput } from '../../core/config.ts';
import { alternateOf, loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { production, rehearsal } from './rehearsal.ts';
import type { RehearsalOptions } from './rehearsed-world.ts';

type Rollout = NonNullable<ConfigInput['services'][string]['environments'][number]['rollout']>;

export const blueGreen = { strategy: 'BLUE_GREEN', bakeTime: '15m' } satisfies Rollout;
/** Each with a quarter of an hour in which both versions stand. */
export const rollouts: [string, Rollout][] = [
  ['BLUE_GREEN', blueGreen],
  ['CANARY', { strategy: 'CANARY', percent: 20, canaryBakeTime: '15m', bakeTime: '1m' }],
  ['LINEAR', { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '1m' }],
];

/** A rehearsal of a service whose traffic ECS shifts, tested through its test listener. */
export async function shifting(rollout: Rollout, more: RehearsalOptions = {}) {
  const world = await rehearsal({
    ...more,
    environment: {
      rollout,
      deploymentTimeout: '3h',
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
      ...more.environment,
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
    /** Requests to the target group that the first new version comes to, within three hours: users' and those of smoke tests. */
    async requestsToTheNew(): Promise<number> {
      const { cloudwatch } = world.world.at({});
      // CloudWatch is minutes late.
      await world.clock.advance(300_000);
      const now = Math.floor(world.clock.now() / 1000);
      const answer = cloudwatch.service.operations.GetMetricData?.({
        StartTime: now - 3 * 3600,
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
