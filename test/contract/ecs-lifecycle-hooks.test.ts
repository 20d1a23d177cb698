/** Lifecycle hooks: what ECS asks them, what their answers do, and what it tells of them. */

import { describe, expect, test } from 'vitest';
import { blueGreen, hookArn, lambdaHook, pauseHook, runningShift } from '../support/ecs-shift-world.ts';

const started = async (
  lifecycleHooks: (ReturnType<typeof lambdaHook> | ReturnType<typeof pauseHook>)[],
  settings: Parameters<typeof runningShift>[1] = {},
) => {
  const world = await runningShift(blueGreen({ bakeTimeInMinutes: 1, lifecycleHooks }), settings);
  world.update({ taskDefinition: world.register('v2') });
  return world;
};
const succeeds = () => ({ hookStatus: 'SUCCEEDED' });

describe('a Lambda hook', () => {
  test('is asked as AWS asks it, and the deployment goes on when it succeeds', async () => {
    const world = await started([lambdaHook('POST_TEST_TRAFFIC_SHIFT', { hookDetails: { bucket: 'b' } })], {
      lambda: succeeds,
    });
    const { status, serviceDeploymentArn, targetServiceRevision } = await world.ended();

    expect(status).toBe('SUCCESSFUL');
    const { at: _, ...question } = world.asked[0] ?? {};
    expect(world.asked).toHaveLength(1);
    expect(question).toEqual({
      executionDetails: {
        testTrafficWeights: {},
        productionTrafficWeights: {},
        serviceArn: world.describe().serviceArn,
        targetServiceRevisionArn: targetServiceRevision?.arn,
      },
      executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      resourceArn: serviceDeploymentArn,
      hookDetails: { bucket: 'b' },
    });
  });

  test('is told the weights at the stages that shift traffic only', async () => {
    const stages = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];
    const world = await started(
      stages.map((stage) => lambdaHook(stage)),
      { lambda: succeeds },
    );
    const { sourceServiceRevisions, targetServiceRevision } = await world.ended();
    const moved = { [targetServiceRevision?.arn ?? '']: 100, [sourceServiceRevisions?.[0]?.arn ?? '']: 0 };

    expect(
      world.asked.map(
        ({ lifecycleStage, executionDetails: { testTrafficWeights, productionTrafficWeights } }) => [
          lifecycleStage,
          testTrafficWeights,
          productionTrafficWeights,
        ],
      ),
    ).toEqual([
      ['PRE_SCALE_UP', {}, {}],
      ['POST_SCALE_UP', {}, {}],
      ['TEST_TRAFFIC_SHIFT', moved, {}],
      ['PRODUCTION_TRAFFIC_SHIFT', {}, moved],
    ]);
  });

  test('that is in progress is asked again after its delay, 30 s where it says none, with what it left', async () => {
    const answers = [
      { hookStatus: 'IN_PROGRESS' },
      { hookStatus: 'IN_PROGRESS', callBackDelay: 10, hookDetails: { asked: 1 } },
      { hookStatus: 'SUCCEEDED' },
    ];
    const world = await started([lambdaHook('POST_TEST_TRAFFIC_SHIFT')], { lambda: () => answers.shift() });
    await world.ended();

    const [first, second, third] = world.asked;
    expect([second, third].map((question) => (question?.at ?? 0) - (first?.at ?? 0))).toEqual([
      30_000, 40_000,
    ]);
    expect([first, second, third].map((question) => question?.hookDetails)).toEqual([
      undefined,
      undefined,
      { asked: 1 },
    ]);
    expect(new Set(world.asked.map(({ executionId }) => executionId)).size).toBe(1);
  });

  test.each([
    ['fails', () => ({ hookStatus: 'FAILED' }), `Lifecycle hook target ${hookArn} returned FAILED status.`],
    [
      'answers nothing',
      () => undefined,
      `ECS was unable to parse the response from ${hookArn} due to: HookStatus must not be null.`,
    ],
    [
      'throws',
      () => ({ errorType: 'Error', errorMessage: 'no', trace: [] }),
      `ECS was unable to parse the response from ${hookArn} due to: HookStatus must not be null.`,
    ],
    ['answers something else', () => ({ hookStatus: 'MAYBE' }), /^ECS was unable to parse the response/],
    [
      'is not there',
      () => {
        throw new Error('Function not found: x');
      },
      `ECS was unable to invoke hook target ${hookArn} due to Function not found: x`,
    ],
  ])('that %s takes the deployment back, and says why', async (_, lambda, why) => {
    const world = await started([lambdaHook('POST_TEST_TRAFFIC_SHIFT')], { lambda });
    const { id } = world.primary();
    const { status, statusReason = '' } = await world.ended();

    const before =
      'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. ';
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(statusReason.slice(0, before.length)).toBe(before);
    expect(statusReason.slice(before.length)).toMatch(why);
    expect(world.messages()).toContain(`(service api) (deployment ${id}) deployment failed: ${statusReason}`);
    expect(world.told('ECS Deployment State Change')[1]).toMatchObject({
      eventType: 'ERROR',
      eventName: 'SERVICE_DEPLOYMENT_FAILED',
      deploymentId: id,
      reason: statusReason,
    });
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0, testBlue: 100 });
  });

  test.each([
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
    ['CONTINUE', 'SUCCESSFUL'],
  ])('that does not come to an end is given up in time: %s', async (action, status) => {
    const timeoutConfiguration = { timeoutInMinutes: 5, action };
    const world = await started([lambdaHook('POST_TEST_TRAFFIC_SHIFT', { timeoutConfiguration })], {
      lambda: () => ({ hookStatus: 'IN_PROGRESS' }),
    });
    const { lifecycleHookDetails } = await world.at('POST_TEST_TRAFFIC_SHIFT');
    const asked = world.asked.length;
    expect(lifecycleHookDetails).toMatchObject([
      { targetType: 'AWS_LAMBDA', targetArn: hookArn, status: 'IN_PROGRESS', timeoutAction: action },
    ]);

    expect((await world.ended()).status).toBe(status);
    expect(world.asked.length - asked).toBeLessThanOrEqual(10);
    expect(world.told('ECS Hook State Change').map(({ eventName }) => eventName)).toEqual([
      'HOOK_IN_PROGRESS',
      'HOOK_TIMED_OUT',
    ]);
  });

  test('of a shift is asked once more with reversed weights when the deployment is taken back, and no other is', async () => {
    const stages = ['TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];
    const world = await started(
      stages.map((stage) => lambdaHook(stage)),
      { lambda: succeeds },
    );
    const { serviceDeploymentArn, targetServiceRevision, sourceServiceRevisions } =
      await world.at('BAKE_TIME');
    world.asked.length = 0;

    world.call('StopServiceDeployment', { serviceDeploymentArn });
    await world.ended();

    const back = { [targetServiceRevision?.arn ?? '']: 0, [sourceServiceRevisions?.[0]?.arn ?? '']: 100 };
    expect(world.asked).toMatchObject([
      {
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        executionDetails: {
          targetServiceRevisionArn: targetServiceRevision?.arn,
          productionTrafficWeights: back,
          testTrafficWeights: {},
        },
      },
      { lifecycleStage: 'TEST_TRAFFIC_SHIFT', executionDetails: { testTrafficWeights: back } },
    ]);
  });

  test('that fails on the way back leaves the rollback failed, with the traffic back', async () => {
    let goingBack = false;
    const world = await started([lambdaHook('PRODUCTION_TRAFFIC_SHIFT')], {
      lambda: () => ({ hookStatus: goingBack ? 'FAILED' : 'SUCCEEDED' }),
    });
    const { serviceDeploymentArn } = await world.at('BAKE_TIME');
    goingBack = true;

    world.call('StopServiceDeployment', { serviceDeploymentArn });

    expect((await world.ended()).status).toBe('ROLLBACK_FAILED');
    expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
    await world.seconds(600);
    expect(world.deployment().status).toBe('ROLLBACK_FAILED');
  });
});

describe('a pause', () => {
  const paused = async (more: object = {}) => {
    const world = await started([pauseHook('POST_TEST_TRAFFIC_SHIFT', more)]);
    const { lifecycleHookDetails = [], serviceDeploymentArn = '' } =
      await world.at('POST_TEST_TRAFFIC_SHIFT');
    const [hook] = lifecycleHookDetails;
    const proceed = (action?: string, hookId = hook?.hookId) =>
      world.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId, ...(action && { action }) });
    return { world, hook, proceed, serviceDeploymentArn };
  };

  test('waits until it is told to continue', async () => {
    const { world, hook, proceed } = await paused();
    expect(hook).toMatchObject({
      hookId: expect.stringMatching(/^ecs-pause-[\w-]+$/),
      targetType: 'PAUSE',
      status: 'AWAITING_ACTION',
      timeoutAction: 'ROLLBACK',
    });
    await world.seconds(3600);
    expect(world.deployment().lifecycleStage).toBe('POST_TEST_TRAFFIC_SHIFT');

    proceed();

    expect((await world.ended()).status).toBe('SUCCESSFUL');
    expect(() => proceed()).toThrow(expect.objectContaining({ code: 'ConflictException' }));
  });

  test('tells its events in the shape that was recorded on AWS', async () => {
    const { world, hook, proceed, serviceDeploymentArn } = await paused();
    proceed('CONTINUE');
    await world.ended();

    const events = world.events.filter((event) => event['detail-type'] === 'ECS Hook State Change');
    expect(events).toMatchObject([
      { source: 'aws.ecs', resources: [serviceDeploymentArn] },
      { detail: { eventType: 'INFO', eventName: 'HOOK_SUCCEEDED', hookId: hook?.hookId } },
    ]);
    expect(events[0]?.detail).toEqual({
      eventType: 'INFO',
      eventName: 'HOOK_AWAITING_ACTION',
      hookId: hook?.hookId,
      hookType: 'PAUSE',
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      clusterArn: world.describe().clusterArn,
      serviceArn: world.describe().serviceArn,
      serviceDeploymentArn,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
    });
  });

  test('takes the deployment back when it is told to, or when nobody says anything', async () => {
    const told = await paused();
    told.proceed('ROLLBACK');
    expect(await told.world.ended()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });

    const silent = await paused({ timeoutConfiguration: { timeoutInMinutes: 20 } });
    expect(await silent.world.ended()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.',
    });
  });

  test('is answered under its own id only', async () => {
    const { world, hook, proceed, serviceDeploymentArn } = await paused();

    expect(() => proceed('CONTINUE', 'mine')).toThrow(/hookId must follow the format/);
    expect(() => proceed('CONTINUE', 'ecs-pause-other')).toThrow(
      /not associated with the given Resource ARN/,
    );
    for (const half of [{ serviceDeploymentArn }, { hookId: hook?.hookId }])
      expect(() => world.call('ContinueServiceDeployment', half)).toThrow(/hookId|service deployment/i);
    expect(world.deployment().lifecycleStage).toBe('POST_TEST_TRAFFIC_SHIFT');
  });

  test('is shown by DescribeServices without its type and timeout', async () => {
    const { world } = await paused({ timeoutConfiguration: { timeoutInMinutes: 20 } });

    expect(world.describe().deploymentConfiguration?.lifecycleHooks).toEqual([
      { lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] },
    ]);
  });
});

test('hooks of one stage run side by side, and the first that fails decides', async () => {
  const world = await started([pauseHook('POST_SCALE_UP'), lambdaHook('POST_SCALE_UP')], {
    lambda: () => ({ hookStatus: 'FAILED' }),
  });

  expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
  expect(world.told('ECS Hook State Change').map(({ eventName }) => eventName)).toEqual([
    'HOOK_AWAITING_ACTION',
    'HOOK_IN_PROGRESS',
    'HOOK_FAILED',
  ]);

  await world.seconds(100_000);
  expect(world.told('ECS Hook State Change')).toHaveLength(3);
});

test('a hook of a deployment that was replaced is asked no more', async () => {
  const world = await started([lambdaHook('POST_TEST_TRAFFIC_SHIFT')], {
    lambda: () => ({ hookStatus: 'IN_PROGRESS' }),
  });
  const { serviceDeploymentArn } = await world.at('POST_TEST_TRAFFIC_SHIFT');
  await world.seconds(1);
  world.update({ taskDefinition: world.register('v3') });
  world.asked.length = 0;

  await world.seconds(300);

  const { resourceArn } = world.asked[0] ?? {};
  expect(resourceArn).toBe(world.deployment().serviceDeploymentArn);
  expect(world.asked.filter((question) => question.resourceArn === serviceDeploymentArn)).toEqual([]);
});
