/** Events that come twice, not at all, or broken. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

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

test('a push whose event was lost is started by the schedule, once', async () => {
  const world = await rehearsal({ lose: 'aws.ecr' });
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(10_000);
  expect(await world.executions()).toEqual([]);

  await world.clock.advance(3_600_000);

  expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
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
