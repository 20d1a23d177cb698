/** Releases that AWS has no capacity for yet. */
import { expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import { awsLimits } from '../../local/limits/aws-limits.ts';
import { rehearsal } from '../support/rehearsal.ts';

const minute = 60_000;

test('a release that is throttled for a quarter of an hour waits for its turn, and is deployed', async () => {
  let refused = 0;
  let until = Number.POSITIVE_INFINITY;
  const world = await rehearsal({
    async around({ operation }, next) {
      if (operation !== 'RegisterTaskDefinition' || world.clock.now() >= until) return next();
      refused += 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    },
  });
  until = world.clock.now() + 15 * minute;

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
  // More often than the retrier of other faults has attempts, and yet no storm.
  expect(refused).toBeGreaterThan(6);
  expect(refused).toBeLessThan(40);
  const waits = release.history.filter(({ taskFailedEventDetails: failed }) => failed?.error === 'Throttled');
  expect(waits).toHaveLength(refused);
});

test('a push whose event waits in Lambda until the schedule counts it as missed is released once', async () => {
  let busy = false;
  const limits = {
    ...awsLimits,
    get concurrentFunctions() {
      return busy ? 0 : awsLimits.concurrentFunctions;
    },
  };
  const world = await rehearsal({ limits });
  busy = true;
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(44 * minute);
  expect(await world.executions()).toEqual([]);
  busy = false;
  await world.clock.advance(60 * minute);

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  expect(await world.running()).toEqual([digest, digest]);

  // What is pushed again from now on is looked at again.
  await world.deliver({ tag: 'v1.0.0', digest, id: '11111111-0000-4000-8000-000000000000' });
  await world.ended();
  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 NothingToDo']);
});
