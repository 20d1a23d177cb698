/** What is bad is taken back, and a way back that fails is told. */
import { describe, expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

describe('a bad push is taken back', () => {
  test.each([
    { variant: 'errors', says: /5xx.*rose|5xx [\d.]+ %/ },
    { variant: 'slow', says: /p99/ },
    { variant: 'crash', says: /^\d tasks of the new revision failed/ },
    { variant: 'unhealthy', says: /^ECS took the deployment back: .*circuit breaker/ },
  ] as const)('when it is $variant', async ({ variant, says }) => {
    const world = await rehearsal();

    const release = await world.push(variant, 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'RolledBack', status: 'FAILED' });
    expect(release.reason).toMatch(says);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('and why its tasks stopped is kept: stop code, exit code and last words', async () => {
    const world = await rehearsal();

    const { record } = await world.push('crash', 'v1.0.0');

    expect(record.steps.AwaitDeployment).toMatchObject({
      status: 'failed',
      stoppedTasks: expect.arrayContaining([
        expect.objectContaining({
          stopCode: 'EssentialContainerExited',
          exitCode: 1,
          logTail: expect.any(Array),
        }),
      ]),
    });
  });

  test('and says which log group it may not read, where the configuration names another', async () => {
    const world = await rehearsal();
    world.reconfigure({ logGroups: ['/ecs/other'] });

    const { outcome, record } = await world.push('crash', 'v1.0.0');

    expect(outcome).toBe('RolledBack');
    expect(JSON.stringify(record.steps.AwaitDeployment)).toContain('add /ecs/my-api to logGroups');
  });

  test('when its image has no entrypoint', async () => {
    const world = await rehearsal();

    const release = await world.pushImage('v1.0.0', { config: { WorkingDir: '/app' } });

    expect(release.outcome).toBe('RolledBack');
    expect(JSON.stringify(release.record.steps.AwaitDeployment)).toContain('CannotStartContainerError');
  });
});

test('a version that begins to crash while figures are waited for is found before they come', async () => {
  const world = await rehearsal();

  const { outcome, history } = await world.pushImage('v1.0.0', {
    config: { Entrypoint: ['node'], Env: ['CRASH_AFTER_MS=75000'] },
  });

  expect(outcome).toBe('RolledBack');
  const looks = history.filter(({ stateEnteredEventDetails: entered }) => entered?.name === 'CompareMetrics');
  // The judge alone would have looked at once and then again when the first whole figures are there.
  const apart = looks.map(
    ({ timestamp }, index) => Number(timestamp) - Number(looks[index - 1]?.timestamp ?? timestamp),
  );
  expect(looks.length).toBeGreaterThan(1);
  expect(Math.max(...apart)).toBeLessThan(65_000);
});

test('a rollback that fails too ends as NeedsHuman, loudly', async () => {
  const world = await rehearsal({ slack: true });
  await world.pushOnly('errors', 'v1.0.0');
  // The way back is taken away after the preflight has seen it.
  await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
  await world.deleteImage(world.first);
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({ outcome: 'NeedsHuman', status: 'FAILED' });
  expect(release?.reason).toMatch(/5xx.*; the deployment of the previous revision failed too|not back/);
  expect(JSON.stringify(world.world.slack.messages())).toContain('needs a human');
});
