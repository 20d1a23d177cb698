import { expect, test } from 'vitest';
import { obstacles, type Preflight, waitsFor, warnings } from '../../core/preflight.ts';
import { asEcs, strategySchema } from '../../core/strategy.ts';

const healthy: Preflight = {
  status: 'ACTIVE',
  desiredCount: 2,
  deploymentController: 'ECS',
  schedulingStrategy: 'REPLICA',
  rollout: { strategy: 'ROLLING', deploymentCircuitBreaker: { enable: true } },
  wanted: { rollout: { strategy: 'ROLLING' }, hook: false },
  underWay: undefined,
  first: false,
  firing: [],
  previousRevisionStatus: 'ACTIVE',
  previousImageExists: true,
  family: { running: 'my-api', configured: 'my-api' },
  unnamedRoles: [],
  architecture: 'amd64',
  imageArchitectures: ['amd64', 'arm64'],
};

const canary = strategySchema.parse({ strategy: 'CANARY' });
const hookArn = 'arn:aws:lambda:eu-west-1:123456789012:function:tidegate-production-on-lifecycle-hook';

test('a healthy service has no obstacles, and nothing to warn of', () => {
  expect(obstacles('my-api', healthy)).toEqual([]);
  expect(warnings('my-api', healthy, 1800)).toEqual([]);
});

test.each<{ it: string; seen: Partial<Preflight>; says: string }>([
  { it: 'a service that is being deleted', seen: { status: 'DRAINING' }, says: 'is DRAINING, not ACTIVE' },
  {
    it: 'CodeDeploy as controller',
    seen: { deploymentController: 'CODE_DEPLOY' },
    says: 'deployed by CODE_DEPLOY',
  },
  {
    it: 'a task on every instance',
    seen: { schedulingStrategy: 'DAEMON' },
    says: 'is scheduled as DAEMON',
  },
  {
    it: 'a strategy that the configuration does not know of',
    seen: { rollout: { strategy: 'CANARY' } },
    says: 'strategy is CANARY, not ROLLING',
  },
  {
    it: 'a strategy that the service does not have',
    seen: { wanted: { rollout: canary, hook: false } },
    says: 'strategy is ROLLING, not CANARY',
  },
  {
    it: 'another bake time',
    seen: { rollout: { ...asEcs(canary), bakeTimeInMinutes: 5 }, wanted: { rollout: canary, hook: false } },
    says: '(bakeTimeInMinutes is 5, not 10)',
  },
  {
    it: 'no hook where new versions are to be tested before users get them',
    seen: { rollout: asEcs(canary), wanted: { rollout: canary, hook: true } },
    says: 'no lifecycle hook of Tidegate',
  },
  {
    it: 'its hook at another stage',
    seen: {
      rollout: {
        ...asEcs(canary),
        lifecycleHooks: [{ hookTargetArn: hookArn, lifecycleStages: ['POST_SCALE_UP'] }],
      },
      wanted: { rollout: canary, hook: true },
    },
    says: 'no lifecycle hook of Tidegate',
  },
  {
    it: 'no hook that pauses where people are to be asked then',
    seen: { rollout: asEcs(canary), wanted: { rollout: canary, hook: false, pause: true } },
    says: 'no lifecycle hook that pauses, and approval.at is pause',
  },
  { it: 'a service scaled to zero', seen: { desiredCount: 0 }, says: 'wants 0 tasks' },
  {
    it: 'percentages that leave no room: 100/100',
    seen: { rollout: { maximumPercent: 100 } },
    says: 'at least 2 and at most 2 tasks',
  },
  {
    it: 'percentages that leave no room for one task: 50/150',
    seen: { desiredCount: 1, rollout: { minimumHealthyPercent: 50, maximumPercent: 150 } },
    says: 'at least 1 and at most 1 tasks',
  },
  {
    it: 'a deployment of somebody else',
    seen: { underWay: { arn: 'service-deployment/1', status: 'IN_PROGRESS' } },
    says: 'service-deployment/1',
  },
  { it: 'a way back that is INACTIVE', seen: { previousRevisionStatus: 'INACTIVE' }, says: 'is INACTIVE' },
  { it: 'a way back whose image is gone', seen: { previousImageExists: false }, says: 'no longer in ECR' },
  {
    it: 'a task definition of another family',
    seen: { family: { running: 'api', configured: 'my-api' } },
    says: 'is of the family api, and Tidegate may only register my-api',
  },
  { it: 'a role that is not named', seen: { unnamedRoles: ['api-task'] }, says: 'have the role api-task' },
  { it: 'an image for another architecture', seen: { imageArchitectures: ['arm64'] }, says: 'is for arm64' },
])('$it is an obstacle', ({ seen, says }) => {
  const [reason, ...others] = obstacles('my-api', { ...healthy, ...seen });

  expect(reason).toContain(says);
  expect(others).toEqual([]);
});

test.each<{ it: string; seen: Partial<Preflight> }>([
  {
    it: '50/100 with two tasks may stop one first',
    seen: { rollout: { minimumHealthyPercent: 50, maximumPercent: 100 } },
  },
  { it: '100/150 with two tasks may start one first', seen: { rollout: { maximumPercent: 150 } } },
  {
    it: 'percentages are of rolling updates only',
    seen: {
      rollout: { ...asEcs(canary), maximumPercent: 100 },
      wanted: { rollout: canary, hook: false },
    },
  },
  {
    it: 'its hook, whatever the installation is called',
    seen: {
      rollout: {
        ...asEcs(canary),
        lifecycleHooks: [{ hookTargetArn: hookArn, lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
      },
      wanted: { rollout: canary, hook: true },
    },
  },
  {
    it: 'nothing that was ever successful runs: there is no way back to be kept open',
    seen: {
      ...{ first: true, previousImageExists: false },
      underWay: { arn: 'service-deployment/1', status: 'IN_PROGRESS' },
    },
  },
  {
    it: 'a running image that is not pinned proves nothing either way',
    seen: { previousImageExists: undefined },
  },
])('$it: no obstacle', ({ seen }) => {
  expect(obstacles('my-api', { ...healthy, ...seen })).toEqual([]);
});

test('all reasons are told at once', () => {
  expect(obstacles('my-api', { ...healthy, desiredCount: 0, previousImageExists: false })).toHaveLength(2);
});

test.each<{ it: string; seen: Partial<Preflight>; says: string }>([
  { it: 'an alarm that fires', seen: { firing: ['my-api-5xx'] }, says: 'my-api-5xx fires already' },
  {
    it: 'no circuit breaker',
    seen: { rollout: { deploymentCircuitBreaker: { enable: false } } },
    says: 'only after 30 min',
  },
  {
    it: 'an early success',
    seen: { rollout: { ...healthy.rollout, earlySuccessCriteria: { enable: true } } },
    says: 'earlySuccessCriteria',
  },
  {
    it: 'a service of which nothing was ever successful',
    seen: { first: true },
    says: 'no way back from its first release',
  },
])('warns of $it', ({ seen, says }) => {
  expect(warnings('my-api', { ...healthy, ...seen }, 1800)).toEqual([expect.stringContaining(says)]);
});

test.each(['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'])(
  'a deployment that is %s is waited for, and no obstacle',
  (status) => {
    const seen = { ...healthy, underWay: { arn: 'service-deployment/1', status } };

    expect(waitsFor(seen)).toContain('service-deployment/1');
    expect(obstacles('my-api', seen)).toEqual([]);
  },
);

test.each<{ it: string; stage: string; pause: boolean; says: RegExp[] }>([
  {
    it: 'that nobody here answers',
    stage: 'POST_TEST_TRAFFIC_SHIFT',
    pause: false,
    says: [/asks nobody then.*within 30 min/],
  },
  {
    it: 'that comes after all users',
    stage: 'POST_PRODUCTION_TRAFFIC_SHIFT',
    pause: true,
    says: [/nobody is asked before/],
  },
  { it: 'that people are asked about', stage: 'POST_TEST_TRAFFIC_SHIFT', pause: true, says: [] },
])('a pause $it is warned of where it should be', ({ stage, pause, says }) => {
  const rollout = { ...asEcs(canary), lifecycleHooks: [{ lifecycleStages: [stage] }] };
  const seen = { ...healthy, rollout, wanted: { rollout: canary, hook: false, pause } };

  expect(obstacles('my-api', seen)).toEqual([]);
  expect(warnings('my-api', seen, 1800)).toEqual(says.map((one) => expect.stringMatching(one)));
});
