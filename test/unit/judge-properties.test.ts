/** What must hold of the judge whatever the figures are, on days that are long enough for it to look back at. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policy } from '../../bench/judge/measure.ts';
import { draw } from '../../bench/judge/random.ts';
import { judged, minutesOf, type Setting, setting } from '../../bench/judge/release.ts';
import { historyMinutes, type Minute } from '../../bench/judge/service.ts';
import { changes, nothing, worlds } from '../../bench/judge/worlds.ts';
import { judged as judgedMetrics, web } from '../support/judged-metrics.ts';

const release = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  world: fc.constantFrom(...worlds),
  requestsPerSecond: fc.constantFrom(0.2, 2, 20),
  errorRate: fc.constantFrom(0.0001, 0.01),
  change: fc.constantFrom(nothing, ...changes),
});
type Release = typeof release extends fc.Arbitrary<infer Value> ? Value : never;

function played({ seed, change, ...cell }: Release): { set: Setting; minutes: Minute[] } {
  const random = draw(seed);
  const set = setting(cell, policy.window / 60, random);
  return { set, minutes: minutesOf(set, change, random) };
}

test('more errors after a deployment never let it pass that failed before', () => {
  fc.assert(
    fc.property(release, fc.nat(20), (one, more) => {
      const { set, minutes } = played(one);
      const from = historyMinutes + set.stableMinute;
      const harmed = minutes.map((minute, index) =>
        index < from ? minute : { ...minute, errors: Math.min(minute.requests, minute.errors + more) },
      );

      const [before, after] = [minutes, harmed].map((all) => judged(set, all, policy).comparison.metrics[0]);

      if (before?.status === 'fail') expect(after?.status).toBe('fail');
      else expect(after?.status).toBeDefined();
    }),
    { numRuns: 8, seed: 17 },
  );
});

test('longer durations after a deployment never let it pass that failed before', () => {
  fc.assert(
    fc.property(release, fc.double({ min: 1, max: 9, noNaN: true }), (one, times) => {
      const { set, minutes } = played(one);
      const from = historyMinutes + set.stableMinute;
      const harmed = minutes.map((minute, index) => (index < from ? minute : slower(minute, times)));

      const [before, after] = [minutes, harmed].map((all) => judged(set, all, policy).comparison.status);

      if (before === 'fail') expect(after).toBe('fail');
      else expect(after).toBeDefined();
    }),
    { numRuns: 6, seed: 17 },
  );
});

test('the order of metrics changes nothing, and neither does that of their points', () => {
  const names = ['depth', 'lag', 'misses', 'heat'];
  fc.assert(
    fc.property(
      fc.shuffledSubarray(names, { minLength: 4 }),
      fc.integer({ min: 1, max: 99 }),
      (order, seed) => {
        const random = draw(seed);
        const levels = Object.fromEntries(
          names.map((name, index) => {
            const rise = random.uniform() < 0.5 ? 1 : 3;
            const noise = Array.from({ length: 70 }, () => 50 + 5 * index + random.normal());
            return [name, (minute: number) => (noise[minute] ?? 0) * (minute < 60 ? 1 : rise)];
          }),
        );
        const found = (metrics: string[]) =>
          judgedMetrics(
            {
              ...web,
              metrics: metrics.map((name) => ({ name, gauge: { namespace: 'Mine', metric: name } })),
            },
            { requests: () => 600, p99: (minute) => 0.1 + 0.001 * (minute % 5), ...levels },
          );

        const [listed, shuffled] = [found(names), found(order)];

        expect(shuffled.decision).toBe(listed.decision);
        for (const name of [...names, 'errors', 'latency'])
          expect(shuffled.named(name)).toEqual(listed.named(name));
      },
    ),
    { numRuns: 6, seed: 17 },
  );
});

const slower = (minute: Minute, times: number): Minute => ({
  ...minute,
  ...(minute.p99 && { p99: minute.p99 * times }),
  ...(minute.p90 && { p90: minute.p90 * times }),
  ...(minute.p50 && { p50: minute.p50 * times }),
});

test('durations in another unit are judged the same', () => {
  fc.assert(
    fc.property(release, fc.constantFrom(0.01, 7, 1000), (one, times) => {
      const { set, minutes } = played(one);
      const scaled = minutes.map((minute) => slower(minute, times));

      const [a, b] = [minutes, scaled].map((all) => judged(set, all, policy));

      expect(b?.comparison.metrics.map(({ status }) => status)).toEqual(
        a?.comparison.metrics.map(({ status }) => status),
      );
    }),
    { numRuns: 5, seed: 17 },
  );
});

test('a look that asks CloudWatch while figures still grow decides as one that asks when all are complete', () => {
  fc.assert(
    fc.property(release, (one) => {
      const { set, minutes } = played(one);

      const [once, everyLook] = [false, true].map((every) => judged(set, minutes, policy, every));

      expect(everyLook?.comparison.metrics).toEqual(once?.comparison.metrics);
      expect(everyLook?.minutes).toBe(once?.minutes);
    }),
    { numRuns: 4, seed: 17 },
  );
});
