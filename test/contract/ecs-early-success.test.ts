/** Deployments that ECS calls successful before all of their tasks run, and what no longer protects them from then on. */

import { expect, test } from 'vitest';
import { ecsWorld, loadBalancers } from '../support/ecs-world.ts';

const early = (cleanup: 'BLOCKING' | 'DEFERRED', more: object = {}) => ({
  deploymentConfiguration: {
    minimumHealthyPercent: 50,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    earlySuccessCriteria: {
      enable: true,
      healthyPercent: 50,
      sourceServiceRevisionCleanup: cleanup,
      ...more,
    },
  },
});

/** Four tasks of v1; of v2 only the first two ever start. */
async function halfway(cleanup: 'BLOCKING' | 'DEFERRED', drainSeconds: number) {
  const world = ecsWorld({
    drainSeconds,
    script: (_, place) => (place < 6 ? {} : { failsToStart: 'CannotStartContainerError: x' }),
  });
  world.register('v1');
  world.create({ desiredCount: 4, loadBalancers });
  await world.ended();
  world.update({ taskDefinition: world.register('v2'), ...early(cleanup) });
  const begun = world.clock.now();
  const ended = await world.ended();
  return { world, ended, seconds: (world.clock.now() - begun) / 1000 };
}

test('a deployment is successful at the healthy percentage, and nothing takes it back from then on', async () => {
  const { world, ended } = await halfway('DEFERRED', 30);

  expect(ended).toMatchObject({
    status: 'SUCCESSFUL',
    targetServiceRevision: { requestedTaskCount: 4, runningTaskCount: 2 },
  });
  expect(world.primary()).toMatchObject({ rolloutState: 'COMPLETED', desiredCount: 4, runningCount: 2 });
  expect(() =>
    world.call('StopServiceDeployment', { serviceDeploymentArn: ended.serviceDeploymentArn }),
  ).toThrow(expect.objectContaining({ code: 'ConflictException' }));
  await world.seconds(7200);

  expect(world.engine.started.length).toBeGreaterThan(8);
  expect(world.deployment()).toMatchObject({
    status: 'SUCCESSFUL',
    serviceDeploymentArn: ended.serviceDeploymentArn,
  });
  expect(world.describe()).toMatchObject({
    taskDefinition: expect.stringMatching(/api:2$/),
    runningCount: 2,
  });
  expect(
    world.told('ECS Service Action').filter(({ eventName }) => eventName === 'SERVICE_STEADY_STATE'),
  ).toHaveLength(1);
});

test('it waits for the old tasks where their cleanup blocks', async () => {
  const blocking = await halfway('BLOCKING', 300);
  const deferred = await halfway('DEFERRED', 300);

  expect(blocking.ended.status).toBe('SUCCESSFUL');
  expect(blocking.world.describe().deployments).toHaveLength(1);
  expect(deferred.world.describe().deployments).toMatchObject([
    { rolloutState: 'COMPLETED' },
    { status: 'ACTIVE' },
  ]);
  expect(blocking.seconds).toBeGreaterThan(deferred.seconds + 200);
});

test.each([
  { more: { healthyPercent: 40 }, says: /greater than or equal to minimumHealthyPercent/ },
  { more: { healthyPercent: 101 }, says: /between 0 and 100/ },
  { more: { healthyPercent: undefined }, says: /must specify/ },
])('UpdateService refuses $more', ({ more, says }) => {
  const world = ecsWorld();
  world.register('v1');
  world.create();

  expect(() => world.update(early('BLOCKING', more))).toThrow(
    expect.objectContaining({ code: 'InvalidParameterException', message: expect.stringMatching(says) }),
  );
});
