/** `tidegate strategy`: a service gets the strategy of the configuration by a call of its own, and releases go that way. */
import { describe, expect, test } from 'vitest';
import { against, strategies } from '../../cli/strategy/change.ts';
import type { Environment } from '../../core/config.ts';
import { installation } from '../../local/world.ts';
import { production, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

const smoke = { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } };
const blueGreen = {
  rollout: { strategy: 'BLUE_GREEN', bakeTime: '15m' },
  deploymentTimeout: '3h',
  smoke,
} as const;

async function compare({ world, clock }: Rehearsal) {
  const looking = strategies(
    { service: 'my-api', environment: 'production' },
    { surroundings: world.surroundings('tidegate-cli'), names: installation },
  );
  await settle(
    clock,
    looking.catch(() => {}),
  );
  const { services, apply } = await looking;
  const [leading] = services;
  if (!leading) throw new Error('an environment has an ECS service');
  return {
    ...leading,
    obstacles: against(services),
    async apply() {
      const applying = apply();
      await settle(
        clock,
        applying.catch(() => {}),
      );
      return applying;
    },
  };
}

const seen = async (world: Rehearsal) => {
  const { services } = await world.ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
  return services[0];
};

describe('a service', () => {
  test('that is as the configuration says is left alone', async () => {
    const world = await rehearsal({ environment: blueGreen });

    const { differences, obstacles, apply } = await compare(world);
    await apply();

    expect([differences, obstacles]).toEqual([[], []]);
    expect(world.count('UpdateService')).toBe(0);
  });

  test('gets another strategy by one call without a deployment, and the next release goes that way', async () => {
    const world = await rehearsal({ environment: blueGreen });
    const canary: Partial<Environment> = {
      rollout: { strategy: 'CANARY', percent: 20, canaryBakeTime: 900, bakeTime: 60 },
    };
    world.reconfigure(canary);
    const refused = await world.push('good', 'v1.0.0');
    world.calls.length = 0;
    const before = (await seen(world)).deployments.length;

    const { differences, apply } = await compare(world);
    await apply();

    expect(refused).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('tidegate strategy'),
    });
    expect(differences).toEqual(['strategy is BLUE_GREEN, not CANARY']);
    const updates = world.calls.filter(({ operation }) => operation === 'UpdateService');
    expect(updates.map(({ input }) => Object.keys(input as object).sort())).toEqual([
      ['cluster', 'deploymentConfiguration', 'service'],
    ]);
    const after = await seen(world);
    expect(after.deployments).toHaveLength(before);
    expect(after.deploymentConfiguration).toMatchObject({
      ...{ strategy: 'CANARY', bakeTimeInMinutes: 1 },
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 15 },
      lifecycleHooks: [{ lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
    });
    expect((await compare(world)).differences).toEqual([]);
    expect((await world.push('good', 'v1.1.0')).outcome).toBe('Deployed');
  });

  test('gets the lifecycle hook that it lacks', async () => {
    const world = await rehearsal({ environment: blueGreen });
    const { deploymentConfiguration } = await seen(world);
    const { lifecycleHooks } = deploymentConfiguration;
    const without = { ...deploymentConfiguration, lifecycleHooks: [] };
    await world.ask('ECS', 'UpdateService', {
      ...{ cluster: 'main', service: 'my-api', deploymentConfiguration: without },
    });

    const { differences, apply } = await compare(world);
    await apply();

    expect(differences).toEqual(["Tidegate's lifecycle hook at POST_TEST_TRAFFIC_SHIFT is missing"]);
    expect((await seen(world)).deploymentConfiguration.lifecycleHooks).toEqual(lifecycleHooks);
  });
});

describe('a change is refused, with what to do,', () => {
  test('while a release has the slot', async () => {
    const world = await rehearsal({ environment: blueGreen });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    world.reconfigure({ rollout: { strategy: 'BLUE_GREEN', bakeTime: 1200 } });
    world.calls.length = 0;

    const { obstacles, apply } = await compare(world);

    expect(obstacles).toEqual(['my-api: v1.0.0 is being deployed: wait until it has ended']);
    await expect(apply()).rejects.toThrow('wait until it has ended');
    expect(world.count('UpdateService')).toBe(0);
  });

  test('while somebody deploys by hand', async () => {
    const world = await rehearsal({ environment: blueGreen });
    const again = { cluster: 'main', service: 'my-api', forceNewDeployment: true };
    await world.ask('ECS', 'UpdateService', again);
    world.reconfigure({ rollout: { strategy: 'BLUE_GREEN', bakeTime: 1200 } });

    expect((await compare(world)).obstacles).toEqual([
      expect.stringMatching(/^my-api: a deployment is under way \(arn:aws:ecs:/),
    ]);
  });

  test('where the load balancer has no second target group and no rules', async () => {
    const world = await rehearsal();
    world.reconfigure({
      rollout: { strategy: 'BLUE_GREEN', bakeTime: 900 },
      smoke: {
        consecutive: 3,
        requestTimeout: 5,
        timeout: 90,
        endpoints: [],
        testListener: { url: 'http://x', headers: {} },
      },
    });

    const { differences, obstacles } = await compare(world);

    expect(differences).toEqual([
      'strategy is ROLLING, not BLUE_GREEN',
      "Tidegate's lifecycle hook at POST_TEST_TRAFFIC_SHIFT is missing",
    ]);
    expect(obstacles.map((text) => text.replace(/:?[^:]*: advanced.*has no (\w+).*/, ' $1'))).toEqual([
      ' alternateTargetGroupArn',
      ' productionListenerRule',
      ' roleArn',
      ' testListenerRule',
    ]);
  });
});
