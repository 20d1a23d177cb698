/** A service of which nothing was ever successful: its first release is let in, and has no way back. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

test('a push is deployed though what was there before never started', async () => {
  const world = await rehearsal({ before: 'unhealthy' });

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
  expect(release.record.steps.PlanDeployment).toMatchObject({
    first: true,
    warnings: [expect.stringContaining('no way back from its first release')],
  });
  expect(await world.running()).toEqual([release.digest, release.digest]);
});

test('a bad one needs somebody at once: there is nothing to go back to', async () => {
  const world = await rehearsal({ before: 'unhealthy' });

  const release = await world.push('crash', 'v1.0.0');

  expect(release.outcome).toBe('NeedsHuman');
  expect(release.reason).toMatch(
    /of the new revision failed.*nothing to go back to; push a version that works/,
  );
  expect(world.count('UpdateService')).toBe(1);
});

test('the next push is a first one still', async () => {
  const world = await rehearsal({ before: 'unhealthy' });
  await world.push('crash', 'v1.0.0');

  const release = await world.push('good', 'v1.1.0');

  expect(release.outcome).toBe('Deployed');
  expect(await world.running()).toEqual([release.digest, release.digest]);
});
