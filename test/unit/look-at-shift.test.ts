/** When the metrics of a version are compared whose traffic ECS shifts: not before it is known whose figures are whose. */
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import type { Registered } from '../../core/judge/target-groups.ts';
import type { WaitingHook } from '../../core/pause-hook.ts';
import { lookAtDeployment } from '../../functions/look-at-deployment.ts';
import { awaitDeployment } from '../../functions/steps/await-deployment.ts';
import { deployment, ours } from '../support/seen-deployment.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const target = { cluster: 'main', service: 'web', container: 'app' };
const group = (name: string): Registered => ({
  targetGroup: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/6d0ecf831eec9f09`,
  listenerRule: undefined,
});
const config = defineConfig({
  services: {
    shop: {
      ...{ repository: 'shop', container: 'app' },
      environments: [
        {
          ...{ name: 'production', cluster: 'main', service: 'web', rollout: { strategy: 'CANARY' } },
          ...{ deploymentTimeout: '3h' },
          analysis: {
            loadBalancer: 'app/users/50dc6c495c0c9188',
            targetGroup: 'targetgroup/blue/6d0ecf831eec9f09',
          },
        },
      ],
    },
  },
});
const question = {
  release: {
    ...{ service: 'shop', environment: 'production', tag: 'v2', digest, pushedAt: 1, commit: {}, target },
    ...{ architecture: 'amd64', image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@${digest}` },
    settings: {
      ...{
        approval: false,
        approvalTimeoutSeconds: 0,
        releaseTask: false,
        smokeTests: false,
        analysis: true,
      },
    },
  },
  revision: { taskDefinitionArn: ours },
  deployment: { status: 'started' as const, startedAt: 1_000_000 },
  ...{ tested: false, measured: false, paused: null },
};

/** While 5 % of the users have the new version: where ECS says that its tasks are. */
function seen(registered: Registered[], pauses: WaitingHook[] = []) {
  const details = {
    ...{ stage: 'PRODUCTION_TRAFFIC_SHIFT', productionWeight: 5, triggeredAlarms: [] },
    ...{ source: 'before', target: 'after', pauses },
  };
  return {
    ...{ config, now: () => 1_100_000 },
    slots: { look: async () => ({}) },
    ecs: () => ({
      deploymentsSince: async () => [deployment()],
      withDetails: async () => [deployment({ details })],
      tasks: async () => [],
      registered: async (revision: string) => (revision === 'before' ? [group('blue')] : registered),
    }),
  } as unknown as Parameters<typeof lookAtDeployment>[2];
}

const look = (registered: Registered[], asked: object = question, pauses: WaitingHook[] = []) =>
  lookAtDeployment(asked as typeof question, 'v2', seen(registered, pauses));

test('they are once ECS tells where the new tasks are', async () => {
  const targetGroups = { old: group('blue').targetGroup, new: group('green').targetGroup, newPercent: 5 };

  expect(await look([group('green')])).toMatchObject({ status: 'serving', targetGroups });
});

test('they are not compared with themselves until then', async () => {
  expect(await look([])).toBeUndefined();
});

describe('a pause', () => {
  const settings = { ...question.release.settings, analysis: false };
  const asks = { ...question.release, settings: { ...settings, asksAtPauses: true } };
  const waiting = [{ hookId: 'ecs-pause-1' }];

  test.each([
    { it: 'is for people to decide', asked: { ...question, release: asks }, status: 'paused' },
    { it: 'is not, where nobody is to be asked', asked: { ...question, release: { ...asks, settings } } },
    {
      it: 'is not, where the state machine is of a version that asks nobody',
      asked: { ...question, release: asks, paused: undefined },
    },
  ])('$it', async ({ asked, status }) => {
    expect((await look([], asked, waiting))?.status).toBe(status);
  });

  test.each([
    {
      it: 'waits while there is something to check, or the state machine would go in circles',
      measured: false,
    },
    { it: 'is returned to when that is done', measured: true },
  ])('that people are asked about $it', async ({ measured }) => {
    const release = { ...question.release, settings: { ...question.release.settings, asksAtPauses: true } };
    const hook = { service: 'web', serviceDeploymentArn: 'arn', percent: 0, hookId: 'ecs-pause-1' };
    const paused = { seconds: 0, asked: [hook], answered: [] };
    const input = awaitDeployment.input.parse({ ...question, release, measured, paused });
    const aws = seen([group('green')], waiting) as Parameters<typeof awaitDeployment.run>[1];

    const found = await awaitDeployment.run(input, aws, {
      ...{ arn: 'v2', taskToken: 'token', signal: new AbortController().signal },
    });

    expect(found).toMatchObject({ status: measured ? 'paused' : 'serving' });
  });
});
