/** CANARY and LINEAR: the same as BLUE_GREEN, with the users' traffic moved in steps. */

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { stepsOf } from '../../local/ecs/stages.ts';
import { lambdaHook, loadBalancers, runningShift, shiftWorld } from '../support/ecs-shift-world.ts';

const canary = (more: DeploymentConfiguration = {}): DeploymentConfiguration => ({
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 },
  bakeTimeInMinutes: 3,
  ...more,
});
const linear = (more: DeploymentConfiguration = {}): DeploymentConfiguration => ({
  strategy: 'LINEAR',
  linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 6 },
  bakeTimeInMinutes: 3,
  ...more,
});

/** The percentages that the new revision had, each with the minutes that it had them, until all was over. */
async function steps(configuration: DeploymentConfiguration) {
  const world = await runningShift(configuration);
  world.update({ taskDefinition: world.register('v2') });
  const seen: { percent: number; seconds: number }[] = [];
  while (!world.deployment().finishedAt) {
    const { green: percent } = world.traffic();
    const last = seen.at(-1);
    if (last?.percent === percent) last.seconds += 10;
    else seen.push({ percent, seconds: 10 });
    await world.seconds(10);
  }
  return seen.map(({ percent, seconds }) => ({ percent, minutes: Math.round(seconds / 60) }));
}

describe('traffic', () => {
  test('of a canary stays at its share for its bake time, then goes over as a whole', async () => {
    expect(await steps(canary())).toMatchObject([
      { percent: 0 },
      { percent: 5, minutes: 10 },
      { percent: 100 },
    ]);
  });

  test('of a linear deployment goes in equal steps, with no bake after the last but the common one', async () => {
    expect(await steps(linear())).toMatchObject([
      { percent: 0 },
      { percent: 40, minutes: 6 },
      { percent: 80, minutes: 6 },
      // Three minutes of baking, one of draining.
      { percent: 100, minutes: 4 },
    ]);
  });

  test.each([
    ['CANARY by default', { strategy: 'CANARY' }, [5, 100], 10],
    ['LINEAR by default', { strategy: 'LINEAR' }, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 6],
    [
      'steps of a third',
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 } },
      [33.3, 66.6, 99.9, 100],
      6,
    ],
    [
      'a canary of everything',
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 } },
      [100],
      undefined,
    ],
  ] as const)('%s', (_, configuration, percents, minutes) => {
    const shifts = stepsOf(configuration, 1).filter(({ stage }) => stage === 'PRODUCTION_TRAFFIC_SHIFT');

    expect(shifts.map(({ production }) => production)).toEqual(percents);
    expect(shifts[0]?.minutes).toBe(minutes);
    expect(shifts.at(-1)?.minutes).toBeUndefined();
  });
});

test('both revisions keep all their tasks at every step, and say what each gets', async () => {
  const world = await runningShift(canary());
  world.update({ taskDefinition: world.register('v2') });

  const { targetServiceRevision, sourceServiceRevisions } = await world.at('PRODUCTION_TRAFFIC_SHIFT');

  expect(targetServiceRevision).toMatchObject({ runningTaskCount: 2, requestedProductionTrafficWeight: 5 });
  expect(sourceServiceRevisions).toMatchObject([
    { runningTaskCount: 2, requestedProductionTrafficWeight: 95, requestedTestTrafficWeight: 0 },
  ]);
});

test('a rollback in the middle gives everything back at once', async () => {
  const world = await runningShift(linear());
  world.update({ taskDefinition: world.register('v2') });
  const { serviceDeploymentArn } = await world.at('PRODUCTION_TRAFFIC_SHIFT');
  await world.seconds(400);
  expect(world.traffic()).toMatchObject({ green: 80 });

  world.call('StopServiceDeployment', { serviceDeploymentArn });
  await world.seconds(3);

  expect(world.traffic()).toMatchObject({ blue: 100, green: 0 });
  expect((await world.ended()).status).toBe('ROLLBACK_SUCCESSFUL');
});

test('hooks before and at the shift are asked at every step, those after it once', async () => {
  const stages = [
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ];
  const world = await runningShift(linear({ lifecycleHooks: stages.map((stage) => lambdaHook(stage)) }), {
    lambda: () => ({ hookStatus: 'SUCCEEDED' }),
  });
  world.update({ taskDefinition: world.register('v2') });
  await world.ended();

  const target = world.deployment().targetServiceRevision?.arn ?? '';
  expect(
    world.asked.map(({ lifecycleStage, executionDetails: { productionTrafficWeights: weights } }) => [
      lifecycleStage,
      weights[target],
    ]),
  ).toEqual([
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', undefined],
    ['PRODUCTION_TRAFFIC_SHIFT', 40],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', undefined],
    ['PRODUCTION_TRAFFIC_SHIFT', 80],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', undefined],
    ['PRODUCTION_TRAFFIC_SHIFT', 100],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', undefined],
  ]);
});

test.each([
  ['a canary of nothing', canary({ canaryConfiguration: { canaryPercent: 0 } })],
  ['a canary of hundredths', canary({ canaryConfiguration: { canaryPercent: 5.55 } })],
  ['steps of less than 3 %', linear({ linearConfiguration: { stepPercent: 2.9 } })],
  ['steps that bake for more than a day', linear({ linearConfiguration: { stepBakeTimeInMinutes: 1441 } })],
  ['steps of a canary', canary({ linearConfiguration: { stepPercent: 10 } })],
])('%s is refused', (_, deploymentConfiguration) => {
  const world = shiftWorld();
  world.register('v1');

  expect(() => world.create({ desiredCount: 1, loadBalancers, deploymentConfiguration })).toThrow(
    expect.objectContaining({ code: 'InvalidParameterException' }),
  );
});
