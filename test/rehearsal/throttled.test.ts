/** Releases that AWS has no capacity for yet. */
import { expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
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
