/** Services whose traffic ECS shifts: what is good is proved on the way, what is bad is taken back while the old version stands. */
import { describe, expect, test } from 'vitest';
import { blueGreen, rollouts, shifting } from '../support/shifting.ts';

/** Answers every request of users with an error; its health check is fine. */
const broken = { config: { Entrypoint: ['node'], Env: ['ERROR_RATE=1'] } };

describe.each(rollouts)('%s', (_, rollout) => {
  test('a good version is proved before it has users, and deployed', async () => {
    const world = await shifting(rollout);

    const { outcome, digest } = await world.push('good', 'v1.1.0');

    expect(outcome).toBe('Deployed');
    expect(await world.running()).toEqual([digest, digest]);
    expect(await world.deployment()).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP' });
    expect(world.deadLetters).toEqual([]);
  });

  test('a version that fails its smoke tests meets no user', async () => {
    let asked = 0;
    const world = await shifting(rollout, {
      aroundRequest: (next) => {
        asked += 1;
        return next();
      },
    });

    const { outcome, reason } = await world.pushImage('v1.1.0', broken);

    expect({ outcome, reason }).toEqual({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^http:\/\/my-api.test:9001\/ answered 500/),
    });
    // The smoke tests' own requests count too. Of users there would be twenty more each second.
    expect(await world.requestsToTheNew()).toBeLessThanOrEqual(asked);
    expect(await world.running()).toEqual([world.first, world.first]);
    const { status, targetServiceRevision } = await world.deployment();
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(targetServiceRevision?.requestedProductionTrafficWeight).toBe(0);
  });

  test('a version with errors is taken back by one call, while the old tasks stand', async () => {
    const world = await shifting(rollout);
    const tasks = { cluster: 'main', serviceName: 'my-api' };
    const before = await world.ask('ECS', 'ListTasks', tasks);

    const { outcome, reason, record } = await world.push('errors', 'v1.1.0');

    expect({ outcome, reason }).toEqual({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^5xx rose from 0.00 %/),
    });
    expect(world.count('StopServiceDeployment')).toBe(1);
    expect(world.count('UpdateService')).toBe(1);
    expect(record.steps.RunSmokeTests).toMatchObject({ status: 'pass' });
    expect(await world.requestsToTheNew()).toBeGreaterThan(0);
    const after = await world.ask('ECS', 'ListTasks', tasks);
    expect(after.taskArns.toSorted()).toEqual(before.taskArns.toSorted());
  });

  test.each(['crash', 'unhealthy'] as const)(
    'a version that is %s is taken back before it has users',
    async (variant) => {
      const world = await shifting(rollout);

      const { outcome, record } = await world.push(variant, 'v1.1.0');

      expect(outcome).toBe('RolledBack');
      expect(record.steps.AwaitDeployment).toMatchObject({ cause: 'crash loop' });
      expect(await world.requestsToTheNew()).toBe(0);
    },
  );
});

test('the next version comes to the target group that is free now', async () => {
  const world = await shifting(blueGreen);
  await world.push('good', 'v1.1.0');

  const { outcome, digest } = await world.push('good', 'v1.2.0');

  expect(outcome).toBe('Deployed');
  expect(await world.running()).toEqual([digest, digest]);
});

test('what somebody deploys by hand meets users without being asked for', async () => {
  const world = await shifting(blueGreen);
  const service = { cluster: 'main', service: 'my-api' };

  await world.ask('ECS', 'UpdateService', { ...service, forceNewDeployment: true });
  await world.clock.advance(30 * 60_000);

  const { serviceDeployments } = await world.ask('ECS', 'ListServiceDeployments', service);
  expect(serviceDeployments.map(({ status }: { status: string }) => status)).toEqual([
    'SUCCESSFUL',
    'SUCCESSFUL',
  ]);
});

test('a newer push takes the place of a version that is not measured yet', async () => {
  const world = await shifting(blueGreen);
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(45_000);
  const { digest } = await world.pushOnly('good', 'v1.2.0');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Superseded', 'v1.2.0 Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
});

test.each([
  {
    it: 'somebody stops its deployment',
    async meanwhile({ ask, deployment }: Awaited<ReturnType<typeof shifting>>) {
      const { serviceDeploymentArn } = await deployment();
      await ask('ECS', 'StopServiceDeployment', { serviceDeploymentArn });
    },
    outcome: 'RolledBack',
  },
  {
    it: 'somebody deploys something else',
    async meanwhile({ ask }: Awaited<ReturnType<typeof shifting>>) {
      await ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-api', taskDefinition: 'my-api:1' });
    },
    outcome: 'Superseded',
  },
])('that $it while metrics are compared is noticed long before their window is over', async (kind) => {
  const world = await shifting(blueGreen);
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.until(() => world.count('GetMetricData') > 0, 600_000);
  const compared = world.clock.now();
  await kind.meanwhile(world);
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe(kind.outcome);
  const looked = release?.history.findLast(
    ({ stateExitedEventDetails: left }) => left?.name === 'CompareMetrics',
  );
  expect(Number(looked?.timestamp) - compared).toBeLessThan(65_000);
});

test('and waits for one that was measured and held, until ECS has cleaned up', async () => {
  const world = await shifting(blueGreen);
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(12 * 60_000);
  const { digest } = await world.pushOnly('good', 'v1.2.0');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed', 'v1.2.0 Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
});

test('a release that was stopped by hand keeps its version from users', async () => {
  const world = await shifting(blueGreen);
  const { digest } = await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(20_000);

  await world.stop();
  await world.clock.advance(30 * 60_000);

  expect(await world.requestsToTheNew()).toBe(0);
  expect(await world.running()).not.toContain(digest);
});

test('a bad version is taken back though all events of ECS are lost', async () => {
  const world = await shifting(blueGreen, { lose: 'aws.ecs' });

  const { outcome } = await world.push('crash', 'v1.1.0');

  expect(outcome).toBe('RolledBack');
  expect(await world.requestsToTheNew()).toBe(0);
});
