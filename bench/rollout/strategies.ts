/** The rollouts that are measured: times as ECS has them, or as short as lets the metrics be compared. */
import type { ConfigInput } from '../../core/config.ts';
import { production } from '../../test/support/rehearsal.ts';

type Environment = ConfigInput['services'][string]['environments'][number];
type Rollout = NonNullable<Environment['rollout']>;
export type StrategyName = Rollout['strategy'];

const rollouts: Record<StrategyName, Rollout> = {
  ROLLING: { strategy: 'ROLLING' },
  BLUE_GREEN: { strategy: 'BLUE_GREEN', bakeTime: '15m' },
  CANARY: { strategy: 'CANARY', percent: 20, canaryBakeTime: '15m', bakeTime: '1m' },
  LINEAR: { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '1m' },
};
export const strategies = Object.keys(rollouts) as StrategyName[];

/** In words. */
export const told: Record<StrategyName, string> = {
  ROLLING: 'ROLLING',
  BLUE_GREEN: 'BLUE_GREEN, bake time 15 min',
  CANARY: 'CANARY, 20 % for 15 min',
  LINEAR: 'LINEAR, 25 % every 5 min',
};

/** Over the environment of a rehearsal. */
export function environmentOf(name: StrategyName): Partial<Environment> {
  const rollout = rollouts[name];
  if (name === 'ROLLING') return { rollout };
  const testListener = { url: 'http://my-api.test:9001' };
  return { rollout, deploymentTimeout: '3h', smoke: { ...production.smoke, testListener } };
}
