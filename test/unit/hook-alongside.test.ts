/** When ECS asks whether users may have the new version of a service that moves with another one. */
import { expect, test } from 'vitest';
import { type ConfigInput, defineConfig, environmentOf } from '../../core/config.ts';
import { type Release, targetsOf } from '../../core/release.ts';
import { onLifecycleHook } from '../../functions/events/on-lifecycle-hook.ts';
import { home } from '../../local/aws-service.ts';

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];
type Aws = Parameters<typeof onLifecycleHook.run>[1];
const smoke = { endpoints: [{ url: 'http://web.test/' }] };
const shifting: EnvironmentInput['rollout'] = { strategy: 'BLUE_GREEN' };
const testListener = { url: 'http://web.test:9001' };

/** What AWS and the table answer while `web` and its worker are released. */
function releasing(
  leading: Partial<EnvironmentInput>,
  smokeTests?: string,
  changed = ['web', 'worker'],
): Aws {
  const config = defineConfig({
    services: {
      shop: {
        ...{ repository: 'shop', container: 'app' },
        environments: [
          {
            ...{ name: 'production', cluster: 'main', service: 'web', smoke, ...leading },
            alongside: [{ service: 'worker', rollout: shifting }],
          },
        ],
      },
    },
  });
  const { service, environment } = environmentOf(config, 'shop', 'production');
  const [target, ...others] = targetsOf(service, environment);
  const release: Release = {
    ...{
      service: 'shop',
      environment: 'production',
      tag: 'v1',
      pushedAt: 1,
      commit: {},
      architecture: 'amd64',
    },
    ...{ target, others, digest: `sha256:${'a'.repeat(64)}` },
    image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${'a'.repeat(64)}`,
    settings: {
      ...{
        approval: false,
        approvalTimeoutSeconds: 0,
        releaseTask: false,
        smokeTests: true,
        analysis: false,
      },
    },
  };
  const [first = '', ...more] = changed;
  const undo = (name: string) => ({ taskDefinitionArn: `${name}:2`, wayBack: `${name}:1` });
  const unproved = {
    ...{ ...undo(first), execution: 'v1', since: 1 },
    ...(first !== 'web' && { service: first }),
    ...(more.length > 0 && { others: Object.fromEntries(more.map((name) => [name, undo(name)])) }),
  };
  const deployment = async (arn: string) => ({
    status: 'IN_PROGRESS',
    taskDefinitionArn: `${arn.split('/')[2]}:2`,
  });
  const steps = {
    ResolveRelease: { release },
    ...(smokeTests && { RunSmokeTests: { status: smokeTests } }),
  };
  return {
    ...{ config, home },
    ecs: () => ({ deployment }),
    records: { of: async () => ({ execution: 'v1', steps }) },
    slots: { look: async ({ service: name }: { service: string }) => (name === 'web' ? { unproved } : {}) },
  } as unknown as Aws;
}

const asked = (service: string, lifecycleStage = 'POST_TEST_TRAFFIC_SHIFT') => ({
  lifecycleStage,
  resourceArn: `arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/${service}/abc`,
});
const testedFirst = { rollout: shifting, smoke: { ...smoke, testListener } };

test.each<{ it: string; service?: string; aws: Aws; answer: string }>([
  { it: 'waits with it for its smoke tests', aws: releasing(testedFirst), answer: 'IN_PROGRESS' },
  { it: 'has users when it has', aws: releasing(testedFirst, 'pass'), answer: 'SUCCEEDED' },
  { it: 'has none when it has none', aws: releasing(testedFirst, 'fail'), answer: 'FAILED' },
  {
    it: 'waits for no test that comes after all have moved',
    aws: releasing({ rollout: { strategy: 'ROLLING' } }),
    answer: 'SUCCEEDED',
  },
  {
    it: 'waits for no test of what runs already',
    aws: releasing(testedFirst, undefined, ['worker']),
    answer: 'SUCCEEDED',
  },
  {
    it: 'is let be where it is not deployed',
    aws: releasing(testedFirst, 'fail', ['web']),
    answer: 'SUCCEEDED',
  },
])('what moves with the leading service $it', async ({ aws, answer }) => {
  expect(await onLifecycleHook.run(asked('worker'), aws, () => 60_000)).toMatchObject({ hookStatus: answer });
});

test('the leading service waits for its tests as if it were alone', async () => {
  const answer = await onLifecycleHook.run(asked('web'), releasing(testedFirst), () => 60_000);

  expect(answer).toEqual({ hookStatus: 'IN_PROGRESS', callBackDelay: 10 });
});
