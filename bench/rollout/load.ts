/** Good images, one after the other, while users come: what becomes of their requests. */
import type { Served } from '../../local/load-balancer/modelled.ts';
import { rehearsal } from '../../test/support/rehearsal.ts';
import { environmentOf, type StrategyName } from './strategies.ts';

export interface Load {
  releases: number;
  deployed: number;
  /** Users' requests. */
  requests: number;
  /** Answered by the load balancer itself, since no task did: 502, 503. */
  byBalancer: number;
  /** Answered with a 5xx by a task. */
  byTargets: number;
}

export async function load(
  strategy: StrategyName,
  releases: number,
  seed: number,
  requestsPerSecond: number,
): Promise<Load> {
  const counted: Load = { releases, deployed: 0, requests: 0, byBalancer: 0, byTargets: 0 };
  let counting = false;
  const world = await rehearsal({
    environment: environmentOf(strategy),
    ...{ seed, requestsPerSecond },
    onServed({ requests, errors, version }: Served) {
      if (!counting) return;
      counted.requests += requests;
      counted[version === undefined ? 'byBalancer' : 'byTargets'] += errors;
    },
  });
  counting = true;
  for (let place = 1; place <= releases; place += 1) {
    const { outcome } = await world.push('good', `v1.${place}.0`);
    if (outcome === 'Deployed') counted.deployed += 1;
    // Old tasks are still being taken out.
    await world.clock.advance(180_000);
  }
  return counted;
}
