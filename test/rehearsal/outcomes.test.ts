import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

test('a good push is deployed', async () => {
  const world = await rehearsal();

  const release = await world.push('good', 'v1.0.0');

  console.log(release.seconds, release.reason);
  expect(release.outcome).toBe('Deployed');
  expect(await world.running()).toEqual([release.digest, release.digest]);
});
