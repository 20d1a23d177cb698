/** Tidegate is deployed anew while a release is under way: its execution keeps the old state machine, and calls new functions. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

test('a good version is not taken back because an older state machine knows no waiting for its confirmation', async () => {
  const world = await rehearsal({
    environment: { analysis: undefined },
    aroundFunction: async (name, run, event) => {
      if (name !== 'ConfirmRelease') return run();
      // It sent no confirmation of before, and went to RollBack with whatever is not `confirmed` or `superseded`.
      delete (event as { confirmation?: unknown }).confirmation;
      const answer = (await run()) as { status: string };
      return answer.status === 'continue' ? { ...answer, status: 'refuted' } : answer;
    },
  });

  const { outcome, digest } = await world.push('good', 'v1.0.0');

  expect(outcome).toBe('Deployed');
  expect(await world.running()).toEqual([digest, digest]);
});
