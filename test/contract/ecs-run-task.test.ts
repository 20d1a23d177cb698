/** Tasks that are run by hand, as a release task is. */
import { describe, expect, test } from 'vitest';
import { ecsWorld, imageOf, network } from '../support/ecs-world.ts';

describe('RunTask', () => {
  const request = {
    cluster: 'prod',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
  };

  test('runs a task with overrides to its end, and its exit code and log are there', async () => {
    const lines: string[] = [];
    const world = ecsWorld({
      script: () => ({ exits: { afterSeconds: 5, exitCode: 3 }, logs: ['migrating'] }),
      logs: (group, stream, line) => lines.push(`${group} ${stream} ${line}`),
    });
    world.register('v1');
    const overrides = {
      containerOverrides: [{ name: 'api', command: ['migrate'], environment: [{ name: 'A', value: '' }] }],
    };

    const { tasks, failures } = world.call('RunTask', { ...request, overrides, startedBy: 'tidegate' });
    expect(failures).toEqual([]);
    await world.seconds(60);

    expect(world.engine.started[0]?.containers[0]).toMatchObject({
      command: ['migrate'],
      environment: { A: '' },
    });
    const [task] = world.call('DescribeTasks', { cluster: 'prod', tasks: [tasks[0].taskArn] }).tasks;
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      group: 'family:api',
      startedBy: 'tidegate',
      containers: [{ exitCode: 3 }],
    });
    expect(lines).toEqual([`/ecs/api ecs/api/${task.taskArn.split('/').at(-1)} migrating`]);
  });

  test('with a client token starts once, and refuses the token for something else', () => {
    const world = ecsWorld();
    world.register('v1');

    const first = world.call('RunTask', { ...request, clientToken: 't' });
    const second = world.call('RunTask', { ...request, clientToken: 't' });

    expect(second.tasks[0].taskArn).toBe(first.tasks[0].taskArn);
    expect(() => world.call('RunTask', { ...request, clientToken: 't', count: 2 })).toThrow(
      expect.objectContaining({ code: 'ConflictException' }),
    );
  });

  test('resolves secrets, and a task fails to start without them', async () => {
    const world = ecsWorld({ secrets: (valueFrom) => (valueFrom === 'arn:there' ? 'hush' : undefined) });
    const having = (valueFrom: string) => ({
      containerDefinitions: [{ name: 'api', image: imageOf('v1'), secrets: [{ name: 'KEY', valueFrom }] }],
    });
    world.register('v1', having('arn:there'));
    world.register('v1', having('arn:gone'));
    world.call('RunTask', { ...request, taskDefinition: 'api:1' });
    world.call('RunTask', { ...request, taskDefinition: 'api:2' });
    await world.seconds(60);

    expect(world.engine.started.map(({ containers }) => containers[0]?.environment)).toEqual([
      { KEY: 'hush' },
    ]);
    const { taskArns } = world.call('ListTasks', { cluster: 'prod', desiredStatus: 'STOPPED' });
    const [task] = world.call('DescribeTasks', { cluster: 'prod', tasks: taskArns }).tasks;
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth/,
      ),
    });
  });

  test('can be stopped by hand, at any moment of its life', async () => {
    const world = ecsWorld();
    world.register('v1');
    for (const at of [0, 5, 15, 20, 40]) {
      const { tasks } = world.call('RunTask', request);
      await world.seconds(at);
      world.call('StopTask', { cluster: 'prod', task: tasks[0].taskArn, reason: 'enough' });
    }
    await world.seconds(60);

    const { taskArns } = world.call('ListTasks', { cluster: 'prod', desiredStatus: 'STOPPED' });
    expect(taskArns).toHaveLength(5);
    for (const task of world.call('DescribeTasks', { cluster: 'prod', tasks: taskArns }).tasks) {
      expect(task).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'enough',
      });
    }
    expect(world.engine.alive.size).toBe(0);
  });

  test('is read for an hour after it stopped, and not after that', async () => {
    const world = ecsWorld({ script: () => ({ exits: { afterSeconds: 5, exitCode: 0 } }) });
    world.register('v1');
    const { tasks } = world.call('RunTask', request);
    const describeIt = () => world.call('DescribeTasks', { cluster: 'prod', tasks: [tasks[0].taskArn] });
    await world.seconds(60);
    const stoppedAt = describeIt().tasks[0].stoppedAt.getTime();

    await world.clock.advance(stoppedAt + 3_599_000 - world.clock.now());
    expect(describeIt().tasks).toHaveLength(1);
    await world.seconds(1);

    expect(describeIt()).toMatchObject({ tasks: [], failures: [{ reason: 'MISSING' }] });
  });
});
