/** Does the load balancer have a healthy target at all? Nothing is said of it where it has. */
import type { Turn } from './looks.ts';
import { firstPeriodAfter, type Observation, type Point } from './series.ts';
import type { TargetsFinding } from './verdict.ts';

/** A single point may be of a moment. */
const fewestPoints = 2;

/** Fails where every period since the deployment was without a healthy target. Points are the most healthy hosts of a period. */
export function judgeTargets(
  points: readonly Point[],
  observation: Observation,
  turn: Turn,
): TargetsFinding[] {
  const first = firstPeriodAfter(observation);
  const until = first + turn.periods * observation.policy.period * 1000;
  const after = points.filter(([start]) => start >= first && start < until);
  if (after.length < fewestPoints || after.some(([, healthy]) => healthy > 0)) return [];
  const periods = after.length;
  const sentence = `no target is healthy: 0 in all ${periods} periods since the deployment`;
  return [{ kind: 'targets', name: 'targets', status: 'fail', sentence, periods }];
}
