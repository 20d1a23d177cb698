/** Tasks of several containers: sidecars, init containers, health checks. Their containers are modelled, their order is not. */

import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { modelledEngine } from '../../local/engine/modelled.ts';
import { ecsWorld, imageOf, network, withBreaker } from '../support/ecs-world.ts';
import { seeded } from '../support/seeded.ts';

const app: ContainerDefinition = {
  name: 'api',
  image: imageOf('v1'),
  portMappings: [{ containerPort: 8080 }],
};

function world(...containerDefinitions: ContainerDefinition[]) {
  const made = ecsWorld({
    engineOf: (clock, images) => modelledEngine({ clock, images, random: seeded(1) }),
  });
  made.register('v1', { containerDefinitions });
  return made;
}

/** Runs the containers as one task, and answers it after so long. */
async function ran(seconds: number, ...containers: ContainerDefinition[]) {
  const made = world(...containers);
  const { tasks } = made.call('RunTask', {
    cluster: 'prod',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
  });
  await made.seconds(seconds);
  return made.call('DescribeTasks', { cluster: 'prod', tasks: [tasks[0].taskArn] }).tasks[0];
}

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

const init = (exitCode: number, ms = 30_000): ContainerDefinition => ({
  name: 'init',
  image: imageOf('init'),
  essential: false,
  command: ['prepare'],
  environment: env({ RUN_MS: String(ms), EXIT_CODE: String(exitCode) }),
});

const healthCheck = { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 2 };

describe('an init container', () => {
  const waiting: ContainerDefinition = {
    ...app,
    dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }],
  };

  test('keeps its task from running until it has succeeded', async () => {
    expect((await ran(40, waiting, init(0))).lastStatus).toBe('PENDING');
    expect(await ran(60, waiting, init(0))).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [
        { name: 'api', lastStatus: 'RUNNING' },
        { name: 'init', lastStatus: 'STOPPED', exitCode: 0 },
      ],
    });
  });

  test('that fails keeps its task from ever running, and the other container has no exit code', async () => {
    const task = await ran(120, waiting, init(4));

    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.containers).toMatchObject([{ name: 'api' }, { name: 'init', exitCode: 4 }]);
    expect(task.containers[0]).not.toHaveProperty('exitCode');
  });

  test('that fails counts for the circuit breaker', async () => {
    const made = world(waiting, init(4, 1000));
    made.create(withBreaker());

    expect(await made.ended()).toMatchObject({ deploymentCircuitBreaker: { failureCount: 3 } });
  });
});

describe('a sidecar', () => {
  const sidecar = (essential: boolean): ContainerDefinition => ({
    name: 'agent',
    image: imageOf('agent'),
    essential,
    environment: env({ CRASH_AFTER_MS: '20000' }),
  });

  test('that is not essential may end, and its task goes on', async () => {
    expect(await ran(120, app, sidecar(false))).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 1 }],
    });
  });

  test('that is essential takes its task with it', async () => {
    expect(await ran(120, app, sidecar(true))).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 0 }, { exitCode: 1 }],
    });
  });
});

describe('a container health check', () => {
  test('makes a task healthy after an interval, and a deployment waits for it', async () => {
    const made = world({ ...app, healthCheck });
    made.create();
    await made.seconds(26);
    expect(made.tasks()).toMatchObject([{ lastStatus: 'RUNNING', healthStatus: 'UNKNOWN' }]);

    const ended = await made.ended();

    expect(ended.status).toBe('SUCCESSFUL');
    expect(made.tasks()).toMatchObject([
      { healthStatus: 'HEALTHY', containers: [{ healthStatus: 'HEALTHY' }] },
    ]);
  });

  test('that fails has the task replaced until the circuit breaker gives up', async () => {
    const made = world({ ...app, healthCheck, environment: env({ UNHEALTHY: '1' }) });
    made.create(withBreaker());

    expect(await made.ended()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 },
    });
    await made.seconds(60);
    expect(made.tasks('STOPPED')[0]).toMatchObject({
      stoppedReason: 'Task failed container health checks',
      containers: [{ healthStatus: 'UNHEALTHY' }],
    });
  });

  test('of a sidecar is what another container can wait for', async () => {
    const slow = {
      name: 'db',
      image: imageOf('db'),
      essential: false,
      healthCheck,
      environment: env({ START_MS: '15000' }),
    };
    const task = (seconds: number, more: object) =>
      ran(
        seconds,
        { ...app, dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }] },
        { ...slow, ...more },
      );

    expect((await task(36, {})).lastStatus).toBe('PENDING');
    expect((await task(41, {})).lastStatus).toBe('RUNNING');
    expect(await task(120, { startTimeout: 10 })).toMatchObject({ stopCode: 'TaskFailedToStart' });
  });
});

test.each([
  {
    it: 'a container that is not there',
    dependsOn: [{ containerName: 'x', condition: 'START' as const }],
    says: /does not exist/,
  },
  {
    it: 'the end of an essential one',
    dependsOn: [{ containerName: 'db', condition: 'COMPLETE' as const }],
    says: /essential/,
  },
  {
    it: 'the health of one without a check',
    dependsOn: [{ containerName: 'db', condition: 'HEALTHY' as const }],
    says: /health check/,
  },
  { it: 'itself', dependsOn: [{ containerName: 'api', condition: 'START' as const }], says: /circular/ },
])('RegisterTaskDefinition refuses a container that waits for $it', ({ dependsOn, says }) => {
  expect(() => world({ ...app, dependsOn }, { name: 'db', image: imageOf('db') })).toThrow(
    expect.objectContaining({ code: 'ClientException', message: expect.stringMatching(says) }),
  );
});
