/** Every recorded execution ends, and writes its history, as it did on AWS. */
import { expect, test } from 'vitest';
import { allCases, cases, notRun, runCase } from '../support/asl-corpus.ts';
import { executionDifferences, verdict } from '../support/asl-verdict.ts';

test.each(cases('execution'))('an execution goes as on AWS: $id', async (one) => {
  const ran = await runCase(one);

  expect(verdict(one, executionDifferences(one, ran))).toEqual([]);
});

test('every case that is listed as not run exists', () => {
  const ids = new Set(allCases().map(({ id }) => id));

  expect(Object.keys(notRun).filter((id) => !ids.has(id))).toEqual([]);
});
