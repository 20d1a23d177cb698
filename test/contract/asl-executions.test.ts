/** Every recorded execution ends, and writes its history, as it did on AWS. */
import { expect, test } from 'vitest';
import { cases, runCase } from '../support/asl-corpus.ts';
import { executionDifferences, verdict } from '../support/asl-verdict.ts';

test.each(cases('execution'))('an execution goes as on AWS: $id', async (one) => {
  const ran = await runCase(one);

  expect(verdict(one, executionDifferences(one, ran))).toEqual([]);
});
