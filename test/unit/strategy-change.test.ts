/** What an ECS service gets to bring new versions in as the configuration says, and what it keeps. */
import { describe, expect, test } from 'vitest';
import { approvalPolicySchema } from '../../core/approval/rules.ts';
import { type SeenConfiguration, strategyChange } from '../../core/strategy-change.ts';

const hookArn = 'arn:aws:lambda:eu-west-1:123456789012:function:tidegate-production-on-lifecycle-hook';
const hook = { hookTargetArn: hookArn, roleArn: 'role', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] };
const foreign = { hookTargetArn: 'arn:aws:lambda:…:function:theirs', lifecycleStages: ['PRE_SCALE_UP'] };
const pause = { lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] };

const smoke = {
  ...{
    endpoints: [{ url: 'https://example.com/', status: 200 }],
    consecutive: 3,
    requestTimeout: 5,
    timeout: 90,
  },
  testListener: { url: 'https://example.com:8443', headers: {} },
};
const blueGreen = { rollout: { strategy: 'BLUE_GREEN', bakeTime: 600 }, smoke } as const;
const rolling = { rollout: { strategy: 'ROLLING' }, smoke: undefined } as const;
const advancedConfiguration = {
  ...{ alternateTargetGroupArn: 'a', productionListenerRule: 'p', testListenerRule: 't', roleArn: 'r' },
};
const balancer = { targetGroupArn: 'arn:…:targetgroup/my-api/1', advancedConfiguration };

const wasRolling: SeenConfiguration = {
  ...{ strategy: 'ROLLING', minimumHealthyPercent: 50, maximumPercent: 150, bakeTimeInMinutes: 0 },
  deploymentCircuitBreaker: { enable: true },
  alarms: { alarmNames: ['errors'] },
};
const wasBlueGreen: SeenConfiguration = {
  ...{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10, minimumHealthyPercent: 50, maximumPercent: 150 },
  lifecycleHooks: [foreign, hook],
};

describe('a change of the strategy', () => {
  test('keeps percentages, alarms and hooks of others, and leaves out what only rolling updates have', () => {
    const seen = { ...wasRolling, lifecycleHooks: [foreign] };

    expect(strategyChange(blueGreen, seen, [balancer], hook).deploymentConfiguration).toEqual({
      ...{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10, minimumHealthyPercent: 50, maximumPercent: 150 },
      alarms: { alarmNames: ['errors'] },
      lifecycleHooks: [foreign, hook],
    });
  });

  test('to ROLLING takes away what is of the other strategies, and the hook that has nothing to test', () => {
    const { differences, deploymentConfiguration } = strategyChange(rolling, wasBlueGreen, [balancer], hook);

    expect(differences).toEqual([
      'strategy is BLUE_GREEN, not ROLLING',
      "Tidegate's lifecycle hook at POST_TEST_TRAFFIC_SHIFT has nothing to test",
    ]);
    expect(deploymentConfiguration).toEqual({
      ...{ strategy: 'ROLLING', minimumHealthyPercent: 50, maximumPercent: 150 },
      lifecycleHooks: [foreign],
    });
  });

  test('keeps the hook as somebody else has made it', () => {
    const theirs = { ...hook, roleArn: 'their role' };
    const seen = { ...wasBlueGreen, bakeTimeInMinutes: 5, lifecycleHooks: [theirs] };

    const { differences, deploymentConfiguration } = strategyChange(blueGreen, seen, [balancer], hook);

    expect(differences).toEqual(['bakeTimeInMinutes is 5, not 10']);
    expect(deploymentConfiguration.lifecycleHooks).toEqual([theirs]);
  });

  test.each([
    {
      it: 'where a hook pauses',
      seen: { ...wasRolling, lifecycleHooks: [pause] },
      balancers: [balancer],
      says: /a hook that pauses/,
    },
    {
      it: 'where there are smoke tests and no load balancer',
      seen: wasRolling,
      balancers: [],
      says: /no load balancer/,
    },
    {
      it: 'where the load balancer has no test listener',
      seen: wasRolling,
      balancers: [
        { ...balancer, advancedConfiguration: { ...advancedConfiguration, testListenerRule: undefined } },
      ],
      says: /targetgroup\/my-api\/1 has no testListenerRule/,
    },
  ])('needs somebody else $it', ({ seen, balancers, says }) => {
    expect(strategyChange(blueGreen, seen, balancers, hook).lacks).toEqual([expect.stringMatching(says)]);
  });

  test('adds a hook that pauses where people are asked then, which ECS gives up an hour after they do', () => {
    const approval = approvalPolicySchema.parse({ at: 'pause', timeout: '8h' });
    const asked = { ...blueGreen, approval };

    const { differences, lacks, deploymentConfiguration } = strategyChange(
      asked,
      wasBlueGreen,
      [balancer],
      hook,
    );

    expect([differences, lacks]).toEqual([
      ['a hook that pauses at POST_TEST_TRAFFIC_SHIFT is missing, and people are asked there'],
      [],
    ]);
    expect(deploymentConfiguration.lifecycleHooks?.at(-1)).toEqual({
      ...{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] },
      timeoutConfiguration: { timeoutInMinutes: 540, action: 'ROLLBACK' },
    });
    const seen = { ...wasBlueGreen, lifecycleHooks: [hook, pause] };
    expect(strategyChange(asked, seen, [balancer], hook).differences).toEqual([]);
  });

  test('asks for nothing where nothing differs', () => {
    const asked = strategyChange(blueGreen, { ...wasBlueGreen, lifecycleHooks: [hook, pause] }, [], hook);

    expect([asked.differences, asked.lacks]).toEqual([[], []]);
  });
});
