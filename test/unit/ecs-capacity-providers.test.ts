import { expect, test } from 'vitest';
import { nextProvider } from '../../local/ecs/capacity-providers.ts';

function place(count: number, strategy: Parameters<typeof nextProvider>[0]) {
  const placed: (string | undefined)[] = [];
  while (placed.length < count) placed.push(nextProvider(strategy, placed));
  return placed;
}

test.each([
  {
    it: 'by weight',
    strategy: [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
    onDemand: 2,
  },
  {
    it: 'the base first, which weights do not count',
    strategy: [
      { capacityProvider: 'FARGATE', base: 2, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
    onDemand: 5,
  },
  {
    it: 'the base only where the weight is 0',
    strategy: [
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
    onDemand: 1,
  },
])('tasks are spread over capacity providers: $it', ({ strategy, onDemand }) => {
  const placed = place(8, strategy);

  expect(placed.filter((name) => name === 'FARGATE')).toHaveLength(onDemand);
  expect(placed.filter((name) => name === 'FARGATE_SPOT')).toHaveLength(8 - onDemand);
});

test('there is no provider without a strategy', () => {
  expect(nextProvider(undefined, [])).toBeUndefined();
});
