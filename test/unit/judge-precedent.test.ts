/** What a day without deployments says of a window: how rare it is, and what it does not mind. */
import { describe, expect, test } from 'vitest';
import { errorsPrecedents, worstPeriod } from '../../core/judge/errors-precedent.ts';
import { latencyPrecedents } from '../../core/judge/latency-precedent.ts';
import type { History, Period } from '../../core/judge/series.ts';
import { mean, studentTail, variance } from '../../core/judge/statistics.ts';

const minutesOfADay = 1440;
/** A hundred requests a minute, of which 2 ± 1 fail, and a p99 of 100 ms ± 10 %, over and over. */
const usual = (index: number): Period => ({
  startsAt: index * 60_000,
  requests: 100,
  errors: [1, 2, 3, 2][index % 4] ?? 0,
  p99Milliseconds: [90, 100, 110, 100][index % 4] ?? 0,
});

function history(
  change: (period: Period, index: number) => Period = (period) => period,
  length = minutesOfADay,
): History {
  const day = Array.from({ length }, (_, index) => change(usual(index), index));
  return { day, reference: 180, gap: 2, warmGap: 4 };
}

const window = (change: Partial<Period>, length = 5): Period[] =>
  Array.from({ length }, (_, index) => ({ ...usual(index), ...change }));

/** Of every two hours, twenty minutes have six times as many errors. */
const straying = history((period, index) => ({
  ...period,
  errors: (index % 120 < 20 ? 6 : 1) * period.errors,
}));

/** Of three minutes, twelve times a day, a burst of errors. */
const bursts = history((period, index) => (index % 120 < 3 ? { ...period, errors: 20 } : period));

describe('errors', () => {
  test.each([
    { it: 'as many as ever', after: window({}), rare: false },
    { it: 'five times as many, for five minutes', after: window({ errors: 10 }), rare: true },
    {
      it: 'a burst as the day has them',
      after: [...window({ errors: 20 }, 3), ...window({}, 2)],
      rare: false,
    },
    {
      it: 'five times as many, though the day has bursts of ten times',
      after: window({ errors: 10 }),
      rare: true,
    },
  ])('$it are rare: $rare', ({ after, rare }) => {
    const rarity = errorsPrecedents({ history: bursts }, after.length)?.rarity(after);

    expect((rarity?.p ?? 1) <= 0.0025).toBe(rare);
  });

  test('what is many times worse is rare on a day that strays so far that its windows are cut off, too', () => {
    const judged = (errors: number) => errorsPrecedents({ history: straying }, 5)?.rarity(window({ errors }));

    expect(judged(10)?.p).toBeGreaterThan(0.004);
    expect(judged(40)).toMatchObject({ capped: false, asHigh: 0 });
    expect(judged(40)?.p).toBeLessThan(0.0025);
  });

  test('the chance of a window can be computed again from its evidence', () => {
    const rarity = errorsPrecedents({ history: history() }, 5)?.rarity(window({ errors: 4 }));
    if (!rarity) throw new Error('a day is enough');

    const tail = studentTail((rarity.score - rarity.mean) / rarity.deviation, rarity.independent - 1);
    expect(rarity.p).toBe(Math.max(rarity.asHigh / rarity.windows, tail));
    expect(rarity).toMatchObject({ windows: 1440 - 182 - 5 + 1, independent: Math.floor(1254 / 5) });
  });

  test('what is to be expected is what the three hours before had, of as many requests', () => {
    const twice = Array.from({ length: 5 }, () => ({ startsAt: 0, requests: 200, errors: 4 }));
    const rarity = errorsPrecedents({ history: history() }, 5)?.rarity(twice);

    // Half an error more in 18 000 requests: (4 + 1) / (200 × 360.5 / 18 000 + 1).
    expect(rarity?.score).toBeCloseTo(Math.log(5 / ((200 * 360.5) / 18_000 + 1)), 12);
  });

  test('an outage of the day is no measure of how errors stray', () => {
    const outage = history((period, index) =>
      index > 700 && index < 710 ? { ...period, errors: 60 } : period,
    );

    const [with_, without] = [outage, history()].map((day) =>
      errorsPrecedents({ history: day }, 5)?.rarity(window({ errors: 10 })),
    );

    expect(with_?.highest).toBeCloseTo(without?.highest ?? 0, 1);
    expect(worstPeriod({ history: outage })).toBe(0.03);
  });

  test.each([
    { it: 'an hour', given: history((period) => period, 60) },
    { it: 'a day whose minutes are mostly empty', given: sparse() },
  ])('$it says nothing', ({ given }) => {
    expect(errorsPrecedents({ history: given }, 5)).toBeUndefined();
  });
});

function sparse(): History {
  const { day, ...rest } = history();
  return { ...rest, day: day.map((period, index) => (index % 10 ? undefined : period)) };
}

describe('durations', () => {
  const p99 = (period: Period) => period.p99Milliseconds;
  const judged = (day: History, after: readonly Period[]) =>
    latencyPrecedents({ history: day, warm: [...after] }, p99)?.rarity(after);

  test.each([
    { it: 'as ever', after: window({}), rare: false },
    { it: 'half as long again', after: window({ p99Milliseconds: 150 }), rare: true },
  ])('$it are rare: $rare', ({ after, rare }) => {
    expect((judged(history(), after)?.p ?? 1) <= 0.001).toBe(rare);
  });

  test('in another unit, they are as rare', () => {
    const inSeconds = (period: Period) => ({
      ...period,
      p99Milliseconds: (period.p99Milliseconds ?? 0) / 1000,
    });
    const after = window({ p99Milliseconds: 120 });

    const [a, b] = [judged(history(), after), judged(history(inSeconds), after.map(inSeconds))];

    expect(a?.p).toBeCloseTo(b?.p ?? 0, 9);
  });
});

test('mean and deviation are those of the scores of the day', () => {
  const rarity = errorsPrecedents({ history: history() }, 1)?.rarity(window({}, 1));
  const scores = [1, 2, 3, 2].map((errors) => Math.log((errors + 1) / ((100 * 360.5) / 18_000 + 1)));

  expect(rarity?.mean).toBeCloseTo(mean(scores), 2);
  expect(rarity?.deviation).toBeCloseTo(Math.sqrt((variance(scores) * 3) / 4), 2);
});
