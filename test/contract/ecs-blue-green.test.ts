/** BLUE_GREEN: the new revision comes up beside the old one, gets test traffic, then all of it, and the old one stays for a while. */

import { ContinueServiceDeploymentCommand, DescribeServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { ecsClient } from '../support/ecs-client.ts';
import {
  blueGreen,
  blueGroup,
  greenGroup,
  loadBalancers,
  productionRule,
  runningShift,
  shiftWorld,
} from '../support/ecs-shift-world.ts';

const taskDefinitions = (tasks: { taskDefinitionArn?: string | undefined }[]) =>
  tasks.map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/')[1]).toSorted();

describe('a deployment', () => {
  test("goes through the stages in AWS's order, and none of them is rolling's", async () => {
    const world = await runningShift(blueGreen());
    world.update({ taskDefinition: world.register('v2') });

    const stages: (string | undefined)[] = [];
    while (!world.deployment().finishedAt) {
      const { lifecycleStage } = world.deployment();
      if (stages.at(-1) !== lifecycleStage) stages.push(lifecycleStage);
      await world.seconds(1);
    }

    expect(stages).toEqual([
      'PRE_SCALE_UP',
      'SCALE_UP',
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ]);
    expect(world.deployment()).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP' });
    expect(taskDefinitions(world.tasks())).toEqual(['api:2', 'api:2']);
  });

  test('has both revisions in full, each in a target group of its own, until it cleans up', async () => {
    const world = await runningShift(blueGreen());
    const old = world.tasks().map(({ taskArn = '' }) => taskArn);
    world.update({ taskDefinition: world.register('v2') });

    const { sourceServiceRevisions, targetServiceRevision } = await world.at('BAKE_TIME');
    expect(world.serving(blueGroup).toSorted()).toEqual(old.toSorted());
    expect(world.serving(greenGroup)).toHaveLength(2);
    expect(world.traffic()).toEqual({ blue: 0, green: 100, testBlue: 0, testGreen: 100 });
    expect(sourceServiceRevisions).toMatchObject([
      { requestedTaskCount: 2, runningTaskCount: 2, requestedProductionTrafficWeight: 0 },
    ]);
    expect(targetServiceRevision).toMatchObject({
      requestedTaskCount: 2,
      runningTaskCount: 2,
      requestedTestTrafficWeight: 100,
      requestedProductionTrafficWeight: 100,
    });

    await world.seconds(599);
    expect(world.deployment().lifecycleStage).toBe('BAKE_TIME');
    expect(world.serving(blueGroup)).toHaveLength(2);
    await world.ended();
    expect(world.serving(blueGroup)).toEqual([]);
  });

  test('asks for no task and no traffic before its time', async () => {
    const world = await runningShift(blueGreen());
    world.update({ taskDefinition: world.register('v2') });

    const { targetServiceRevision } = await world.at('PRE_SCALE_UP');
    expect(targetServiceRevision).toMatchObject({
      requestedTaskCount: 0,
      requestedTestTrafficWeight: 0,
      requestedProductionTrafficWeight: 0,
    });
    await world.at('POST_SCALE_UP');
    expect(world.traffic()).toEqual({ blue: 100, green: 0, testBlue: 100, testGreen: 0 });
    await world.at('POST_TEST_TRAFFIC_SHIFT');
    expect(world.traffic()).toEqual({ blue: 100, green: 0, testBlue: 0, testGreen: 100 });
  });

  test('takes the other target group each time, and the revision says which', async () => {
    const world = await runningShift(blueGreen({ bakeTimeInMinutes: 0 }));
    const groupOf = () => {
      const { resolvedConfiguration, loadBalancers: configured } = world.revision(
        world.deployment().targetServiceRevision?.arn,
      );
      expect(configured).toMatchObject([{ targetGroupArn: blueGroup }]);
      return resolvedConfiguration?.loadBalancers;
    };
    expect(groupOf()).toEqual([{ targetGroupArn: blueGroup, productionListenerRule: productionRule }]);

    for (const group of [greenGroup, blueGroup]) {
      world.update({ taskDefinition: world.register('next') });
      await world.ended();
      expect(groupOf()).toMatchObject([{ targetGroupArn: group }]);
      expect(world.serving(group)).toHaveLength(2);
    }
  });

  test('tells no rolloutState and no breaker, but the events of every deployment', async () => {
    const world = await runningShift(
      blueGreen({ bakeTimeInMinutes: 0, deploymentCircuitBreaker: { enable: true, rollback: true } }),
    );
    world.update({ taskDefinition: world.register('v2') });
    const { id } = world.primary();
    await world.ended();
    await world.seconds(60);

    expect(world.primary()).toMatchObject({ id, status: 'PRIMARY' });
    expect(world.told('ECS Service Action').at(-1)).toMatchObject({ eventName: 'SERVICE_STEADY_STATE' });
    expect(world.primary().rolloutState).toBeUndefined();
    expect(world.deployment().deploymentCircuitBreaker?.status).toBe('DISABLED');
    expect(world.told('ECS Deployment State Change')).toMatchObject([
      { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', deploymentId: id },
      { eventName: 'SERVICE_DEPLOYMENT_COMPLETED', deploymentId: id },
    ]);
  });

  test('replaces tasks that end meanwhile, on both sides', async () => {
    const world = await runningShift(blueGreen());
    world.update({ taskDefinition: world.register('v2') });
    await world.at('BAKE_TIME');

    for (const group of [blueGroup, greenGroup])
      world.call('StopTask', { cluster: 'prod', task: world.serving(group)[0] });
    await world.seconds(120);

    expect(world.serving(blueGroup)).toHaveLength(2);
    expect(world.serving(greenGroup)).toHaveLength(2);
  });

  test('of a service that has never run goes through all stages too', async () => {
    const world = shiftWorld();
    world.register('v1');
    world.create({ desiredCount: 2, loadBalancers, deploymentConfiguration: blueGreen() });

    await world.at('BAKE_TIME');
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
    expect(world.deployment().sourceServiceRevisions).toEqual([]);
    expect((await world.ended()).status).toBe('SUCCESSFUL');
  });
});

describe('a rollback', () => {
  test('gives all traffic back at once, and then takes the new tasks away', async () => {
    const world = await runningShift(blueGreen());
    const old = world.tasks().map(({ taskArn }) => taskArn);
    world.update({ taskDefinition: world.register('v2') });
    const { serviceDeploymentArn } = await world.at('BAKE_TIME');

    world.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    expect(world.deployment().status).toBe('ROLLBACK_REQUESTED');
    await world.seconds(2);

    expect(world.traffic()).toMatchObject({ blue: 100, green: 0, testBlue: 100, testGreen: 0 });
    expect(world.deployment()).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      rollback: { serviceRevisionArn: world.deployment().sourceServiceRevisions?.[0]?.arn },
      targetServiceRevision: { requestedProductionTrafficWeight: 0 },
    });
    const ended = await world.ended();
    expect(ended).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because of a user request.',
      lifecycleStage: 'CLEAN_UP',
    });
    expect(world.tasks().map(({ taskArn }) => taskArn)).toEqual(old);
    expect(world.describe().taskDefinition).toMatch(/api:1$/);
    expect(world.describe().deployments).toHaveLength(1);
  });

  test('is possible before it has begun', async () => {
    const world = await runningShift(blueGreen());
    world.update({ taskDefinition: world.register('v2') });
    const { serviceDeploymentArn, status } = world.deployment();
    expect(status).toBe('PENDING');

    world.call('StopServiceDeployment', { serviceDeploymentArn });

    expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(taskDefinitions(world.tasks())).toEqual(['api:1', 'api:1']);
    expect(world.engine.started).toHaveLength(2);
  });

  test('is possible before there is traffic, and before there is a task', async () => {
    for (const stage of ['PRE_SCALE_UP', 'SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT']) {
      const world = await runningShift(blueGreen());
      world.update({ taskDefinition: world.register('v2') });
      const { serviceDeploymentArn } = await world.at(stage);

      world.call('StopServiceDeployment', { serviceDeploymentArn });

      expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
      expect(taskDefinitions(world.tasks())).toEqual(['api:1', 'api:1']);
      expect(world.traffic()).toMatchObject({ blue: 100, green: 0, testBlue: 100 });
    }
  });

  test('while it cleans up starts the old tasks again before it gives them the traffic', async () => {
    const world = await runningShift(blueGreen({ bakeTimeInMinutes: 0 }));
    world.update({ taskDefinition: world.register('v2') });
    const { serviceDeploymentArn } = await world.at('CLEAN_UP');
    await world.seconds(5);

    world.call('StopServiceDeployment', { serviceDeploymentArn });
    await world.seconds(10);
    expect(world.traffic()).toMatchObject({ blue: 0, green: 100 });

    expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
    expect(taskDefinitions(world.tasks())).toEqual(['api:1', 'api:1']);
  });

  test('of a first deployment finds nothing to go back to', async () => {
    const world = shiftWorld();
    world.register('v1');
    world.create({ desiredCount: 1, loadBalancers, deploymentConfiguration: blueGreen() });
    const { serviceDeploymentArn } = await world.at('BAKE_TIME');

    world.call('StopServiceDeployment', { serviceDeploymentArn });

    expect(await world.ended()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });

  test('is the only end where new tasks do not come up: ECS tries on for a day, whatever the circuit breaker says', async () => {
    const world = await runningShift(
      blueGreen({ deploymentCircuitBreaker: { enable: true, rollback: true } }),
      { script: (_, place) => (place < 2 ? {} : { failsToStart: 'ResourceInitializationError: no' }) },
    );
    world.update({ taskDefinition: world.register('v2') });
    await world.at('SCALE_UP');

    await world.seconds(3600);
    expect(world.deployment()).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' });
    expect(world.serving(blueGroup)).toHaveLength(2);
    expect(world.primary().failedTasks).toBeGreaterThan(6);

    const { status, finishedAt, startedAt } = await world.ended(90_000);
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect((Number(finishedAt) - Number(startedAt)) / 3_600_000).toBeCloseTo(24, 0);
  });
});

describe('another update during a deployment', () => {
  test('replaces it: the old revision gets all traffic back, and what was half there goes first', async () => {
    const world = await runningShift(blueGreen());
    const old = world.tasks().map(({ taskArn }) => taskArn);
    world.update({ taskDefinition: world.register('v2') });
    const { serviceDeploymentArn: replaced } = await world.at('BAKE_TIME');

    world.update({ taskDefinition: world.register('v3') });
    expect(world.deploymentBy(replaced)).toMatchObject({ status: 'STOPPED', stoppedAt: expect.any(Date) });
    const reconciling = await world.at('RECONCILE_SERVICE');

    expect(reconciling.sourceServiceRevisions).toHaveLength(2);
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
    await world.at('SCALE_UP');
    expect(taskDefinitions(world.tasks())).toEqual(['api:1', 'api:1']);
    expect(world.tasks().map(({ taskArn }) => taskArn)).toEqual(old);
    expect((await world.ended()).status).toBe('SUCCESSFUL');
    expect(taskDefinitions(world.tasks())).toEqual(['api:3', 'api:3']);
    expect(world.serving(greenGroup)).toHaveLength(2);
  });

  test('that is rolling takes the place of the old revision in its target group', async () => {
    const world = await runningShift(blueGreen());
    world.update({ taskDefinition: world.register('v2') });
    await world.at('BAKE_TIME');

    world.update({
      taskDefinition: world.register('v3'),
      deploymentConfiguration: { strategy: 'ROLLING' },
    });
    const ended = await world.ended();

    expect(ended.status).toBe('SUCCESSFUL');
    expect(ended.lifecycleStage).toBeUndefined();
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
    expect(world.serving(blueGroup)).toHaveLength(2);
    expect(taskDefinitions(world.tasks())).toEqual(['api:3', 'api:3']);
  });
});

test("the SDK's client reads all of it", async () => {
  const world = await runningShift(blueGreen());
  world.update({ taskDefinition: world.register('v2') });
  const { serviceDeploymentArn = '' } = await world.at('BAKE_TIME');
  const client = ecsClient(world.ecs.service);

  const { serviceDeployments } = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
  );

  expect(serviceDeployments).toMatchObject([
    {
      lifecycleStage: 'BAKE_TIME',
      lifecycleHookDetails: [],
      targetServiceRevision: { requestedProductionTrafficWeight: 100 },
    },
  ]);
  const proceed = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: 'ecs-pause-none' });
  await expect(client.send(proceed)).rejects.toThrow(/either completed, unavailable, or not associated/);
});
