/** What one look asks CloudWatch for, as data: the gateway translates it, the judge reads the answers by id. */

import type { Span } from '../slot.ts';
import type { AnalysisPolicy } from './policy.ts';
import { baselineStart, type Point, type Series } from './series.ts';

/**
 * `requests` and `errors` are those of the target group and `p99` its response time, in seconds as CloudWatch has it.
 * `balancerErrors` are 5xx of the load balancer's own. CloudWatch does not say for which target group, so they are a
 * guard and no proof.
 */
export const queryIds = ['requests', 'errors', 'p99', 'balancerErrors'] as const;
/** The same of the old version, where it has a target group of its own. */
const oldIds = ['oldRequests', 'oldErrors', 'oldP99'] as const;
export type QueryId = (typeof queryIds)[number] | (typeof oldIds)[number];

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
  /** ARNs: where old and new version have one each. Else the one of the policy has both, one after the other. */
  targetGroups?: { old: string; new: string } | undefined;
}): Look {
  const { policy, deployedAt, now, spoiled = [], targetGroups } = look;
  const { loadBalancer: LoadBalancer, period } = policy;
  const common = { namespace: 'AWS/ApplicationELB', period };
  const of = (TargetGroup: string) => ({ ...common, dimensions: { LoadBalancer, TargetGroup } });
  const target = of(targetGroups ? dimensionOf(targetGroups.new) : policy.targetGroup);
  const old = targetGroups && of(dimensionOf(targetGroups.old));

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
      ...(old
        ? ([
            { id: 'oldRequests', ...old, metricName: 'RequestCount', stat: 'Sum' },
            { id: 'oldErrors', ...old, metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
            { id: 'oldP99', ...old, metricName: 'TargetResponseTime', stat: 'p99' },
          ] as const)
        : []),
    ],
    windowStart,
    // CloudWatch refuses an empty range.
    windowEnd: Math.max(down(now - policy.publicationDelay * 1000), windowStart + periodMs),
  };
}

const dimensionOf = (targetGroupArn: string) => targetGroupArn.slice(targetGroupArn.lastIndexOf(':') + 1);

/** What was answered, of the new version and, where it was asked for, of the old one. */
export function seriesIn(found: Partial<Record<QueryId, readonly Point[]>>): { series: Series; old: Series } {
  const { requests = [], errors = [], p99 = [], balancerErrors = [] } = found;
  const { oldRequests = [], oldErrors = [], oldP99 = [] } = found;
  return {
    series: { requests, errors, p99, balancerErrors },
    old: { requests: oldRequests, errors: oldErrors, p99: oldP99, balancerErrors },
  };
}
