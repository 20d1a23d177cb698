import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { type HealthCheck, watchHealth } from '../../local/engine/container-health.ts';

const check: HealthCheck = {
  command: ['CMD', 'x'],
  intervalSeconds: 10,
  timeoutSeconds: 5,
  retries: 3,
  startPeriodSeconds: 0,
};

/** Plays the results in turn, one every ten seconds, the last one for ever. */
async function play(results: boolean[], more: Partial<HealthCheck> = {}) {
  const clock = virtualClock();
  const began = clock.now();
  const told: string[] = [];
  let asked = 0;
  const end = watchHealth(
    { ...check, ...more },
    clock,
    () => results[Math.min(asked++, results.length - 1)] ?? false,
    (status) => told.push(`${(clock.now() - began) / 1000} ${status}`),
  );
  await clock.advance(100_000);
  end();
  await clock.advance(100_000);
  return { told, asked };
}

test.each([
  { it: 'the first success', results: [true], told: ['10 HEALTHY'] },
  { it: 'three failures in a row', results: [false], told: ['30 UNHEALTHY'] },
  { it: 'two failures and a success', results: [false, false, true], told: ['30 HEALTHY'] },
  {
    it: 'failures after success, and success after those',
    results: [true, false, true, false, false, false, true],
    told: ['10 HEALTHY', '60 UNHEALTHY', '70 HEALTHY'],
  },
])('$it: $told', async ({ results, told }) => {
  expect(await play(results)).toEqual({ told, asked: 10 });
});

test('failures within the start period do not count, unless it was healthy before', async () => {
  const patient = { startPeriodSeconds: 35 };

  expect((await play([false], patient)).told).toEqual(['60 UNHEALTHY']);
  expect((await play([true, false], patient)).told).toEqual(['10 HEALTHY', '40 UNHEALTHY']);
});
