/** Deployments that fail: the circuit breaker, rollbacks by it and by hand, and what happens without. */

import { describe, expect, test } from 'vitest';
import { ecsWorld, imageOf, loadBalancers, withBreaker } from '../support/ecs-world.ts';

/** A service that runs v1 well. */
async function running(settings: Parameters<typeof ecsWorld>[0] = {}, request: object = {}) {
  const world = ecsWorld(settings);
  world.register('v1');
  world.create({ ...withBreaker(), ...request });
  await world.ended();
  return world;
}

const reasonsOf = (world: Awaited<ReturnType<typeof running>>) =>
  world.told('ECS Deployment State Change').map(({ eventName, reason }) => `${eventName}: ${reason}`);

describe('an image that cannot be pulled', () => {
  test('is rolled back after three tasks, about ten minutes later', async () => {
    const world = await running();
    const good = world.primary();
    world.images.move(imageOf('v2'), undefined);
    world.update({ taskDefinition: world.register('v2') });
    const bad = world.primary();
    const begun = world.clock.now();

    const ended = await world.ended();

    expect(ended).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
      rollback: {
        reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        serviceRevisionArn: ended.sourceServiceRevisions?.[0]?.arn,
      },
    });
    expect(reasonsOf(world).slice(2)).toEqual([
      `SERVICE_DEPLOYMENT_IN_PROGRESS: ECS deployment ${bad.id} in progress.`,
      'SERVICE_DEPLOYMENT_FAILED: ECS deployment circuit breaker: tasks failed to start.',
      `SERVICE_DEPLOYMENT_IN_PROGRESS: ECS deployment circuit breaker: rolling back to deploymentId ${good.id}.`,
      `SERVICE_DEPLOYMENT_COMPLETED: ECS deployment ${world.primary().id} completed.`,
    ]);
    expect(world.primary().id).not.toBe(good.id);
    expect(world.describe().taskDefinition).toMatch(/api:1$/);
    expect((world.clock.now() - begun) / 60_000).toBeGreaterThan(9);
    expect((world.clock.now() - begun) / 60_000).toBeLessThan(12);
  });

  test('is resolved when it turns up in the meantime', async () => {
    const world = await running();
    world.images.move(imageOf('v2'), undefined);
    world.update({ taskDefinition: world.register('v2') });
    const target = world.deployment().targetServiceRevision?.arn;
    await world.seconds(10);
    expect(world.revision(target).containerImages?.[0]).not.toHaveProperty('imageDigest');

    world.images.move(imageOf('v2'), 'sha256:late');
    const ended = await world.ended();

    expect(ended.status).toBe('SUCCESSFUL');
    expect(world.revision(target).containerImages?.[0]?.imageDigest).toBe('sha256:late');
  });
});

describe('tasks that never reach RUNNING', () => {
  const failing = {
    script: (_: unknown, place: number) =>
      place > 0 ? { failsToStart: 'CannotStartContainerError: x' } : {},
  };

  test('trip the breaker at exactly its threshold', async () => {
    const world = await running(failing);
    world.update({
      taskDefinition: world.register('v2'),
      ...withBreaker({ thresholdConfiguration: { type: 'COUNT', value: 2 } }),
    });

    const ended = await world.ended();

    expect(ended.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.engine.started).toHaveLength(1 + 2);
  });

  test('fail the deployment for good where rollback is off: nothing is started any more', async () => {
    const world = await running(failing);
    world.update({ taskDefinition: world.register('v2'), ...withBreaker({ rollback: false }) });

    const ended = await world.ended();
    await world.seconds(3600);

    expect(ended).toMatchObject({ status: 'STOPPED', stoppedAt: expect.any(Date) });
    expect(world.primary()).toMatchObject({ rolloutState: 'FAILED', failedTasks: 3, runningCount: 0 });
    expect(world.describe().deployments).toMatchObject([{}, { runningCount: 1, status: 'ACTIVE' }]);
    expect(world.engine.started).toHaveLength(1 + 3);
  });

  test('go on for ever without a breaker, ever more slowly, and nothing says that it failed', async () => {
    const world = await running(failing);
    world.update({ taskDefinition: world.register('v2'), ...withBreaker({ enable: false }) });

    await world.seconds(3600);

    expect(world.deployment()).toMatchObject({
      status: 'IN_PROGRESS',
      deploymentCircuitBreaker: { status: 'DISABLED' },
    });
    expect(reasonsOf(world).join()).not.toContain('FAILED');
    expect(world.told('ECS Service Action').map(({ eventName }) => eventName)).toContain(
      'SERVICE_TASK_START_IMPAIRED',
    );
    expect(world.engine.started.length).toBeLessThan(9);
  });

  test('leave a first deployment stalled: there is nothing to go back to', async () => {
    const world = ecsWorld({ script: () => ({ failsToStart: 'CannotStartContainerError: x' }) });
    world.register('v1');
    world.create(withBreaker());

    const ended = await world.ended();
    await world.seconds(3600);

    expect(ended).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    expect(ended).not.toHaveProperty('rollback');
    expect(world.primary().rolloutState).toBe('FAILED');
    expect(world.engine.started).toHaveLength(3);
  });

  test('can be pre-empted by a better deployment', async () => {
    const world = await running({
      script: ({ containers }) => (containers[0]?.image.endsWith('bad') ? { failsToStart: 'x' } : {}),
    });
    world.images.move(imageOf('v2'), 'sha256:bad');
    world.update({ taskDefinition: world.register('v2') });
    await world.seconds(60);

    world.update({ taskDefinition: world.register('v3') });
    const ended = await world.ended();

    expect(ended.status).toBe('SUCCESSFUL');
    expect(world.describe().taskDefinition).toMatch(/api:3$/);
  });
});

describe('tasks that run and exit', () => {
  test('never trip the breaker', async () => {
    const world = await running({
      script: (_, place) => (place > 0 ? { exits: { afterSeconds: 5, exitCode: 1 } } : {}),
    });
    world.update({ taskDefinition: world.register('v2') });

    await world.seconds(1800);

    expect(world.deployment()).toMatchObject({
      status: 'IN_PROGRESS',
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0 },
    });
    expect(world.primary().failedTasks).toBe(0);
    expect(world.describe().deployments?.[1]?.runningCount).toBe(1);
  });

  test('count when they exit before they run', async () => {
    const world = await running({
      script: (_, place) =>
        place > 0 ? { exits: { afterSeconds: 0, exitCode: 1, beforeRunning: true } } : {},
    });
    world.update({ taskDefinition: world.register('v2') });

    expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
  });
});

describe('tasks that fail the health checks of the load balancer', () => {
  const sick = {
    drainSeconds: 5,
    targets: (place: number) =>
      place === 0
        ? ({ becomes: 'healthy', afterSeconds: 10 } as const)
        : ({ becomes: 'unhealthy', afterSeconds: 60 } as const),
  };

  test('are replaced, counted and rolled back, while the old one serves', async () => {
    const world = await running(sick, { loadBalancers });
    const [old] = world.tasks();
    world.update({ taskDefinition: world.register('v2') });

    const ended = await world.ended();

    expect(ended).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: { failureCount: 3 },
    });
    expect(world.tasks()).toMatchObject([{ taskArn: old?.taskArn, startedBy: old?.startedBy }]);
    await world.seconds(30);
    const reasons = world.tasks('STOPPED').map(({ stoppedReason }) => stoppedReason);
    expect(reasons.slice(0, 3)).toEqual(
      [1, 2, 3].map(() =>
        expect.stringMatching(/^Task failed ELB health checks in \(target-group arn:aws:.*\)$/),
      ),
    );
  });

  test('are left alone during the grace period', async () => {
    const world = await running(sick, { loadBalancers, healthCheckGracePeriodSeconds: 300 });
    world.update({ taskDefinition: world.register('v2') });

    // RUNNING after 24 s, unhealthy 60 s later.
    await world.seconds(24 + 299);
    expect(world.engine.started).toHaveLength(2);
    await world.seconds(40);

    expect(world.engine.started).toHaveLength(3);
  });

  test.each([
    { it: 'before it was over', grace: 100, at: 50 },
    { it: 'when there had been none', grace: 0, at: 30 },
  ])('are replaced at the end of a grace period that was raised $it', async ({ grace, at }) => {
    const world = await running(sick, { loadBalancers, healthCheckGracePeriodSeconds: grace });
    world.update({ taskDefinition: world.register('v2') });
    await world.seconds(24 + at);
    world.update({ healthCheckGracePeriodSeconds: 300 });

    await world.seconds(299 - at);
    expect(world.engine.started).toHaveLength(2);
    await world.seconds(40);

    expect(world.engine.started).toHaveLength(3);
  });
});

test('tasks that fail their own health check are replaced and counted', async () => {
  const world = await running(
    {
      script: (_, place) => ({
        containerHealth: { afterSeconds: 30, status: place === 0 ? 'HEALTHY' : 'UNHEALTHY' },
      }),
    },
    { desiredCount: 0 },
  );
  const definition = world.call('DescribeTaskDefinition', { taskDefinition: 'api' }).taskDefinition;
  const [container] = definition.containerDefinitions;
  const checked = { containerDefinitions: [{ ...container, healthCheck: { command: ['CMD', 'true'] } }] };
  world.update({ taskDefinition: world.register('v1', checked), desiredCount: 1 });
  await world.ended();
  expect(world.tasks()).toMatchObject([
    { healthStatus: 'HEALTHY', containers: [{ healthStatus: 'HEALTHY' }] },
  ]);

  world.update({ taskDefinition: world.register('v2', checked) });
  const ended = await world.ended();

  expect(ended.status).toBe('ROLLBACK_SUCCESSFUL');
  await world.seconds(60);
  expect(world.tasks('STOPPED').map(({ stoppedReason }) => stoppedReason)).toContain(
    'Task failed container health checks',
  );
});

describe('StopServiceDeployment', () => {
  test('rolls back, also with the breaker off', async () => {
    const world = await running({}, { deploymentConfiguration: {} });
    world.update({ taskDefinition: world.register('v2') });
    await world.seconds(30);

    const { serviceDeploymentArn } = world.deployment();
    expect(world.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' })).toEqual({
      serviceDeploymentArn,
    });
    expect(world.deployment().status).toBe('ROLLBACK_REQUESTED');
    await world.seconds(2);
    expect(world.deployment().status).toBe('ROLLBACK_IN_PROGRESS');
    const ended = await world.ended();

    expect(ended.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.describe().taskDefinition).toMatch(/api:1$/);
    expect(reasonsOf(world).join()).not.toContain('FAILED');
  });

  test('of a deployment that has not started yet is a rollback too', async () => {
    const world = await running();
    world.update({ taskDefinition: world.register('v2') });
    world.call('StopServiceDeployment', { serviceDeploymentArn: world.deployment().serviceDeploymentArn });

    expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.engine.started).toHaveLength(1);
  });

  test.each([
    { it: 'has not started yet', seconds: 0, started: 0 },
    { it: 'is under way', seconds: 10, started: 1 },
  ])(
    'of a first deployment that $it fails it: there is nothing to go back to',
    async ({ seconds, started }) => {
      const world = ecsWorld();
      world.register('v1');
      world.create(withBreaker());
      await world.seconds(seconds);

      world.call('StopServiceDeployment', { serviceDeploymentArn: world.deployment().serviceDeploymentArn });

      expect((await world.ended()).status).toBe('ROLLBACK_FAILED');
      expect(world.primary().rolloutState).toBe('FAILED');
      expect(reasonsOf(world).filter((told) => told.startsWith('SERVICE_DEPLOYMENT_FAILED'))).toHaveLength(1);
      await world.seconds(300);
      expect(world.engine.started).toHaveLength(started);
      world.update({ desiredCount: 0 });
      await world.seconds(60);
      expect(world.describe().runningCount).toBe(0);
    },
  );

  test('a moment before it completes is still a rollback, with new tasks of what was before', async () => {
    const world = await running();
    world.update({ taskDefinition: world.register('v2') });
    // The old task has ended by now; a second later the scheduler would see that all is done.
    await world.seconds(67);
    expect(world.tasks().map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([
      expect.stringMatching(/api:2$/),
    ]);

    world.call('StopServiceDeployment', { serviceDeploymentArn: world.deployment().serviceDeploymentArn });
    const ended = await world.ended();

    expect(ended.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.tasks()).toMatchObject([
      { taskDefinitionArn: expect.stringMatching(/api:1$/), startedBy: world.primary().id },
    ]);
  });

  test('of one that has ended, or twice, is a conflict', async () => {
    const world = await running();
    const { serviceDeploymentArn } = world.deployment();
    expect(() => world.call('StopServiceDeployment', { serviceDeploymentArn })).toThrow(
      expect.objectContaining({ code: 'ConflictException' }),
    );

    world.update({ taskDefinition: world.register('v2') });
    const second = world.deployment().serviceDeploymentArn;
    world.call('StopServiceDeployment', { serviceDeploymentArn: second });

    expect(() => world.call('StopServiceDeployment', { serviceDeploymentArn: second })).toThrow(
      expect.objectContaining({ code: 'ConflictException' }),
    );
  });
});

test('what a crash loop has left behind is forgotten, though nobody asks for it', async () => {
  const world = await running({
    script: (_, place) => (place === 0 ? {} : { exits: { afterSeconds: 2, exitCode: 1 } }),
  });
  world.update({ desiredCount: 2 });
  await world.seconds(6 * 3600);

  const ran = new Set(world.engine.started.map(({ taskArn }) => taskArn));
  const known = [...ran].filter((taskArn) => world.ecs.portOf(taskArn, 8080) !== undefined);
  expect(ran.size).toBeGreaterThan(100);
  expect(known.length).toBeLessThan(ran.size / 4);
});

test('a deployment that fails while its rollback target is being rolled out again has nowhere to go', async () => {
  const world = await running({
    script: ({ containers }) => (containers[0]?.image.endsWith('bad') ? { failsToStart: 'x' } : {}),
  });
  world.images.move(imageOf('v2'), 'sha256:bad');
  world.update({ taskDefinition: world.register('v2') });
  await world.clock.until(() => world.deployment().status === 'ROLLBACK_IN_PROGRESS', 3_600_000);

  world.update({ taskDefinition: 'api:2' });
  const ended = await world.ended();

  expect(ended.status).toBe('ROLLBACK_FAILED');
  expect(world.describe().runningCount).toBe(1);
});
