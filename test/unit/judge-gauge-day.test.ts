/** Levels against the day before: what a day does by itself is no release's fault, and what it never does is found. */
import { describe, expect, test } from 'vitest';
import { gaugePrecedents } from '../../core/judge/gauge-precedent.ts';
import { mean, studentTail } from '../../core/judge/statistics.ts';
import { failures, lookAt } from '../support/gauge-day.ts';
import { environmentWith, web } from '../support/judged-metrics.ts';

const since =
  (from: number, times: number, until = Number.POSITIVE_INFINITY) =>
  (index: number) =>
    index >= from && index < until ? times : 1;
/** Twice as high for eight minutes every two hours, and just when the release is looked at. */
const batch = (index: number) => (index % 120 < 8 ? 2 : 1);
const runs = 40;

describe('CPU', () => {
  test.each([
    { it: 'nothing changes', world: {} },
    { it: 'traffic is three times what it was', world: { traffic: since(1441, 3) } },
    { it: 'a batch job runs, as it does every two hours', world: { level: batch } },
    { it: 'there is a spike of two minutes', world: { level: since(1442, 1.6, 1444) } },
  ])(`fails in none of ${runs} releases where $it`, ({ world }) => {
    expect(failures(runs, 'cpu', world)).toBe(0);
  });

  test('fails where a version needs half as much again for the same requests, also at three times the traffic', () => {
    const worse = { level: since(1442, 1.5) };

    expect(failures(runs, 'cpu', worse)).toBe(runs);
    expect(failures(runs, 'cpu', { ...worse, traffic: since(1441, 3) })).toBeGreaterThan(0.95 * runs);
  });

  test('an hour alone knows no batch job, and finds half as much again less often', () => {
    expect(failures(runs, 'cpu', { level: batch, known: 60 })).toBeGreaterThan(0.9 * runs);
    expect(failures(runs, 'cpu', { level: since(1442, 1.5), known: 60 })).toBeLessThan(0.8 * runs);
  });
});

describe("a level of one's own", () => {
  test('that a batch job raises every two hours does not fail for it, and says why it does not pass', () => {
    const found = lookAt('depth', { seed: 1, slope: 0, level: batch });

    expect(failures(runs, 'depth', { slope: 0, level: batch })).toBe(0);
    expect(found.status).toBe('inconclusive');
    expect(found.sentence).toMatch(
      /^depth [\d.]+, before [\d.]+: \d+ of \d+ such spans of the day before were as high$/,
    );
  });

  test('that follows traffic is compared at equal load where it says so', () => {
    const gauge = { namespace: 'Shop', metric: 'Depth' };
    const metrics = (preset: object) => () =>
      environmentWith({ ...preset, metrics: [{ name: 'depth', gauge, followsLoad: true }] });

    expect(metrics(web)).not.toThrow();
    expect(metrics({ preset: 'worker' })).toThrow(/metrics.0.followsLoad: needs users' requests/);
  });
});

test('the chance can be computed again from the evidence', () => {
  const { rarity, p } = lookAt('cpu', { seed: 1, level: since(1442, 1.5) });
  if (!rarity) throw new Error('a day is enough');

  const tail = studentTail((rarity.score - rarity.mean) / rarity.deviation, rarity.independent - 1);
  expect(p).toBe(Math.max(rarity.asHigh / rarity.windows, tail));
});

test('what is to be expected is the mean of the periods before that are known', () => {
  const levels = Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? undefined : index % 2 ? 1 : 2));
  const known = levels.slice(-60).filter((level) => level !== undefined);

  const rarity = gaugePrecedents({ levels, reference: 60, gap: 2 }, 5, 0.02)?.rarity([3, 3, 3, 3, 3]);

  expect(rarity?.score).toBeCloseTo(3 - mean(known), 12);
});

test('a level that is published every five minutes has no day of minutes', () => {
  const levels = Array.from({ length: 1440 }, (_, index) => (index % 5 === 0 ? 1 : undefined));

  expect(gaugePrecedents({ levels, reference: 60, gap: 2 }, 5, 0.02)).toBeUndefined();
});
