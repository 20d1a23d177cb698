/** What lasts longer than a window, and what follows the load. */
import { describe, expect, test } from 'vitest';
import { extendedSchedule, extendedTurn, schedule } from '../../core/judge/looks.ts';
import { judged, level, type PolicyInput, sound, steady, web } from '../support/judged-metrics.ts';

describe('an extension', () => {
  const thin = { ...sound, requests: steady(6), p99: level(0.02) };
  const policy = { ...web, extension: '10m' } satisfies PolicyInput;

  test('goes on watching where the window was not enough, and then the policy has the word', () => {
    const status = (closed: number) => judged(policy, thin, { closed });

    expect(status(5)).toMatchObject({
      status: 'continue',
      decision: 'look again',
      waitSeconds: 180,
      looks: { done: 5, planned: 8 },
    });
    expect(status(5).headline).toMatch(/^Not enough to judge by/);
    expect(status(8)).toMatchObject({ status: 'continue', looks: { done: 6 } });
    expect(status(15)).toMatchObject({ status: 'inconclusive', decision: 'keep', looks: { done: 8 } });
    expect(status(99)).toMatchObject({ status: 'inconclusive', looks: { done: 8 } });
    expect(judged({ ...policy, onInconclusive: 'rollback' }, thin, { closed: 15 })).toMatchObject({
      decision: 'take back',
    });
  });

  test('is not needed where the window was enough', () => {
    expect(judged(policy, sound, { closed: 5 })).toMatchObject({ status: 'pass', decision: 'keep' });
  });

  test('does not raise the chance of a false alarm', () => {
    for (const [planned, extra] of [
      [5, 10],
      [60, 30],
      [1, 2],
      [12, 1],
      [5, 0],
    ] as const) {
      const looks = [...schedule(planned), ...extendedSchedule(planned, extra)];
      const spent = looks.reduce((sum, closed) => sum + extendedTurn(closed, planned, extra, 0.01).limit, 0);
      expect(spent).toBeLessThanOrEqual(0.01 * (1 + 1e-12));
    }
  });
});

describe('CPU', () => {
  const policy = { ...web, decide: ['cpu'] } satisfies PolicyInput;
  /** Waves before, and twice as many requests after. */
  const busy = (index: number) => (index < 60 ? 600 + 200 * Math.sin(index / 5) : 1200);
  const follows = (index: number) => (busy(index) / 30) * (index % 2 ? 1.02 : 0.98);

  test('that rose as much as the load is compared at equal load, and passes', () => {
    const found = judged(policy, { ...sound, requests: busy, cpu: follows, memory: level(40) });

    expect(found.named('cpu')).toMatchObject({ status: 'pass', load: { slope: expect.closeTo(1, 1) } });
    expect(found.named('cpu')?.sentence).toMatch(/^cpu at equal load 1\d.\d %, before 1\d.\d %$/);
  });

  test('that rose more than the load fails', () => {
    const worse = (index: number) => follows(index) * (index < 60 ? 1 : 2);

    expect(judged(policy, { ...sound, requests: busy, cpu: worse, memory: level(40) }).headline).toMatch(
      /^cpu at equal load rose from 1\d.\d % to 3\d.\d %/,
    );
  });

  test('is taken as it is where the load hardly changed, or is not known', () => {
    expect(judged(policy, { ...sound, cpu: level(20), memory: level(40) }).named('cpu')).not.toHaveProperty(
      'load',
    );
    expect(judged({ preset: 'worker' }, { cpu: level(20) }).named('cpu')).not.toHaveProperty('load');
  });
});
