/** When ECS asks whether users may have a new version, and whose it is cannot be told at once. */
import { expect, test } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import { Throttled, Transient } from '../../core/errors.ts';
import { onLifecycleHook } from '../../functions/events/on-lifecycle-hook.ts';
import { home } from '../../local/aws-service.ts';

type Aws = Parameters<typeof onLifecycleHook.run>[1];
type Seen = { status: string; taskDefinitionArn: string | undefined } | undefined;

const digest = `sha256:${'a'.repeat(64)}`;
const target = { cluster: 'main', service: 'web', container: 'app' };
const release = {
  ...{ service: 'shop', environment: 'production', tag: 'v2', digest, pushedAt: 1, commit: {}, target },
  ...{ architecture: 'amd64', image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@${digest}` },
  settings: {
    ...{ approval: false, approvalTimeoutSeconds: 0, releaseTask: false, smokeTests: true, analysis: false },
  },
};
/** The release before was stopped, and left `web:2`. */
const plan = {
  ...{
    decision: 'deploy',
    runningTaskDefinitionArn: 'web:1',
    unprovedTaskDefinitionArn: 'web:2',
    changes: [],
  },
};
const smoke = { endpoints: [{ url: 'http://web.test/' }], testListener: { url: 'http://web.test:9001' } };
const environment = { name: 'production', cluster: 'main', service: 'web', smoke };
const config = defineConfig({
  services: {
    shop: {
      ...{ repository: 'shop', container: 'app' },
      environments: [{ ...environment, rollout: { strategy: 'BLUE_GREEN' } }],
    },
  },
});

/** While `web:3` is released, ECS asks about a deployment of which `look` tells. */
const asked = (look: () => Promise<Seen>, outcome?: string) =>
  onLifecycleHook.run(
    {
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      resourceArn: 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/web/abc',
    },
    {
      ...{ config, home },
      ecs: () => ({ deployment: look }),
      records: {
        of: async () => ({ outcome, steps: { ResolveRelease: { release }, PlanDeployment: plan } }),
      },
      slots: {
        look: async () => ({
          unproved: { taskDefinitionArn: 'web:3', wayBack: 'web:1', execution: 'v2', since: 1 },
        }),
      },
    } as unknown as Aws,
    () => 60_000,
  );
const deploys =
  (taskDefinitionArn: string | undefined, status = 'IN_PROGRESS') =>
  async () => ({ status, taskDefinitionArn });

test.each<{ it: string; look: () => Promise<Seen>; answer: string }>([
  {
    it: 'asks again while AWS is too busy',
    look: () => Promise.reject(new Throttled('x')),
    answer: 'IN_PROGRESS',
  },
  {
    it: 'asks again after a lost answer',
    look: () => Promise.reject(new Transient('x')),
    answer: 'IN_PROGRESS',
  },
  { it: 'asks again while it is not shown', look: async () => undefined, answer: 'IN_PROGRESS' },
  { it: 'asks again while its revision is not shown', look: deploys(undefined), answer: 'IN_PROGRESS' },
  { it: 'keeps users from what a release left that was stopped', look: deploys('web:2'), answer: 'FAILED' },
  {
    it: 'does not hold that up on its way back',
    look: deploys('web:2', 'ROLLBACK_IN_PROGRESS'),
    answer: 'SUCCEEDED',
  },
  { it: 'lets the way back in', look: deploys('web:1'), answer: 'SUCCEEDED' },
])('ECS $it', async ({ look, answer }) => {
  expect(await asked(look)).toMatchObject({ hookStatus: answer });
});

test('what somebody deploys by hand once the release has ended is theirs to judge', async () => {
  expect(await asked(deploys('web:2'), 'NeedsHuman')).toEqual({ hookStatus: 'SUCCEEDED' });
});

test('what nobody expected is no yes', async () => {
  await expect(asked(() => Promise.reject(new Error('AccessDenied')))).rejects.toThrow('AccessDenied');
});
