/** Old and new version over the same minutes: what is the new one's fault, and what is nobody's. */
import { describe, expect, test } from 'vitest';
import { compare } from '../../core/judge/compare.ts';
import { clustering } from '../../core/judge/counts.ts';
import type { Period, Point } from '../../core/judge/series.ts';
import { midCountTest } from '../../core/judge/statistics.ts';
import { comparisonSchema } from '../../core/judge/verdict.ts';
import { environmentWith, minute, web } from '../support/judged-metrics.ts';

const startedAt = 14_400 * minute;
const stableAt = startedAt + 2 * minute;

/** Sixty requests a minute of each version, for a day before and the window after; errors of a minute by version. */
function judged(errorsOf: (version: 'old' | 'new', index: number) => number) {
  const policy = environmentWith(web);
  const series = (version: 'old' | 'new', from: number) => {
    const points = (value: (index: number) => number): Point[] =>
      Array.from(
        { length: 10 - from },
        (_, at): Point => [startedAt + (from + at) * minute, value(from + at)],
      );
    const errors = points((index) => errorsOf(version, index)).filter(([, count]) => count > 0);
    return { requests: points(() => 60), errors, p99: points(() => 0.1), balancerErrors: [] };
  };
  const comparison = compare({
    ...{ policy, startedAt, stableAt, now: stableAt + 8 * minute, series: series('new', 2) },
    old: { series: series('old', -1440), newPercent: 50 },
  });
  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  return comparison.metrics[0];
}

/** Three errors in five minutes. */
const usual = (index: number) => [0, 1, 0, 1, 1][Math.abs(index) % 5] ?? 0;

describe('side by side', () => {
  test.each([
    { it: 'nothing', times: { old: 1, new: 1 }, fails: false },
    { it: 'five times as many of the new one', times: { old: 1, new: 5 }, fails: true },
    { it: 'five times as many of both', times: { old: 5, new: 5 }, fails: false },
  ])('$it fails the release: $fails', ({ times, fails }) => {
    const errors = judged((version, index) => usual(index) * (index < 2 ? 1 : times[version]));

    expect(errors?.status === 'fail').toBe(fails);
    expect(errors).toMatchObject({ kind: 'errors', ratio: 1 });
    expect(errors).not.toHaveProperty('rarity');
  });

  test('errors that come five at a time prove less', () => {
    const together = (index: number) => (index % 8 === 0 ? 5 : 0);
    const errors = judged((version, index) => (version === 'new' && index >= 2 ? 2 : 1) * together(index));

    expect(errors).toMatchObject({ phi: expect.closeTo(5, 1) });
    expect(errors?.status).not.toBe('fail');
  });
});

describe('how many errors come at once', () => {
  const period = (errors: number, requests = 100): Period => ({ startsAt: 0, requests, errors });
  const row = (values: readonly number[]) =>
    Array.from({ length: 200 }, (_, i) => values[i % values.length] ?? 0);

  test.each([
    { it: 'is one of errors that come one by one', day: row([4, 6, 5, 5]).map((at) => period(at)), phi: 1 },
    { it: 'is six of six at a time', day: row([6, 0, 0, 0]).map((at) => period(at)), phi: 6 },
    {
      it: 'does not mind that twice the traffic has twice as many',
      day: row([4, 8]).map((at) => period(at, 25 * at)),
      phi: 1,
    },
    { it: 'is not known of a few', day: row([0]).map((at) => period(at)), phi: undefined },
    {
      it: 'is not known of minutes that have no neighbours',
      day: [period(9), undefined, period(9)],
      phi: undefined,
    },
  ])('$it', ({ day, phi }) => {
    expect(clustering(day)).toBe(phi);
  });
});

test.each([
  { it: 'three against none', p: midCountTest(3, 100, 0, 100), golden: 0.5 ** 4 },
  { it: 'two against one', p: midCountTest(2, 100, 1, 100), golden: 0.5 - 3 / 16 },
  { it: 'none', p: midCountTest(0, 100, 1, 100), golden: 1 },
  { it: 'nothing to compare with', p: midCountTest(5, 100, 0, 0), golden: 1 },
])('half of the chance of exactly $it is no proof', ({ p, golden }) => {
  expect(p).toBeCloseTo(golden, 12);
});
