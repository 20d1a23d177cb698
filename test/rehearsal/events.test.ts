/** Events that come twice, not at all, or broken. */
import { expect, test } from 'vitest';
import { fault, refused } from '../support/fault.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

test('an event that is delivered twice starts one release', async () => {
  const world = await rehearsal();
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  const event = { id: '11111111-0000-4000-8000-000000000000', tag: 'v1.0.0', digest };

  await world.deliver(event);
  await world.deliver(event);
  await world.ended();

  // One of the real event, one of the two copies.
  expect(await world.executions()).toHaveLength(2);
});

test('a push whose event was lost is started by the schedule, once, and marked as seen late', async () => {
  const world = await rehearsal({ lose: 'aws.ecr', slack: true });
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(10_000);
  expect(await world.executions()).toEqual([]);

  await world.clock.advance(3_600_000);

  const [release, ...others] = await world.releases();
  expect(others).toEqual([]);
  expect(release).toMatchObject({ outcome: 'Deployed', record: { request: { seenLate: true } } });
  expect(JSON.stringify(world.world.slack.messages())).toContain('seen late: no event told of this push');
  expect(await world.running()).toEqual([digest, digest]);
});

test('of the tags of one image that no event told of, the schedule takes the one that says which version it is', async () => {
  const world = await rehearsal({ lose: 'aws.ecr', service: { latest: true } });
  const first = await world.pushOnly('good', 'v1.0.0');
  await world.retag(first, 'latest');

  await world.clock.advance(3_600_000);

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
});

test('what was in the repository before Tidegate was is never released by itself', async () => {
  const world = await rehearsal({ lose: 'aws.ecr', fresh: true });
  const before = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(3 * 3_600_000);
  expect(await world.executions()).toEqual([]);
  expect(await world.running()).not.toContain(before.digest);

  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(3_600_000);

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed']);
});

test('a push whose event was lost is started though another service cannot be read, and that is told', async () => {
  const world = await rehearsal({ lose: 'aws.ecr' });
  const { services } = world.config;
  for (const [name, mine] of Object.entries(services)) {
    // What is gone is looked at first.
    delete services[name];
    services.gone = { ...mine, environments: mine.environments.map((one) => ({ ...one, service: 'gone' })) };
    services[name] = mine;
  }
  world.world.reinstall();

  // The schedule gets to know it.
  await world.clock.advance(16 * 60_000);

  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(3_600_000);

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  expect(world.deadLetters).toContainEqual(
    expect.objectContaining({
      function: 'reconcile-pushes',
      error: expect.stringContaining('ECS service main/gone: MISSING'),
    }),
  );
});

test.each([
  { it: 'could not be started', operation: 'StartExecution', saying: 'my-api-production' },
  { it: 'could not even be written down', operation: 'UpdateItem', saying: 'open my-api/production' },
])('a promotion that $it is started by the schedule, once', async ({ operation, saying }) => {
  const promoting = fault(operation, refused, { saying });
  const staging = { ...production, name: 'staging', cluster: 'staging' };
  const world = await rehearsal({
    service: { environments: [staging, production] },
    around: promoting.around,
  });
  promoting.begin();
  const { digest } = await world.push('good', 'v1.0.0');
  promoting.end();
  expect(promoting.hits()).toBeGreaterThan(0);
  expect(await world.running('main')).toEqual([world.first, world.first]);

  await world.clock.advance(3_600_000);

  const releases = await world.releases();
  expect(releases.map(({ outcome, record }) => [record.request?.environment, outcome])).toEqual([
    ['production', 'Deployed'],
    ['staging', 'Deployed'],
  ]);
  expect(await world.running('main')).toEqual([digest, digest]);
});

test('a malformed event goes to the dead letters with the reason, and starts nothing', async () => {
  const world = await rehearsal();

  await world.deliver({ tag: 'v1.0.0', digest: 'sha256:short' });
  await world.clock.advance(600_000);

  expect(await world.executions()).toEqual([]);
  expect(world.deadLetters).toEqual([
    expect.objectContaining({
      function: 'start-release',
      error: expect.stringContaining('detail.image-digest'),
    }),
  ]);
});

test('a Slack that is down keeps the schedule from nothing', async () => {
  const world = await rehearsal({ slack: true, slackIsDown: true, lose: 'aws.ecr' });
  const first = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(3_600_000);
  const second = await world.pushOnly('good', 'v1.1.0');

  await world.clock.advance(3_600_000);

  expect(await world.running()).toEqual([second.digest, second.digest]);
  expect(first.digest).not.toBe(second.digest);
});
