/** What a release is compared with: the time before, a week ago beside it, or a time that somebody has named. */
import { describe, expect, test } from 'vitest';
import { rebased } from '../../cli/judge/baseline.ts';
import { Transient } from '../../core/errors.ts';
import { compare } from '../../core/judge/compare.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { queriesFor } from '../../core/judge/queries.ts';
import type { Point } from '../../core/judge/series.ts';
import { countTest } from '../../core/judge/statistics.ts';
import { comparisonSchema } from '../../core/judge/verdict.ts';
import { lookAtMetrics } from '../../functions/look-at-metrics.ts';
import { ecs, environmentWith, minute, mistake, type PolicyInput, web } from '../support/judged-metrics.ts';
import { seeded } from '../support/seeded.ts';

const week = 7 * 1440;
/** A Monday, nine o'clock. */
const startedAt = Date.parse('2026-11-23T09:00:00Z');
const pinned = { from: '2026-11-20T10:00Z', for: '1h' };

describe('the configuration', () => {
  test.each([
    [undefined, { baseline: 3600 }],
    ['day', { baseline: 3600 }],
    ['week', { baseline: 3600, week: true }],
    ['2h', { baseline: 7200 }],
    [
      { before: '2h', week: true },
      { baseline: 7200, week: true },
    ],
    [{ from: '2026-11-20T11:00+01:00' }, { baseline: 3600, pinned: at('2026-11-20T10:00Z', 60) }],
    [pinned, { baseline: 3600, pinned: at('2026-11-20T10:00Z', 60) }],
  ])('%j is understood', (baseline, read) => {
    expect(environmentWith({ ...web, baseline } as PolicyInput)).toMatchObject(read);
  });

  test.each([
    ['1 hour', /analysis.baseline: a duration such as 1h, 'day', 'week', \{ before: /],
    ['2m', /baseline: must be at least three periods/],
    [{ from: 'yesterday' }, /baseline.from: a time such as 2026-11-20T10:00Z/],
    [{ from: '2026-11-31T10:00Z', for: '1' }, /baseline.for: a duration such as/],
    [{ for: '1h' }, /baseline.from: is missing: since when/],
    [{ before: '2d', week: true }, /baseline: must be at most 1d with a week ago/],
    [{ ...pinned, week: true }, /baseline.week: and a pinned time \(from\) exclude each other/],
    [{ ...pinned, before: '2h' }, /baseline.before: and a pinned time/],
    [5, /baseline: a duration such as 1h, 'day', 'week', or \{ from:/],
  ])('%j is refused', (baseline, message) => {
    expect(mistake({ ...web, baseline } as unknown as PolicyInput)).toThrow(message);
  });

  test.each(['week', pinned])('%j needs figures that CloudWatch keeps for so long', (baseline) => {
    expect(mistake({ ...web, baseline, period: '10s', warmUp: '30s' } as PolicyInput)).toThrow(
      /baseline: needs periods of a minute or more: CloudWatch keeps shorter ones for three hours only/,
    );
  });
});

function at(from: string, minutes: number) {
  return { from: Date.parse(from), until: Date.parse(from) + minutes * minute };
}

/** Of the minute, counted from the start of the deployment; a week ago is below -10 000. */
interface Minutes {
  errors?: (index: number) => number;
  requests?: (index: number) => number;
  p99?: (index: number) => number;
}
const usual = { errors: () => 2, requests: () => 1000, p99: () => 0.1 };

function points(of: (index: number) => number, from: number, until: number, seed: number): Point[] {
  const random = seeded(seed);
  return Array.from({ length: until - from }, (_, index): Point => {
    const value = of(from + index);
    const spread = value * (0.9 + 0.2 * random());
    return [startedAt + (from + index) * minute, value >= 1 ? Math.round(spread) : spread];
  }).filter(([, value]) => value > 0);
}

function figures(of: Minutes, seed: number) {
  const { errors, requests, p99 } = { ...usual, ...of };
  const all = (values: (index: number) => number) => [
    ...points(values, -week - 1440, -week + 20, seed),
    ...points(values, -1440, 9, seed + 1),
  ];
  return { requests: all(requests), errors: all(errors), p99: all(p99) };
}

function look(baseline: unknown, of: Minutes, seed = 1, now = 11) {
  const policy = environmentWith({ ...web, baseline, window: '7m' } as PolicyInput);
  const comparison = compare({
    ...{ policy, judged: judgedBy(policy, ecs), series: { ...figures(of, seed), balancerErrors: [] } },
    ...{ startedAt, stableAt: startedAt + 2 * minute, now: startedAt + now * minute },
  });
  expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toBeTruthy();
  return comparison;
}

/** So much from the deployment on; `also`: and a week ago at the same time. */
const since = (before: number, after: number, also?: number) => (index: number) => {
  if (index >= 0) return after;
  return index < -week + 1440 && index >= -week ? (also ?? before) : before;
};

describe('the same hours a week ago', () => {
  const monday = { errors: since(2, 12, 12) };

  test('explain a rise that comes every Monday, and are asked for', () => {
    const without = look('1h', monday);
    const found = look('week', monday);

    expect(without.status).toBe('fail');
    expect(found).toMatchObject({ status: 'inconclusive', decision: 'keep' });
    expect(found.headline).toMatch(
      /^Not enough to judge by: 5xx rose from 0\.\d+ % \(.+\) to 1\.\d %.*, as a week ago at this time: from 0\.\d+ % .* to 1\.\d % \(\d+ of \d \d+\)$/,
    );
  });

  test('make the judge look again before the end of the window', () => {
    expect(look('week', { errors: since(2, 40, 40) }, 1, 6).decision).toBe('look again');
    expect(look('1h', { errors: since(2, 40, 40) }, 1, 6).decision).toBe('take back');
  });

  test.each([
    { it: 'today is clearly worse', errors: since(2, 60, 12) },
    { it: 'nothing happened then', errors: since(2, 12) },
    {
      it: 'it was bad all the time then',
      errors: (index: number) => (index >= 0 || index < -1440 - 20 ? 12 : 2),
    },
  ])('prove nothing where $it', ({ errors }) => {
    const found = look('week', { errors });

    expect(found.decision).toBe('take back');
    expect(found.headline).toMatch(/; a week ago [\d.]+ % \(.*\), before that [\d.]+ % \(.*\)$/);
  });

  test('do not excuse an outage, whatever happened then', () => {
    expect(look('week', { errors: since(2, 800, 800) }).decision).toBe('take back');
  });

  test('explain durations in the same way', () => {
    const slow = (also?: number) => look('week', { p99: since(0.1, 0.25, also) });

    expect(slow(0.24).status).toBe('inconclusive');
    expect(slow(0.24).headline).toMatch(
      /p99 rose from .*, as a week ago at this time: from 100 ms to 2\d\d ms$/,
    );
    expect(slow().decision).toBe('take back');
    expect(slow(0.15).decision).toBe('take back');
  });

  test('are of no account where there are no figures of them', () => {
    const young = (index: number) => (index < -1440 ? 0 : 1000);

    expect(look('week', { ...monday, requests: young }).decision).toBe('take back');
  });

  test('can be computed again from the evidence', () => {
    const found = look('week', monday).metrics.find(({ name }) => name === 'errors');
    if (found?.kind !== 'errors' || !found.weekAgo) throw new Error('it was asked for');

    const { before, after, p, rose } = found.weekAgo;
    const [one, other] = [found.after, after];
    expect(p).toBe(countTest(one.errors, one.requests, other.errors, other.requests, 1.2));
    expect(rose).toBe(countTest(after.errors, after.requests, before.errors, before.requests, 1.2));
  });

  test('keep Mondays that bring three times the errors, and find what is five times worse than that', () => {
    const runs = Array.from({ length: 12 }, (_, index) => 100 + 2 * index);
    const taken = (baseline: string, errors: (index: number) => number) =>
      runs.filter((seed) => look(baseline, { errors }, seed).decision === 'take back').length;

    expect(taken('1h', since(4, 12, 12))).toBe(runs.length);
    expect(taken('week', since(4, 12, 12))).toBe(0);
    expect(taken('week', since(4, 60, 12))).toBe(runs.length);
  });
});

describe('CloudWatch is asked for a week ago', () => {
  const asked = async (of: Minutes, baseline: unknown, silent = false, now = 11) => {
    const spans: number[] = [];
    const policy = environmentWith({ ...web, baseline, window: '7m' } as PolicyInput);
    const all = figures(of, 1);
    const time = { startedAt, stableAt: startedAt + 2 * minute, now: startedAt + now * minute };
    const comparison = await lookAtMetrics(
      { environment: ecs, policy, spoiled: [], targetGroups: undefined, ...time },
      {
        async metrics(_, from, until) {
          spans.push((from - startedAt) / minute);
          if (silent && from < startedAt - week * minute) throw new Transient('GetMetricData: silent');
          const within = (found: Point[]) => found.filter(([at]) => at >= from && at < until);
          return Object.fromEntries(Object.entries(all).map(([id, found]) => [id, within(found)])) as never;
        },
        alarms: async () => [],
      },
    );
    return { spans, comparison };
  };

  test('only where the release would be taken back, and only for the hours that count', async () => {
    const sound = await asked({}, 'week');
    const monday = await asked({ errors: since(2, 12, 12) }, 'week');
    const day = await asked({ errors: since(2, 12, 12) }, '1h');

    expect(sound.spans).toEqual([-1440]);
    expect(monday.spans).toEqual([-1440, -week - 60]);
    expect(monday.comparison.status).toBe('inconclusive');
    expect(day.spans).toEqual([-1440]);
  });

  test('again where it does not answer, until nobody waits for it any more: then the failure stands', async () => {
    const errors = since(2, 12, 12);

    await expect(asked({ errors }, 'week', true)).rejects.toThrow(Transient);
    expect((await asked({ errors }, 'week', true, 16)).comparison.decision).toBe('take back');
  });
});

describe('a pinned time', () => {
  /** Nobody came on the day before; on Friday there was a usual hour, with as many errors as these. */
  const friday = (value: number) => (index: number) => (index > -70 * 60 && index < 0 ? 0 : value);
  const good = { requests: friday(1000), p99: friday(0.1) };
  const withFriday = (after: number, last = 2): Minutes => ({
    ...good,
    errors: (index) => (index >= 0 ? after : index >= -5 ? last : 2),
  });
  const of = (baseline: unknown, given: Minutes) => {
    const policy = environmentWith({ ...web, baseline, window: '7m' } as PolicyInput);
    const all = { ...usual, ...given };
    const series = Object.fromEntries(
      Object.entries(all).map(([id, values]) => [id, points(values, -6 * 1440, 9, 1)]),
    ) as Record<'requests' | 'errors' | 'p99', Point[]>;
    return { policy, series };
  };
  const lookAt = (baseline: unknown, given: Minutes, now = 11) => {
    const { policy, series } = of(baseline, given);
    return compare({
      ...{ policy, judged: judgedBy(policy, ecs), series: { ...series, balancerErrors: [] } },
      ...{ startedAt, stableAt: startedAt + 2 * minute, now: startedAt + now * minute },
    });
  };

  test('is what a release is compared with where the day before says nothing', () => {
    const [idle, found] = [lookAt('1h', withFriday(40)), lookAt(pinned, withFriday(40))];

    expect(idle).toMatchObject({ status: 'inconclusive' });
    expect(found).toMatchObject({ decision: 'take back', pinned: at('2026-11-20T10:00Z', 60) });
    expect(found.headline).toMatch(
      /^5xx rose from 0.20 % .*; compared with the 1 h from 2026-11-20T10:00Z on$/,
    );
    expect(lookAt(pinned, withFriday(2))).toMatchObject({ status: 'pass' });
  });

  test('is read from whichever target group had its users', () => {
    const { policy, series } = of(pinned, withFriday(40));
    const split = (kept: (time: number) => boolean) => ({
      ...{ p99: [], balancerErrors: [], errors: series.errors.filter(([time]) => kept(time)) },
      requests: series.requests.filter(([time]) => kept(time)),
    });

    const found = compare({
      ...{ policy, series: split(() => true), old: { series: split(() => false), newPercent: 100 } },
      ...{ startedAt, stableAt: startedAt + 2 * minute, now: startedAt + 11 * minute },
    });

    expect(found.headline).toMatch(/^5xx rose from 0.20 %/);
  });

  test('does not take a release back that is no worse than the last minutes before it', () => {
    const bad = { requests: () => 1000, errors: (index: number) => (index >= -600 ? 40 : 2) };

    expect(lookAt(pinned, bad)).toMatchObject({ status: 'inconclusive' });
    expect(lookAt(pinned, bad).headline).toContain('just before');
  });

  test.each([
    [
      { from: '2026-11-23T08:30Z', for: '1h' },
      /^The pinned baseline from 2026-11-23T08:30Z on was not over when/,
    ],
    [
      { from: '2026-11-08T08:30Z' },
      /^The pinned baseline of 2026-11-08T08:30Z is forgotten: CloudWatch keeps minutes for 15 days/,
    ],
  ])('%j cannot be compared with, and the verdict says what to do', (baseline, says) => {
    expect(lookAt(baseline, withFriday(2)).headline).toMatch(says);
  });

  test('does not take a release back for what had changed since then, and finds what has changed with it', () => {
    // Errors, one by one, of a thousand requests a minute; since yesterday twice as many as on Friday.
    const drifted = (times: number, seed: number): Minutes => {
      const random = seeded(seed);
      const errors = (mean: number) => {
        let [count, product] = [-1, 1];
        for (; product > Math.exp(-mean); count++) product *= random();
        return count;
      };
      return {
        requests: () => 1000,
        errors: (index) => errors((index > -1440 ? 4 : 2) * (index >= 0 ? times : 1)),
      };
    };
    const seeds = Array.from({ length: 25 }, (_, index) => 1 + index);
    const taken = (times: number, runs = seeds.length) =>
      seeds.slice(0, runs).filter((seed) => lookAt(pinned, drifted(times, seed)).decision === 'take back')
        .length;

    expect(taken(1)).toBe(0);
    expect(taken(5, 5)).toBe(5);
  });

  test('at which nothing was measured passes nothing, whatever ran just before the deployment', () => {
    const young = (index: number) => (index < -1440 ? 0 : 1000);
    const { status, metrics } = look(pinned, { requests: young, p99: since(0.1, 0.1) });

    expect(status).toBe('inconclusive');
    expect(metrics.flatMap((one) => (one.status === 'pass' ? [one.name] : []))).toEqual([]);
  });

  test('that cannot be compared with fails nothing, though the day before would', () => {
    const worse = { errors: (index: number) => (index >= 0 ? 40 : 2) };

    expect(lookAt('1h', worse).decision).toBe('take back');
    expect(lookAt({ from: '2026-11-23T08:30Z', for: '1h' }, worse)).toMatchObject({ status: 'inconclusive' });
  });

  test('has a query of its own where it is of another day', () => {
    const spans = (baseline: unknown) => {
      const policy = environmentWith({ ...web, baseline } as PolicyInput);
      const { windowStart, windowEnd, earlier } = queriesFor({
        policy,
        deployedAt: startedAt,
        now: startedAt + 600_000,
      });
      const minutes = (time: number) => (time - startedAt) / minute;
      return [windowStart, windowEnd, ...(earlier ? [earlier.from, earlier.until] : [])].map(minutes);
    };

    const end = -(3 * 1440 - 2 * 60);
    expect(spans(pinned)).toEqual([-60, 8, end - 1440, end + 1]);
    expect(spans({ from: '2026-11-23T07:30Z' })).toEqual([-1470, 8]);
    expect(spans('1h')).toEqual([-1440, 8]);
  });
});

describe('--baseline', () => {
  const policy = environmentWith(web);
  const stableAt = async (release: string) =>
    Date.parse(release === 'my-api-1' ? '2026-11-20T10:03:27Z' : '');

  test.each([
    ['week', { baseline: 3600, week: true }],
    ['2h', { baseline: 7200 }],
    ['2026-11-20T10:00Z', { pinned: at('2026-11-20T10:00Z', 60) }],
    ['2026-11-20T10:00Z/30m', { baseline: 1800, pinned: at('2026-11-20T10:00Z', 30) }],
    ['my-api-1/2h', { baseline: 7200, pinned: at('2026-11-20T10:05:27Z', 120) }],
  ])('%s is understood', async (typed, read) => {
    expect(await rebased(policy, typed, stableAt)).toMatchObject(read);
  });

  test.each([
    ['2026-11-20T10:00Z/long', /--baseline 2026-11-20T10:00Z\/long: a duration such as/],
    ['1m', /--baseline 1m: must be at least three periods/],
    ['2026-11-20T10:00Z/1h/2h', /has more than one slash/],
  ])('%s is refused', async (typed, message) => {
    await expect(rebased(policy, typed, stableAt)).rejects.toThrow(message);
  });
});
