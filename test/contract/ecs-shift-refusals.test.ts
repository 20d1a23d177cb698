/** What CreateService and UpdateService refuse of services whose traffic is to be shifted. */

import { describe, expect, test } from 'vitest';
import {
  blueGreen,
  loadBalancers,
  productionRule,
  runningShift,
  shiftWorld,
  testRule,
} from '../support/ecs-shift-world.ts';

describe('CreateService and UpdateService refuse', () => {
  const [balancer] = loadBalancers;
  const advanced = (more: object) => [
    { ...balancer, advancedConfiguration: { ...balancer?.advancedConfiguration, ...more } },
  ];
  const of = (lifecycleHooks: object[]) => ({
    deploymentConfiguration: blueGreen({ lifecycleHooks } as object),
  });

  test.each([
    ['no bake time', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }, /bakeTimeInMinutes must be/],
    [
      'a bake time of more than a day',
      { deploymentConfiguration: blueGreen({ bakeTimeInMinutes: 1441 }) },
      /1440/,
    ],
    [
      'no advancedConfiguration',
      { loadBalancers: [{ ...balancer, advancedConfiguration: undefined }] },
      /advancedConfiguration field is required for all loadBalancers when using a non-ROLLING/,
    ],
    [
      'an alternate target group that is not there',
      { loadBalancers: advanced({ alternateTargetGroupArn: 'x' }) },
      /x/,
    ],
    [
      'a listener for a rule',
      { loadBalancers: advanced({ testListenerRule: testRule.replace('listener-rule', 'listener') }) },
      /^testListenerRule has an invalid ARN format\. Must be RuleArn/,
    ],
    [
      'one rule for both',
      { loadBalancers: advanced({ testListenerRule: productionRule }) },
      /cannot be used as both production and test listener rules/,
    ],
    [
      'a canary of another strategy',
      { deploymentConfiguration: blueGreen({ canaryConfiguration: { canaryPercent: 5 } }) },
      /canaryConfiguration is only valid/,
    ],
    [
      'a hook of another kind',
      of([{ targetType: 'SNS', lifecycleStages: ['PRE_SCALE_UP'] }]),
      /Invalid targetType/,
    ],
    [
      'a pause while traffic shifts',
      of([{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }]),
      /Invalid lifecycle stage provided for Pause Hook/,
    ],
    [
      'a pause of more than two weeks',
      of([
        {
          targetType: 'PAUSE',
          lifecycleStages: ['PRE_SCALE_UP'],
          timeoutConfiguration: { timeoutInMinutes: 20_161 },
        },
      ]),
      /timeoutInMinutes must be between 1 and 20160/,
    ],
    [
      'an eleventh pause',
      of(Array.from({ length: 11 }, () => ({ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }))),
      /At most 10 lifecycle hooks/,
    ],
    [
      'a function without a role',
      of([{ hookTargetArn: 'arn:aws:lambda:x', lifecycleStages: ['PRE_SCALE_UP'] }]),
      /roleArn/,
    ],
  ])('%s', (_, request, message) => {
    const world = shiftWorld();
    world.register('v1');

    expect(() =>
      world.create({
        desiredCount: 1,
        loadBalancers,
        deploymentConfiguration: blueGreen(),
        ...request,
      } as object),
    ).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException', message: expect.stringMatching(message) }),
    );
  });

  test('a change to BLUE_GREEN alone is no deployment, and one without a bake time is refused', async () => {
    const world = await runningShift(blueGreen());
    const before = world.deployment().serviceDeploymentArn;
    world.update({ deploymentConfiguration: { strategy: 'ROLLING' } });

    expect(() => world.update({ deploymentConfiguration: { strategy: 'BLUE_GREEN' } })).toThrow(/bakeTime/);
    world.update({ deploymentConfiguration: blueGreen({ bakeTimeInMinutes: 3 }) });

    expect(world.deployment().serviceDeploymentArn).toBe(before);
    expect(world.describe().deploymentConfiguration).toMatchObject({ bakeTimeInMinutes: 3 });
  });
});
