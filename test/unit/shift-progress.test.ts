import { expect, test } from 'vitest';
import { shiftProgress, shiftSentence } from '../../core/shift-progress.ts';

const canary = { strategy: 'CANARY', percent: 5, canaryBakeTime: 600, bakeTime: 300 } as const;
const linear = { strategy: 'LINEAR', stepPercent: 30, stepBakeTime: 60, bakeTime: 300 } as const;
const now = 10_000_000;

test.each([
  { it: 'a canary before its first', strategy: canary, weight: 0, step: 0, steps: 2, left: 900 },
  { it: 'a canary', strategy: canary, weight: 5, step: 1, steps: 2, left: 900 },
  {
    it: 'a canary that began 200 s ago',
    strategy: canary,
    weight: 5,
    ago: 200,
    step: 1,
    steps: 2,
    left: 700,
  },
  { it: 'a canary that is overdue', strategy: canary, weight: 5, ago: 5000, step: 1, steps: 2, left: 300 },
  { it: 'a canary that has all', strategy: canary, weight: 100, step: 2, steps: 2, left: 300 },
  { it: 'the second of four', strategy: linear, weight: 60, step: 2, steps: 4, left: 420 },
  { it: 'the last of four', strategy: linear, weight: 100, step: 4, steps: 4, left: 300 },
  {
    it: 'all at once',
    strategy: { strategy: 'BLUE_GREEN', bakeTime: 120 } as const,
    weight: 100,
    step: 1,
    steps: 1,
    left: 120,
  },
])('traffic: $it step', ({ strategy, weight, ago, step, steps, left }) => {
  const servingSince = ago === undefined ? undefined : now - ago * 1000;

  const found = shiftProgress(strategy, { stage: undefined, weight, servingSince }, now);

  expect(found).toMatchObject({ step, steps, leftAtMost: left });
});

test('while ECS bakes, only that time is left', () => {
  const seen = { stage: 'BAKE_TIME', weight: 100, servingSince: now - 850_000 };

  expect(shiftProgress(canary, seen, now)?.leftAtMost).toBe(50);
});

test('a rolling update moves no traffic by itself', () => {
  expect(shiftProgress({ strategy: 'ROLLING' }, { stage: undefined, weight: 0 }, now)).toBeUndefined();
});

test('it is said in words', () => {
  const at = (weight: number) => shiftProgress(canary, { stage: undefined, weight }, now);

  expect([0, 5].map((weight) => shiftSentence(at(weight) as NonNullable<ReturnType<typeof at>>))).toEqual([
    'no traffic yet (2 steps to come)',
    '5 % of the traffic (step 1 of 2), at most 15 min left',
  ]);
});
