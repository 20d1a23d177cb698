/** Services whose traffic ECS shifts: a release goes along with it, and a bad one is taken back before or while users see it. */

import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../core/config.ts';
import { production, rehearsal } from '../support/rehearsal.ts';

type Rollout = NonNullable<ConfigInput['services'][string]['environments'][number]['rollout']>;

const shifting = (rollout: Rollout) =>
  rehearsal({
    environment: {
      rollout,
      deploymentTimeout: '3h',
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
    },
  });
const strategies: [string, Rollout][] = [
  ['BLUE_GREEN', { strategy: 'BLUE_GREEN', bakeTime: '15m' }],
  ['CANARY', { strategy: 'CANARY', percent: 20, canaryBakeTime: '15m', bakeTime: '1m' }],
  ['LINEAR', { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '1m' }],
];

describe.each(strategies)('%s', (_, rollout) => {
  test('a good version is deployed', async () => {
    const world = await shifting(rollout);

    const { outcome, reason, digest } = await world.push('good', 'v1.1.0');

    expect([outcome, reason]).toEqual(['Deployed', expect.any(String)]);
    expect(await world.running()).toEqual([digest, digest]);
  });
});
