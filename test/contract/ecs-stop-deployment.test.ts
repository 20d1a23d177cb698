/** Between StopServiceDeployment and the rollback: what else can happen to a deployment in ROLLBACK_REQUESTED. */

import { expect, test } from 'vitest';
import { ecsWorld, imageOf } from '../support/ecs-world.ts';

/** A second version under way, asked to stop; its tasks fail where `bad`. */
async function requested({ bad = false, seconds = 30 } = {}) {
  const world = ecsWorld({
    script: ({ containers }) => (containers[0]?.image.endsWith('bad') ? { failsToStart: 'x' } : {}),
  });
  world.register('v1');
  world.create();
  await world.ended();
  if (bad) world.images.move(imageOf('v2'), 'sha256:bad');
  world.update({
    taskDefinition: world.register('v2'),
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        thresholdConfiguration: { type: 'COUNT', value: 1 },
      },
      alarms: { alarmNames: ['errors'], enable: true, rollback: true },
    },
  });
  await world.seconds(seconds);
  const { serviceDeploymentArn } = world.deployment();
  world.call('StopServiceDeployment', { serviceDeploymentArn });
  expect(world.deployment().status).toBe('ROLLBACK_REQUESTED');
  return { ...world, stopped: () => world.deploymentBy(serviceDeploymentArn) };
}

test('another deployment takes its place: there is no rollback any more', async () => {
  const world = await requested();
  world.update({ taskDefinition: world.register('v3') });
  expect(world.stopped()).toMatchObject({ status: 'STOPPED', stoppedAt: expect.any(Date) });

  const ended = await world.ended();
  await world.seconds(600);

  expect(ended.status).toBe('SUCCESSFUL');
  expect(world.stopped()).toMatchObject({ status: 'STOPPED' });
  expect(world.stopped()).not.toHaveProperty('rollback');
  expect(world.describe()).toMatchObject({
    taskDefinition: expect.stringMatching(/api:3$/),
    runningCount: 1,
  });
});

test('neither its circuit breaker nor its alarms make a failure of it', async () => {
  const world = await requested({ bad: true, seconds: 25 });
  world.firing.add('errors');

  const ended = await world.ended();
  await world.seconds(600);

  expect(ended).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: 'Service deployment rolled back because of a user request.',
    alarms: { triggeredAlarmNames: [] },
  });
  const failures = world.told('ECS Deployment State Change').filter(({ eventType }) => eventType === 'ERROR');
  expect(failures).toEqual([]);
  expect(world.primary().rolloutState).toBe('COMPLETED');
});

test('what it is scaled to is what the rollback brings back', async () => {
  const world = await requested();
  world.update({ desiredCount: 3 });

  expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
  expect(world.describe()).toMatchObject({
    taskDefinition: expect.stringMatching(/api:1$/),
    runningCount: 3,
  });
});
