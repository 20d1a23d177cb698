/** What `bench/rollout.md` says in figures, as relations. */
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Detection, detection } from '../../bench/rollout/detection.ts';
import { load } from '../../bench/rollout/load.ts';
import { withVirtualGlobals } from '../../bench/rollout/virtual-globals.ts';
import { wayBack } from '../../bench/rollout/way-back.ts';
import { virtualClock } from '../../local/clock.ts';

describe('however a deployment ends', () => {
  let found: Detection[];
  beforeAll(async () => {
    found = await detection({ runs: 1, seed: 1 });
  }, 60_000);

  test("Tidegate notices it before the SDK's waiter and before a poll of 15 seconds", () => {
    for (const { tidegate, waiter, carefulPoll } of found)
      expect(tidegate.median).toBeLessThan(Math.min(waiter.median, carefulPoll.median));
  });

  test('Tidegate is right about it, also where no event of ECS comes', () => {
    expect(found.map(({ tidegate, withoutEvents }) => tidegate.wrong + withoutEvents.wrong)).toEqual(
      found.map(() => 0),
    );
  });

  test("the SDK's waiter takes what was taken back for a success", () => {
    expect(found.filter(({ waiter }) => waiter.wrong > 0).map(({ fate }) => fate)).toEqual(
      found.map(({ fate }) => fate).filter((fate) => fate !== 'good'),
    );
  });
});

test.each(['ROLLING', 'BLUE_GREEN', 'CANARY', 'LINEAR'] as const)(
  'no request of a user is lost while a good version comes in by %s',
  async (strategy) => {
    const { deployed, requests, byBalancer, byTargets } = await load(strategy, 1, 1, 50);

    expect(deployed).toBe(1);
    expect(requests).toBeGreaterThan(10_000);
    expect(byBalancer + byTargets).toBe(0);
  },
);

test('the way back is shorter where the old tasks still stand', async () => {
  const rolling = await wayBack('ROLLING', 'metrics say take it back', 1);
  const blueGreen = await wayBack('BLUE_GREEN', 'metrics say take it back', 1);

  expect([rolling.outcome, blueGreen.outcome]).toEqual(['RolledBack', 'RolledBack']);
  expect(blueGreen.servingSeconds).toBeGreaterThan(0);
  expect(blueGreen.servingSeconds).toBeLessThan(rolling.servingSeconds / 10);
  // What is counted as lost is seen where it happens.
  expect(rolling.errors).toBeGreaterThan(0);
});

test('time is virtual to the work that asks for it, and to nothing else', async () => {
  const clock = virtualClock(5000);
  const seen: number[] = [];

  const working = withVirtualGlobals({ clock, random: () => 0.25 }, async () => {
    seen.push(Date.now(), Math.random());
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    seen.push(Date.now());
  });
  const outside = Date.now();
  await pause(1);
  await clock.advance(60_000);
  await working;

  expect(seen).toEqual([5000, 0.25, 65_000]);
  expect(outside).toBeGreaterThan(65_000);
  expect(Math.random()).not.toBe(0.25);
});
