/**
 * The load balancer's own 5xx: a guard. They may belong to another target group of the same load balancer, so they fail a
 * release only together with its traffic being gone, and keep it from passing otherwise.
 */
import type { Windows } from './series.ts';
import { countTest } from './statistics.ts';

const ratio = 1.2;
const phi = 2;

/** What the load balancer answered, and the chance of that without a change. The exposure is time: its requests are not known. */
export function balancerErrors({ earlier, after }: Pick<Windows, 'earlier' | 'after'>, limit: number) {
  const p = countTest(after.balancerErrors, after.closed, earlier.balancerErrors, earlier.closed, ratio, phi);
  return {
    before: earlier.balancerErrors,
    after: after.balancerErrors,
    p,
    rose: after.balancerErrors >= 3 && p <= limit,
  };
}
