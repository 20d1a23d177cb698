/** A rolling update of a service: how it goes, what it answers and tells, and when it stalls. */

import { describe, expect, test } from 'vitest';
import { digestOf, ecsWorld, imageOf, loadBalancers, withBreaker } from '../support/ecs-world.ts';

describe('a first deployment', () => {
  test('counts as healthy 40 seconds after RUNNING when nothing checks it', async () => {
    const world = ecsWorld();
    world.register('v1');
    world.create();

    // 2 s to begin, 2 s to look, 10 s provisioning, 9 s pulling, 1 s of the engine.
    await world.seconds(24);
    expect(world.describe()).toMatchObject({ runningCount: 1, pendingCount: 0 });
    await world.seconds(41);
    expect(world.primary().rolloutState).toBe('IN_PROGRESS');
    await world.seconds(1);

    expect(world.primary().rolloutState).toBe('COMPLETED');
    expect(world.deployment()).toMatchObject({ status: 'SUCCESSFUL', sourceServiceRevisions: [] });
    expect(world.messages().slice(-2)).toEqual([
      expect.stringMatching(/^\(service api\) \(deployment ecs-svc\/\d+\) deployment completed\.$/),
      '(service api) has reached a steady state.',
    ]);
  });

  test('waits for the load balancer instead where there is one', async () => {
    const world = ecsWorld({ targets: () => ({ becomes: 'healthy', afterSeconds: 90 }) });
    world.register('v1');
    world.create({ loadBalancers });

    await world.seconds(100);
    expect(world.primary().rolloutState).toBe('IN_PROGRESS');
    const ended = await world.ended();

    expect(ended.status).toBe('SUCCESSFUL');
  });

  test('of no tasks completes at once', async () => {
    const world = ecsWorld();
    world.register('v1');
    world.create({ desiredCount: 0 });

    await world.seconds(4);

    expect(world.deployment().status).toBe('SUCCESSFUL');
    expect(world.engine.started).toEqual([]);
  });
});

async function running(settings: Parameters<typeof ecsWorld>[0] = {}, request: object = {}) {
  const world = ecsWorld(settings);
  world.register('v1');
  world.create(request);
  await world.ended();
  await world.seconds(60);
  return world;
}

describe('an update to another task definition', () => {
  test('starts new tasks, waits for their health, drains the old ones, then completes', async () => {
    const world = await running({}, { desiredCount: 2, loadBalancers });
    const before = world.tasks().map(({ taskArn }) => taskArn);

    world.update({ taskDefinition: world.register('v2') });
    await world.seconds(25);
    expect(world.describe().deployments).toMatchObject([
      { status: 'PRIMARY', desiredCount: 2, runningCount: 2, pendingCount: 0 },
      { status: 'ACTIVE', desiredCount: 2, runningCount: 2, rolloutState: 'COMPLETED' },
    ]);
    await world.seconds(20);
    expect(world.describe().deployments?.[1]).toMatchObject({ desiredCount: 0, runningCount: 2 });
    expect(world.primary().rolloutState).toBe('IN_PROGRESS');
    const ended = await world.ended();

    expect(ended).toMatchObject({ status: 'SUCCESSFUL', targetServiceRevision: { runningTaskCount: 2 } });
    expect(world.describe().deployments).toHaveLength(1);
    expect(world.tasks().every(({ taskArn }) => !before.includes(taskArn))).toBe(true);
    await world.seconds(30);
    expect(world.tasks('STOPPED')).toMatchObject(
      before.map((taskArn) => ({
        taskArn,
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: `Scaling activity initiated by (deployment ${world.primary().id})`,
        lastStatus: 'STOPPED',
      })),
    );
  });

  test('never goes below the lower or above the upper limit', async () => {
    const world = await running({}, { desiredCount: 4, loadBalancers });
    world.update({
      taskDefinition: world.register('v2'),
      deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 125 },
    });

    const healthy: number[] = [];
    const alive: number[] = [];
    while (!world.deployment().finishedAt) {
      await world.seconds(1);
      healthy.push([...world.targetGroup.targets.values()].filter((health) => health === 'healthy').length);
      const { runningCount = 0, pendingCount = 0 } = world.describe();
      alive.push(runningCount + pendingCount);
    }

    expect(Math.min(...healthy)).toBe(3);
    expect(Math.max(...alive)).toBe(5);
  });

  test('does nothing when the task definition is the one that runs, unless forced', async () => {
    const world = await running();
    const { id } = world.primary();

    world.update({ taskDefinition: 'api:1' });
    expect(world.primary().id).toBe(id);
    world.update({ taskDefinition: 'api:1', forceNewDeployment: true });

    expect(world.primary().id).not.toBe(id);
  });

  test('twice with force makes two deployments: there is no token', async () => {
    const world = await running();

    world.update({ forceNewDeployment: true });
    world.update({ forceNewDeployment: true });

    const { serviceDeployments } = world.call('ListServiceDeployments', { cluster: 'prod', service: 'api' });
    expect(serviceDeployments).toHaveLength(3);
  });

  test('shows the new service deployment as the current one only after it has started', async () => {
    const world = await running();
    const before = world.describe().currentServiceDeployment;

    const answered = world.update({ taskDefinition: world.register('v2') });
    expect(answered.currentServiceDeployment).toBe(before);
    expect(world.deployment().status).toBe('PENDING');
    await world.seconds(2);

    expect(world.describe().currentServiceDeployment).toBe(world.deployment().serviceDeploymentArn);
    expect(world.deployment().status).toBe('IN_PROGRESS');
  });

  test.each([
    { it: 'min 100 max 100', limits: { minimumHealthyPercent: 100, maximumPercent: 100 }, desiredCount: 2 },
    {
      it: 'one task with 50 and 150',
      limits: { minimumHealthyPercent: 50, maximumPercent: 150 },
      desiredCount: 1,
    },
  ])('stalls without an end when $it leave no way to go', async ({ limits, desiredCount }) => {
    const world = await running({}, { desiredCount, ...withBreaker() });
    world.update({ taskDefinition: world.register('v2'), deploymentConfiguration: limits });

    await world.seconds(3600);

    expect(world.deployment().status).toBe('IN_PROGRESS');
    expect(world.describe()).toMatchObject({ runningCount: desiredCount });
    expect(world.messages().at(-1)).toContain('was unable to stop or start tasks during a deployment');
  });

  test('is replaced by the next one, whose tasks take over', async () => {
    const world = await running({}, { desiredCount: 2 });
    world.update({ taskDefinition: world.register('v2') });
    const replaced = world.deployment().serviceDeploymentArn;
    await world.seconds(20);

    world.update({ taskDefinition: world.register('v3') });
    const ended = await world.ended();

    expect(world.deploymentBy(replaced)).toMatchObject({ status: 'STOPPED', stoppedAt: expect.any(Date) });
    expect(ended.status).toBe('SUCCESSFUL');
    expect(world.tasks().map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/')[1])).toEqual([
      'api:3',
      'api:3',
    ]);
    const completed = world
      .told('ECS Deployment State Change')
      .filter(({ eventName }) => eventName === 'SERVICE_DEPLOYMENT_COMPLETED');
    expect(completed).toHaveLength(2);
  });
});

describe('the desired count', () => {
  test('can be changed without a deployment, also to zero', async () => {
    const world = await running({}, { desiredCount: 3 });
    const { id } = world.primary();

    world.update({ desiredCount: 0 });
    await world.seconds(60);

    expect(world.describe()).toMatchObject({ runningCount: 0, desiredCount: 0 });
    expect(world.primary()).toMatchObject({ id, rolloutState: 'COMPLETED' });
    expect(world.engine.alive.size).toBe(0);
  });

  test('is kept: a task that exits is replaced', async () => {
    const world = ecsWorld({
      script: (_, place) => (place === 0 ? { exits: { afterSeconds: 120, exitCode: 1 } } : {}),
    });
    world.register('v1');
    world.create();
    await world.seconds(200);

    expect(world.tasks()).toHaveLength(1);
    expect(world.tasks('STOPPED')).toMatchObject([
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ exitCode: 1, lastStatus: 'STOPPED' }],
      },
    ]);
  });
});

describe('the image', () => {
  test('is what the tag stood for when the deployment started, for later tasks too', async () => {
    const world = await running();
    world.images.move(imageOf('v1'), digestOf('something else'));

    world.update({ desiredCount: 2 });
    await world.seconds(60);

    const digest = digestOf(imageOf('v1'));
    expect(world.tasks().map(({ containers }) => containers?.[0]?.imageDigest)).toEqual([digest, digest]);
    expect(world.engine.started.map(({ containers }) => containers[0]?.image)).toEqual(
      [1, 2].map(() => `${imageOf('v1').replace(':v1', '')}@${digest}`),
    );
    expect(world.revision(world.deployment().targetServiceRevision?.arn).containerImages).toEqual([
      { containerName: 'api', image: imageOf('v1'), imageDigest: digest },
    ]);
  });

  test('follows its tag from task to task where version consistency is off, and no digest is kept', async () => {
    const world = ecsWorld();
    const container = { name: 'api', image: imageOf('v1'), versionConsistency: 'disabled' };
    world.register('v1', { containerDefinitions: [container] });
    world.create();
    await world.ended();
    const later = digestOf('something else');
    world.images.move(imageOf('v1'), later);

    world.update({ desiredCount: 2 });
    await world.seconds(60);

    const digests = world.tasks().map(({ containers }) => containers?.[0]?.imageDigest);
    expect(digests.toSorted()).toEqual([digestOf(imageOf('v1')), later].toSorted());
    expect(world.engine.started.map(({ containers }) => containers[0]?.image)).toEqual(
      [1, 2].map(() => imageOf('v1')),
    );
    expect(world.revision(world.deployment().targetServiceRevision?.arn).containerImages).toEqual([
      { containerName: 'api', image: imageOf('v1') },
    ]);
  });

  test('of each container is kept on its own', async () => {
    const world = ecsWorld();
    const other = { name: 'agent', image: imageOf('agent'), versionConsistency: 'disabled' };
    world.register('v1', { containerDefinitions: [{ name: 'api', image: imageOf('v1') }, other] });
    world.create();
    const ended = await world.ended();

    expect(world.revision(ended.targetServiceRevision?.arn).containerImages).toEqual([
      { containerName: 'api', image: imageOf('v1'), imageDigest: digestOf(imageOf('v1')) },
      { containerName: 'agent', image: imageOf('agent') },
    ]);
    expect(world.tasks()[0]?.containers?.map(({ imageDigest }) => imageDigest)).toEqual([
      digestOf(imageOf('v1')),
      digestOf(imageOf('agent')),
    ]);
  });

  test('that is deleted later keeps new tasks from starting', async () => {
    const world = await running();
    const digest = digestOf(imageOf('v1'));
    world.images.move(`${imageOf('v1').replace(':v1', '')}@${digest}`, undefined);

    world.update({ desiredCount: 2 });
    await world.seconds(200);

    expect(world.describe().runningCount).toBe(1);
    expect(world.tasks('STOPPED')).toMatchObject([
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: expect.stringMatching(/^CannotPullContainerError: /),
        containers: [{ reason: expect.stringMatching(/^CannotPullContainerError: /) }],
      },
    ]);
  });
});

test('stopAll ends every task, also one that is being drained, and nothing starts or is told after it', async () => {
  const world = await running({ drainSeconds: 300 }, { desiredCount: 2, loadBalancers });
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(50);
  expect(world.engine.alive.size).toBe(4);
  const told = world.events.length;

  const stopped = world.ecs.stopAll();
  await world.seconds(2);
  await stopped;
  await world.seconds(600);

  expect(world.engine.alive.size).toBe(0);
  expect(world.engine.started).toHaveLength(4);
  expect(world.events).toHaveLength(told);
});
