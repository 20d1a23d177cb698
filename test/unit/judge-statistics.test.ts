/** The judge's mathematics against golden values that SciPy computed. */
import { expect, test } from 'vitest';
import {
  binomialTail,
  countTest,
  incompleteBeta,
  inverseIncompleteBeta,
  studentTail,
} from '../../core/judge/statistics.ts';
import vectors from '../fixtures/stats/vectors.json' with { type: 'json' };

type Numbers = readonly number[];

/** The largest error relative to the golden value; below 1e-275 the golden values are cut to 0. */
function worst(rows: readonly Numbers[], compute: (row: Numbers) => number): number {
  const errors = rows.map((row) => {
    const golden = row.at(-1) ?? Number.NaN;
    return Math.abs(compute(row) - golden) / Math.max(golden, 1e-275);
  });
  return Math.max(...errors);
}

const at = (row: Numbers, index: number) => row[index] ?? Number.NaN;

test('the count test agrees with 3,000 golden values to ten digits', () => {
  expect(vectors.V).toHaveLength(3000);
  expect(
    worst(vectors.V, (v) => countTest(at(v, 0), at(v, 1), at(v, 2), at(v, 3), 1, at(v, 4))),
  ).toBeLessThan(1e-10);
});

test("the upper tail of Student's t agrees with its golden values to ten digits", () => {
  expect(worst(vectors.T, (v) => studentTail(at(v, 0), at(v, 1)))).toBeLessThan(1e-10);
});

test('the inverse of the incomplete beta function agrees with its golden values to ten digits', () => {
  expect(worst(vectors.I, (v) => inverseIncompleteBeta(at(v, 2), at(v, 0), at(v, 1)))).toBeLessThan(1e-10);
});

test.each([
  { it: 'no event after', p: countTest(0, 100, 5, 100), golden: 1 },
  { it: 'nothing before', p: countTest(5, 100, 0, 0), golden: 1 },
  { it: 'nothing after', p: countTest(5, 0, 5, 100), golden: 1 },
  { it: 'one event, equal windows', p: countTest(1, 100, 0, 100), golden: 0.5 },
  { it: 'three events, equal windows', p: countTest(3, 100, 0, 100), golden: 0.125 },
  { it: 'a ratio that makes the windows equal', p: countTest(3, 100, 0, 200, 2), golden: 0.125 },
  { it: 'clusters of two', p: countTest(6, 100, 0, 100, 1, 2), golden: 0.125 },
])('the count test of $it is $golden', ({ p, golden }) => {
  expect(p).toBeCloseTo(golden, 12);
});

test.each([
  { it: 'at least none of ten', p: binomialTail(0, 10, 0.3), golden: 1 },
  { it: 'at least one of two', p: binomialTail(1, 2, 0.5), golden: 0.75 },
  { it: 'all of ten', p: binomialTail(10, 10, 0.5), golden: 2 ** -10 },
  { it: 'more than there are', p: binomialTail(11, 10, 0.5), golden: 0 },
])('the chance of $it is $golden', ({ p, golden }) => {
  expect(p).toBeCloseTo(golden, 12);
});

test.each([
  { x: 0, value: 0 },
  { x: 1, value: 1 },
  { x: 0.25, value: 0.25 },
])('I_$x(1, 1) is $value', ({ x, value }) => {
  expect(incompleteBeta(x, 1, 1)).toBeCloseTo(value, 12);
});
