/** However a deployment ends, its record says how by name, and what follows is the right thing. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;
const service = { cluster: 'main', service: 'my-api' };

const stopByHand = async ({ ask }: World) => {
  const { serviceDeployments } = await ask('ECS', 'ListServiceDeployments', {
    ...service,
    status: ['IN_PROGRESS'],
  });
  const [{ serviceDeploymentArn }] = serviceDeployments;
  await ask('ECS', 'StopServiceDeployment', { serviceDeploymentArn });
};

test.each<{
  it: string;
  /** Before the push, and when ECS was asked to deploy it. */
  before?: (world: World) => Promise<unknown>;
  meanwhile?: (world: World) => Promise<unknown>;
  variant: 'good' | 'unhealthy' | 'crash';
  /** Of AwaitDeployment. */
  cause: string;
  says: RegExp;
}>([
  {
    it: 'the circuit breaker took it back',
    variant: 'unhealthy',
    cause: 'circuit breaker',
    says: /3 of 3 allowed task failures/,
  },
  {
    it: 'the circuit breaker stopped it, and may not take it back',
    before: ({ ask }) =>
      ask('ECS', 'UpdateService', {
        ...service,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
      }),
    variant: 'unhealthy',
    cause: 'circuit breaker',
    says: /3 of 3 allowed task failures/,
  },
  {
    it: 'it never came to rest, and there is no circuit breaker',
    before: ({ ask }) =>
      ask('ECS', 'UpdateService', {
        ...service,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
      }),
    variant: 'unhealthy',
    cause: 'timed out',
    says: /not stable after 30 min/,
  },
  {
    it: 'an alarm of the service fired',
    before: async (world) => {
      const alarms = { alarmNames: ['my-api-5xx'], enable: true, rollback: true };
      const { PutMetricAlarm } = world.world.at({}).cloudwatch.service.operations;
      await PutMetricAlarm?.({
        ...{
          AlarmName: 'my-api-5xx',
          MetricName: 'HTTPCode_Target_5XX_Count',
          Namespace: 'AWS/ApplicationELB',
        },
        ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 10, EvaluationPeriods: 1 },
        ...{ Period: 60, Statistic: 'Sum' },
      });
      await world.ask('ECS', 'UpdateService', { ...service, deploymentConfiguration: { alarms } });
    },
    meanwhile: async ({ world, clock }) => {
      await clock.advance(60_000);
      const { SetAlarmState } = world.at({}).cloudwatch.service.operations;
      await SetAlarmState?.({ AlarmName: 'my-api-5xx', StateValue: 'ALARM', StateReason: 'rehearsed' });
    },
    variant: 'good',
    cause: 'alarm',
    says: /alarm/,
  },
  {
    it: 'its tasks end by themselves, and ECS is content',
    variant: 'crash',
    cause: 'crash loop',
    says: /of the new revision failed/,
  },
  {
    it: 'somebody stopped it',
    meanwhile: stopByHand,
    variant: 'good',
    cause: 'stopped by hand',
    says: /took the deployment back|was stopped/,
  },
])('$it', async ({ before, meanwhile, variant, cause, says }) => {
  const world = await rehearsal();
  await before?.(world);
  await world.pushOnly(variant, 'v1.0.0');
  await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
  await world.clock.advance(10_000);
  await meanwhile?.(world);
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('RolledBack');
  expect(release?.record.steps.AwaitDeployment).toMatchObject({ status: 'failed', cause });
  expect(release?.reason).toMatch(says);
  expect(await world.running()).toEqual([world.first, world.first]);
});

test('a service that is scaled to zero meanwhile proves nothing: its release is taken back', async () => {
  const world = await rehearsal();
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
  await world.ask('ECS', 'UpdateService', { ...service, desiredCount: 0 });
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({ outcome: 'RolledBack', reason: expect.stringContaining('scaled to 0') });
});

test('a service that scales out meanwhile is deployed when all of its tasks are new', async () => {
  const world = await rehearsal();
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
  await world.clock.advance(20_000);
  await world.ask('ECS', 'UpdateService', { ...service, desiredCount: 5 });
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(await world.running()).toEqual(Array(5).fill(digest));
});
