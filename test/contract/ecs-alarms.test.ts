/** Deployment alarms: when they fail a deployment, when they are ignored, and how long they are waited for. */

import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { cloudwatch } from '../../local/cloudwatch/cloudwatch.ts';
import { ecsWorld } from '../support/ecs-world.ts';
import { clientOf } from './cloudwatch-door.ts';

const withAlarms = (more: object = {}) => ({
  deploymentConfiguration: {
    alarms: { alarmNames: ['errors', 'slow'], enable: true, rollback: true, ...more },
  },
});

async function running() {
  const world = ecsWorld();
  world.register('v1');
  world.create(withAlarms());
  await world.ended();
  return world;
}

describe('an alarm that fires', () => {
  test.each([
    { it: 'while tasks are replaced', seconds: 40 },
    { it: 'while the deployment bakes, when the old tasks are gone', seconds: 200 },
  ])('$it rolls the deployment back', async ({ seconds }) => {
    const world = await running();
    const good = world.primary();
    world.update({ taskDefinition: world.register('v2') });
    const bad = world.primary();
    await world.seconds(seconds);
    expect(world.deployment()).toMatchObject({
      status: 'IN_PROGRESS',
      alarms: { status: 'MONITORING', alarmNames: ['errors', 'slow'], triggeredAlarmNames: [] },
    });

    world.firing.add('slow');
    const ended = await world.ended();

    expect(ended).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['slow'] },
      deploymentCircuitBreaker: { status: 'DISABLED' },
      rollback: { reason: expect.stringContaining('alarm') },
    });
    expect(world.messages()).toContain(
      `(service api) (deployment ${bad.id}) deployment failed: alarm detected.`,
    );
    expect(world.told('ECS Deployment State Change').slice(2)).toMatchObject([
      { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', deploymentId: bad.id },
      { eventName: 'SERVICE_DEPLOYMENT_FAILED', eventType: 'ERROR', deploymentId: bad.id },
      { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', reason: expect.stringContaining(`${good.id}`) },
      { eventName: 'SERVICE_DEPLOYMENT_COMPLETED', deploymentId: world.primary().id },
    ]);
    expect(world.describe().taskDefinition).toMatch(/api:1$/);
  });

  test('leaves the deployment failed where rollback is off', async () => {
    const world = await running();
    world.update({ taskDefinition: world.register('v2'), ...withAlarms({ rollback: false }) });
    await world.seconds(40);
    world.firing.add('errors');

    expect(await world.ended()).toMatchObject({ status: 'STOPPED', alarms: { status: 'TRIGGERED' } });
    expect(world.primary()).toMatchObject({ rolloutState: 'FAILED', runningCount: 1 });
  });

  test('after the deployment has completed changes nothing', async () => {
    const world = await running();
    world.firing.add('errors');
    await world.seconds(600);

    expect(world.deployment()).toMatchObject({
      status: 'SUCCESSFUL',
      alarms: { status: 'MONITORING_COMPLETE' },
    });
  });
});

test('one alarm that is firing when a deployment begins makes ECS ignore all of them, for all of it', async () => {
  const world = await running();
  world.firing.add('errors');
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(20);
  world.firing.delete('errors');
  await world.seconds(20);
  world.firing.add('errors').add('slow');

  expect(await world.ended()).toMatchObject({
    status: 'SUCCESSFUL',
    alarms: { status: 'DISABLED', triggeredAlarmNames: [] },
  });
});

test('a deployment with alarms completes later than one without', async () => {
  const seconds = async (configuration: object) => {
    const world = await running();
    world.update({ taskDefinition: world.register('v2'), ...configuration });
    const begun = world.clock.now();
    await world.ended();
    return (world.clock.now() - begun) / 1000;
  };

  const without = await seconds(withAlarms({ enable: false }));

  expect((await seconds({})) - without).toBeGreaterThanOrEqual(240);
});

test('CloudWatch tells ECS which of a deployment’s alarms are in ALARM', async () => {
  const watch = cloudwatch({ clock: virtualClock() });
  const client = new CloudWatchClient(clientOf(watch.service));
  for (const AlarmName of ['errors', 'slow', 'other']) {
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        Threshold: 1,
      }),
    );
  }
  for (const AlarmName of ['slow', 'other'])
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'x' }));

  expect(watch.alarmsFiring(['errors', 'slow', 'missing'])).toEqual(['slow']);
});
