/** Tasks that stop for reasons outside of a deployment: memory, Spot, somebody's hand. */

import { expect, test } from 'vitest';
import { ecsWorld, loadBalancers, withBreaker } from '../support/ecs-world.ts';

async function running(script: NonNullable<Parameters<typeof ecsWorld>[0]>['script'], request: object = {}) {
  const world = ecsWorld({ drainSeconds: 300, ...(script && { script }) });
  world.register('v1');
  world.create({ ...withBreaker(), ...request });
  await world.ended();
  return world;
}

test('a container that runs out of memory ends its task, which says so beside the exit code', async () => {
  const reason = 'OutOfMemoryError: Container killed due to memory usage';
  const world = await running((_, place) =>
    place === 0 ? { exits: { afterSeconds: 200, exitCode: 137, reason } } : {},
  );
  await world.seconds(240);

  expect(world.tasks('STOPPED')).toMatchObject([
    {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137, reason }],
    },
  ]);
  expect(
    world.told('ECS Task State Change').findLast(({ lastStatus }) => lastStatus === 'STOPPED'),
  ).toMatchObject({ containers: [{ exitCode: 137, reason }] });
});

test('a task whose Spot capacity is taken back has no time to drain, and is replaced', async () => {
  const world = await running(undefined, { loadBalancers });
  const [task] = world.tasks();

  world.ecs.interruptSpot(task?.taskArn ?? '');
  await world.seconds(30);

  expect(world.tasks('STOPPED')).toMatchObject([
    {
      taskArn: task?.taskArn,
      lastStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    },
  ]);
  expect(world.tasks()).toMatchObject([{ taskDefinitionArn: task?.taskDefinitionArn }]);
});

test.each([
  { when: 'before they run', seconds: 10, drained: false },
  { when: 'when they run', seconds: 60, drained: true },
])('tasks that somebody stops by hand $when are replaced and not counted', async ({ seconds, drained }) => {
  const world = ecsWorld({ drainSeconds: 5, targets: () => ({ becomes: 'healthy', afterSeconds: 120 }) });
  world.register('v1');
  world.create({ ...withBreaker(), loadBalancers });
  await world.ended();
  world.update({ taskDefinition: world.register('v2') });
  for (let stopped = 0; stopped < 4; stopped += 1) {
    await world.seconds(seconds);
    const [newest] = world.tasks().filter(({ startedBy }) => startedBy === world.primary().id);
    world.call('StopTask', { cluster: 'prod', task: newest?.taskArn });
  }
  await world.seconds(40);

  const stopped = world.tasks('STOPPED').filter(({ startedBy }) => startedBy === world.primary().id);
  expect(stopped).toHaveLength(4);
  for (const task of stopped)
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' });
  const wasDrained = world
    .told('ECS Task State Change')
    .some(({ lastStatus }) => lastStatus === 'DEACTIVATING');
  expect(wasDrained).toBe(drained);
  expect(world.deployment()).toMatchObject({
    status: 'IN_PROGRESS',
    deploymentCircuitBreaker: { failureCount: 0 },
  });
});
