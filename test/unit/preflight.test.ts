import { expect, test } from 'vitest';
import { obstacles, type Preflight } from '../../core/preflight.ts';

const healthy: Preflight = {
  status: 'ACTIVE',
  desiredCount: 2,
  deploymentController: 'ECS',
  strategy: 'ROLLING',
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentInProgress: undefined,
  previousRevisionStatus: 'ACTIVE',
  previousImageExists: true,
  family: { running: 'my-api', configured: 'my-api' },
  unnamedRoles: [],
  architecture: 'amd64',
  imageArchitectures: ['amd64', 'arm64'],
};

test('a healthy service has no obstacles', () => {
  expect(obstacles('my-api', healthy)).toEqual([]);
});

test.each<{ it: string; seen: Partial<Preflight>; says: string }>([
  { it: 'a service that is being deleted', seen: { status: 'DRAINING' }, says: 'is DRAINING, not ACTIVE' },
  {
    it: 'CodeDeploy as controller',
    seen: { deploymentController: 'CODE_DEPLOY' },
    says: 'deployed by CODE_DEPLOY',
  },
  { it: 'a strategy that is not supported yet', seen: { strategy: 'CANARY' }, says: 'strategy CANARY' },
  { it: 'a service scaled to zero', seen: { desiredCount: 0 }, says: 'wants 0 tasks' },
  {
    it: 'percentages that leave no room: 100/100',
    seen: { maximumPercent: 100 },
    says: 'at least 2 and at most 2 tasks',
  },
  {
    it: 'percentages that leave no room for one task: 50/150',
    seen: { desiredCount: 1, minimumHealthyPercent: 50, maximumPercent: 150 },
    says: 'at least 1 and at most 1 tasks',
  },
  { it: 'a deployment of somebody else', seen: { deploymentInProgress: 'ecs-svc/1' }, says: 'ecs-svc/1' },
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
    seen: { minimumHealthyPercent: 50, maximumPercent: 100 },
  },
  { it: '100/150 with two tasks may start one first', seen: { maximumPercent: 150 } },
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
