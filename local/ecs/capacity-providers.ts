/** Which capacity provider the next task goes to: `base` first, then by weight. Pure. */

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';

/** `placed` names the providers of the tasks that are there. None where there is no strategy. */
export function nextProvider(
  strategy: CapacityProviderStrategyItem[] = [],
  placed: readonly (string | undefined)[],
): string | undefined {
  const shares = strategy.map(({ capacityProvider, base = 0, weight = 0 }) => {
    const tasks = placed.filter((name) => name === capacityProvider).length;
    return { capacityProvider, weight, missing: base - tasks, above: Math.max(0, tasks - base) };
  });
  const below = shares.find(({ missing }) => missing > 0);
  if (below) return below.capacityProvider;
  // The one that would be least ahead of its share with one task more.
  const [next] = shares
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => (a.above + 1) / a.weight - (b.above + 1) / b.weight);
  return (next ?? shares[0])?.capacityProvider;
}
