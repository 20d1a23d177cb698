/** What Application Auto Scaling does to a service, in the middle of a deployment above all. */

import { expect, test } from 'vitest';
import { ecsWorld, withBreaker } from '../support/ecs-world.ts';

async function running(desiredCount: number) {
  const world = ecsWorld();
  world.register('v1');
  world.create({ ...withBreaker(), desiredCount });
  await world.ended();
  const scale = (count: number) => world.ecs.scale({ cluster: 'prod', service: 'api', desiredCount: count });
  const updates = () =>
    world.told('ECS Service Action').filter(({ eventName }) => eventName === 'SERVICE_DESIRED_COUNT_UPDATED');
  return { ...world, scale, updates };
}

test('a deployment in progress grows with the service, and so does the threshold of its circuit breaker', async () => {
  const world = await running(2);
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(30);
  expect(world.deployment().deploymentCircuitBreaker).toMatchObject({ threshold: 3 });

  expect(world.scale(10)).toBe(true);
  await world.seconds(2);

  expect(world.primary()).toMatchObject({ desiredCount: 10 });
  expect(world.deployment()).toMatchObject({
    targetServiceRevision: { requestedTaskCount: 10 },
    deploymentCircuitBreaker: { threshold: 5 },
  });
  expect((await world.ended()).status).toBe('SUCCESSFUL');
  expect(world.describe()).toMatchObject({ runningCount: 10, deployments: [{ runningCount: 10 }] });
  expect(world.updates()).toMatchObject([
    { eventType: 'INFO', clusterArn: expect.stringMatching(/cluster\/prod$/) },
  ]);
});

test('nothing is scaled in before the deployment has ended', async () => {
  const world = await running(4);
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(30);

  expect(world.scale(1)).toBe(false);
  await world.ended();
  expect(world.describe()).toMatchObject({ desiredCount: 4, runningCount: 4 });
  expect(world.scale(1)).toBe(true);
  await world.seconds(60);

  expect(world.describe()).toMatchObject({ desiredCount: 1, runningCount: 1 });
});

test('a change by hand is followed too, and sends no event', async () => {
  const world = await running(1);
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(10);
  world.update({ desiredCount: 3 });

  expect((await world.ended()).status).toBe('SUCCESSFUL');
  expect(world.describe()).toMatchObject({ desiredCount: 3, runningCount: 3 });
  expect(
    world.call('ListServiceDeployments', { cluster: 'prod', service: 'api' }).serviceDeployments,
  ).toHaveLength(2);
  expect(world.updates()).toEqual([]);
});
