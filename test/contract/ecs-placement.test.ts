/** Fargate without room: what services, the circuit breaker and RunTask make of tasks that cannot be placed. */

import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { ecsClient } from '../support/ecs-client.ts';
import { ecsWorld, network, withBreaker } from '../support/ecs-world.ts';

const unavailable =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

const spot = {
  launchType: undefined,
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
};

async function running(request: object = {}) {
  const world = ecsWorld();
  world.register('v1');
  world.create({ ...withBreaker(), ...request });
  await world.ended();
  return world;
}

test('a deployment that finds no room says so, and goes on when there is some', async () => {
  const world = await running(spot);
  world.ecs.setCapacity({ tasks: 1 });
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(20);

  expect(world.messages()).toContain(
    `(service api) was unable to place a task. Reason: ${unavailable}. ` +
      'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  );
  expect(world.told('ECS Service Action')).toContainEqual({
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
    capacityProviderArns: ['arn:aws:ecs:eu-west-1:123456789012:capacity-provider/FARGATE_SPOT'],
    reason: 'RESOURCE:FARGATE',
    createdAt: expect.any(String),
  });
  expect(world.primary()).toMatchObject({ failedTasks: 1, pendingCount: 0, rolloutState: 'IN_PROGRESS' });

  world.ecs.setCapacity(undefined);
  expect((await world.ended()).status).toBe('SUCCESSFUL');
});

test('the circuit breaker counts tasks that cannot be placed, and the old ones stay', async () => {
  const world = await running();
  world.ecs.setCapacity({ tasks: 0 });
  world.update({ taskDefinition: world.register('v2') });

  expect(await world.ended()).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 },
  });
  expect(world.engine.started).toHaveLength(1);
  expect(world.describe().runningCount).toBe(1);
});

test('RunTask succeeds without tasks, says why, and its token can be used again', async () => {
  const world = await running();
  const client = ecsClient(world.ecs.service);
  const run = new RunTaskCommand({
    cluster: 'prod',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
    count: 2,
    clientToken: 't',
  });
  world.ecs.setCapacity({ tasks: 1 });

  expect(await client.send(run)).toMatchObject({
    tasks: [],
    failures: [{ reason: unavailable }, { reason: unavailable }],
  });
  world.ecs.setCapacity({
    tasks: 2,
    message: "You've reached the limit on the number of tasks you can run concurrently",
  });
  expect(await client.send(run)).toMatchObject({
    tasks: [{ lastStatus: 'PROVISIONING' }],
    failures: [{ reason: "You've reached the limit on the number of tasks you can run concurrently" }],
  });
});
