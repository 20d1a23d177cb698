/** Services that have hardly any traffic, or none for hours: the judge answers all the same, and with numbers. */
import { describe, expect, test } from 'vitest';
import { compare } from '../../core/judge/compare.ts';
import type { Point } from '../../core/judge/series.ts';
import { studentTail } from '../../core/judge/statistics.ts';
import { comparisonSchema } from '../../core/judge/verdict.ts';
import { environmentWith, minute, type PolicyInput, web } from '../support/judged-metrics.ts';

const startedAt = 14_400 * minute;
const stableAt = startedAt + 2 * minute;

/** At the end of the window; minutes are counted from the start of the deployment, and a day of them is known. */
function judged(
  requestsAt: (index: number) => number,
  errorsAt: (index: number) => number = () => 0,
  analysis: Partial<PolicyInput> = {},
) {
  const policy = environmentWith({ ...web, ...analysis });
  const points = (value: (index: number) => number): Point[] =>
    Array.from({ length: 1440 + 40 }, (_, at) => at - 1440).flatMap((index): Point[] =>
      requestsAt(index) > 0 ? [[startedAt + index * minute, value(index)]] : [],
    );
  const series = {
    ...{ requests: points(requestsAt), errors: points(errorsAt), balancerErrors: [] },
    p99: points((index) => 0.1 + 0.01 * (index & 3)),
  };
  const now = stableAt + policy.window * 1000 + 3 * minute;
  return compare({ policy, series, startedAt, stableAt, now });
}

describe('a verdict that the state machine takes', () => {
  test.each([
    {
      it: 'no request for an hour before',
      requestsAt: (index: number) => (index < -75 || index >= 0 ? 50 : 0),
    },
    { it: 'the first traffic that there ever was', requestsAt: (index: number) => (index >= 2 ? 50 : 0) },
    { it: 'a request now and then', requestsAt: (index: number) => (index % 7 ? 0 : 1) },
    { it: 'none at all', requestsAt: () => 0 },
  ])('is there with $it', ({ requestsAt }) => {
    const comparison = judged(requestsAt);

    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison.status).not.toBe('fail');
  });

  test.each([
    { errors: 0, status: 'pass' },
    { errors: 2, status: 'fail' },
  ])(
    'is $status with $errors errors of 20 requests, though the day had too few minutes with traffic to compare with',
    ({ errors, status }) => {
      const comparison = judged(
        (index) => (index >= 0 || index % 3 === 0 ? 20 : 0),
        (index) => (index >= 0 ? errors : 0),
        { window: '15m' },
      );

      expect(comparisonSchema.parse(comparison)).toEqual(comparison);
      expect(comparison.metrics[0]).toMatchObject({ name: 'errors', status });
      expect(comparison.metrics[0]).not.toHaveProperty('rarity');
    },
  );
});

test('an expression that is below zero for some minutes counts as nothing bad', () => {
  const comparison = judged(
    () => 50,
    (index) => (index % 10 ? 1 : -2),
  );

  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  expect(comparison.status).toBe('pass');
});

test('what is no number ends in no endless loop', () => {
  expect(studentTail(Number.NaN, 3)).toBeNaN();
});
