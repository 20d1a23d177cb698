/** What the judge's benchmark compares with, and what it makes up. */
import { expect, test } from 'vitest';
import { kayenta } from '../../bench/judge/kayenta.ts';

const ones = Array.from({ length: 10 }, () => 1);

test("Kayenta's Mann-Whitney gives the numbers of spinnaker/spinnaker#6278: seven of ten points times a hundred pass", () => {
  const found = kayenta(
    ones,
    ones.map((value, index) => (index < 7 ? 100 * value : value)),
  );

  expect(found?.lower).toBeCloseTo(6.825022991538781e-5, 12);
  expect(found?.estimate).toBeCloseTo(98.99992904170193, 10);
  expect(found?.high).toBe(false);
});

test.each([
  {
    it: 'eight of ten points times a hundred',
    before: ones,
    after: [...ones.slice(2).map(() => 100), 1, 1],
    high: true,
  },
  {
    it: 'sparse errors, none before (kayenta#426)',
    before: [0, 0, 0, 0, 0, 0],
    after: [0, 1, 2, 1, 0, 0],
    high: false,
  },
  { it: 'five points all above five', before: [1, 2, 3, 4, 5], after: [10, 11, 12, 13, 14], high: true },
  {
    it: 'five points of which one is not above',
    before: [1, 2, 3, 4, 5],
    after: [4.5, 11, 12, 13, 14],
    high: false,
  },
])("Kayenta's Mann-Whitney finds $it high: $high", ({ before, after, high }) => {
  expect(kayenta(before, after)?.high).toBe(high);
});
