/** What the judge's benchmark compares with, and what it makes up. */
import { expect, test } from 'vitest';
import { kayenta } from '../../bench/judge/kayenta.ts';
import { matchedPower, wilson } from '../../bench/judge/matched.ts';

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
  {
    it: 'nothing but errors after nothing but answers',
    before: [0, 0, 0, 0, 0],
    after: [1, 1, 1, 1, 1],
    high: true,
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

test.each([
  { it: 'half of the limits', without: [1, 2, 3, 4], withChange: [2, 3, 4, 5], share: 0.5, power: 0.75 },
  { it: 'none', without: [1, 2, 3, 4], withChange: [2, 3, 4, 5], share: 0, power: 0.25 },
  { it: 'ties, by lot', without: [1, 1, 1, 1], withChange: [1, 1], share: 0.25, power: 0.25 },
])('the power at $it is $power', ({ without, withChange, share, power }) => {
  expect(matchedPower(without, withChange, share)).toBeCloseTo(power, 12);
});

test("Wilson's interval of none of a hundred ends at 3.7 %", () => {
  expect(wilson(0, 100)).toEqual([0, expect.closeTo(0.037, 3)]);
});
