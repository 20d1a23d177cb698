/** What one look asks CloudWatch for, as data: the gateway translates it, the judge reads the answers by id. */

import type { Span } from '../slot.ts';
import type { AnalysisPolicy } from './policy.ts';
import { baselineStart } from './series.ts';

/**
 * `requests` and `errors` are those of the target group and `p99` its response time, in seconds as CloudWatch has it.
 * `balancerErrors` are 5xx of the load balancer's own. CloudWatch does not say for which target group, so they are a
 * guard and no proof.
 */
export const queryIds = ['requests', 'errors', 'p99', 'balancerErrors'] as const;
export type QueryId = (typeof queryIds)[number];

export interface MetricQuery {
  id: QueryId;
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  stat: string;
  /** Seconds. */
  period: number;
}

export interface Look {
  queries: MetricQuery[];
  /** ms since the epoch, a multiple of the period; inclusive, as CloudWatch's StartTime. */
  windowStart: number;
  /** ms since the epoch, a multiple of the period; exclusive, as CloudWatch's EndTime. Nothing later is complete yet. */
  windowEnd: number;
}

/** Times in ms since the epoch; `deployedAt` is when the deployment started, not when it became stable. */
export function queriesFor(look: {
  policy: AnalysisPolicy;
  deployedAt: number;
  now: number;
  spoiled?: readonly Span[];
}): Look {
  const { policy, deployedAt, now, spoiled = [] } = look;
  const { loadBalancer: LoadBalancer, targetGroup: TargetGroup, period } = policy;
  const common = { namespace: 'AWS/ApplicationELB', period };
  const target = { ...common, dimensions: { LoadBalancer, TargetGroup } };

  const periodMs = period * 1000;
  const down = (time: number) => Math.floor(time / periodMs) * periodMs;
  const windowStart = down(baselineStart({ policy, startedAt: deployedAt, spoiled }));
  return {
    queries: [
      { id: 'requests', ...target, metricName: 'RequestCount', stat: 'Sum' },
      { id: 'errors', ...target, metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
      { id: 'p99', ...target, metricName: 'TargetResponseTime', stat: 'p99' },
      {
        id: 'balancerErrors',
        ...common,
        dimensions: { LoadBalancer },
        metricName: 'HTTPCode_ELB_5XX_Count',
        stat: 'Sum',
      },
    ],
    windowStart,
    // CloudWatch refuses an empty range.
    windowEnd: Math.max(down(now - policy.publicationDelay * 1000), windowStart + periodMs),
  };
}
