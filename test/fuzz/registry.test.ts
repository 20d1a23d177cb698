/** Whatever a registry holds or answers, the gate neither breaks nor takes an image for clean that is not. The long form is `npm run fuzz`. */
import { expect, test } from 'vitest';
import { fuzzRegistry } from './fuzz-registry.ts';

test('no mutant of an image, of what is attached to it, or of an answer makes the gate crash or pass what it must not', async () => {
  const { ends, wrong } = await fuzzRegistry({ inputs: 400, seed: 1 });

  expect(wrong).toEqual([]);
  for (const count of Object.values(ends)) expect(count).toBeGreaterThan(3);
});
