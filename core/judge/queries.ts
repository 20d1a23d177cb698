/** What one look asks CloudWatch for, as data: the gateway translates it, the judge reads the answers by id. */

import type { Span } from '../slot.ts';
import { type Judged, sourcesOf } from './judged.ts';
import type { Measure } from './measure.ts';
import type { AnalysisPolicy } from './policy.ts';
import { historyStart, type Point, type Series } from './series.ts';

interface Common {
  /** Unique in a look. */
  id: string;
  /** Seconds. */
  period: number;
  /** Only for an expression: not answered itself. */
  hidden?: true;
}

export interface StatQuery extends Common {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  stat: string;
}

/** Metric math over other queries of the look, by their ids. */
export interface MathQuery extends Common {
  expression: string;
}

export type MetricQuery = StatQuery | MathQuery;

export interface Look {
  queries: MetricQuery[];
  /** ms since the epoch, a multiple of the period; inclusive, as CloudWatch's StartTime. */
  windowStart: number;
  /** ms since the epoch, a multiple of the period; exclusive, as CloudWatch's EndTime. Nothing later is complete yet. */
  windowEnd: number;
  /** Of a pinned baseline and its day, where they are not part of that: asked for beside it. */
  earlier?: { from: number; until: number };
}

export interface TargetGroups {
  old: string;
  new: string;
}

/** Times in ms since the epoch; `deployedAt` is when the deployment started, not when it became stable. */
export function queriesFor(look: {
  policy: AnalysisPolicy;
  deployedAt: number;
  now: number;
  spoiled?: readonly Span[];
  /** ARNs: where old and new version have one each. Else the one of the policy has both, one after the other. */
  targetGroups?: TargetGroups | undefined;
  judged?: readonly Judged[];
}): Look {
  const { policy, deployedAt, now, spoiled = [], targetGroups, judged = [] } = look;
  const { period } = policy;
  const periodMs = period * 1000;
  const down = (time: number) => Math.floor(time / periodMs) * periodMs;
  const earliest = down(historyStart({ policy, startedAt: deployedAt, spoiled }));
  // What was just before the deployment counts, whatever else it is compared with.
  const lately = down(deployedAt - policy.baseline * 1000);
  const pinned = policy.pinned && down(policy.pinned.until) + periodMs;
  const apart = pinned !== undefined && pinned < lately;
  const others = judged.flatMap((one, index) =>
    sourcesOf(one).flatMap(([part, measure]) => queriesOf(idOf(index, part), measure, period, part)),
  );
  return {
    queries: [...usersQueries(policy, targetGroups), ...others],
    windowStart: apart ? lately : earliest,
    ...(apart && { earlier: { from: earliest, until: pinned } }),
    // CloudWatch refuses an empty range.
    windowEnd: Math.max(down(now - policy.publicationDelay * 1000), (apart ? lately : earliest) + periodMs),
  };
}

/** By which the judge finds the points of a metric, or of a part of it. */
export const idOf = (index: number, part: 'bad' | 'of' | 'value'): string => `m${index}_${part}`;

/**
 * What users notice: `requests` and `errors` of the target group and `p99`, its response time. `balancerErrors` are 5xx of the
 * load balancer's own. CloudWatch does not say for which target group, so they are a guard and no proof.
 */
function usersQueries(policy: AnalysisPolicy, targetGroups: TargetGroups | undefined): StatQuery[] {
  const { loadBalancer: LoadBalancer, api, period } = policy;
  if (api) {
    const common = { namespace: 'AWS/ApiGateway', period, dimensions: api.dimensions };
    return [
      { id: 'requests', ...common, metricName: 'Count', stat: 'Sum' },
      { id: 'errors', ...common, metricName: api.rest ? '5XXError' : '5xx', stat: 'Sum' },
      { id: 'p99', ...common, metricName: 'Latency', stat: 'p99' },
      { id: 'p90', ...common, metricName: 'Latency', stat: 'p90' },
      { id: 'p50', ...common, metricName: 'Latency', stat: 'p50' },
    ];
  }
  if (LoadBalancer === undefined) return [];
  const network = LoadBalancer.startsWith('net/');
  const common = { namespace: network ? 'AWS/NetworkELB' : 'AWS/ApplicationELB', period };
  const of = (TargetGroup: string) => ({ ...common, dimensions: { LoadBalancer, TargetGroup } });
  const target = of(targetGroups ? dimensionOf(targetGroups.new) : (policy.targetGroup ?? ''));
  const old = targetGroups && of(dimensionOf(targetGroups.old));
  const balancer = { ...common, dimensions: { LoadBalancer } };
  const healthyHosts = { id: 'healthyHosts', ...target, metricName: 'HealthyHostCount', stat: 'Maximum' };
  // It counts connections, and only of all target groups together.
  if (network)
    return [
      { id: 'requests', ...balancer, metricName: 'NewFlowCount', stat: 'Sum' },
      { id: 'errors', ...balancer, metricName: 'TCP_Target_Reset_Count', stat: 'Sum' },
      healthyHosts,
    ];
  return [
    { id: 'requests', ...target, metricName: 'RequestCount', stat: 'Sum' },
    { id: 'errors', ...target, metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
    { id: 'p99', ...target, metricName: 'TargetResponseTime', stat: 'p99' },
    { id: 'p90', ...target, metricName: 'TargetResponseTime', stat: 'p90' },
    { id: 'p50', ...target, metricName: 'TargetResponseTime', stat: 'p50' },
    { id: 'balancerErrors', ...balancer, metricName: 'HTTPCode_ELB_5XX_Count', stat: 'Sum' },
    healthyHosts,
    ...(old
      ? [
          { id: 'oldRequests', ...old, metricName: 'RequestCount', stat: 'Sum' },
          { id: 'oldErrors', ...old, metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
          { id: 'oldP99', ...old, metricName: 'TargetResponseTime', stat: 'p99' },
          { id: 'oldP90', ...old, metricName: 'TargetResponseTime', stat: 'p90' },
          { id: 'oldP50', ...old, metricName: 'TargetResponseTime', stat: 'p50' },
        ]
      : []),
  ];
}

const dimensionOf = (targetGroupArn: string) => targetGroupArn.slice(targetGroupArn.lastIndexOf(':') + 1);

/** Levels are averaged and events are summed, unless the configuration says otherwise. */
function queriesOf(
  id: string,
  measure: Measure,
  period: number,
  part: 'bad' | 'of' | 'value',
): MetricQuery[] {
  const usual = part === 'value' ? 'Average' : 'Sum';
  const stat = ({ namespace = '', metric = '', dimensions = {}, stat = usual }: Measure) => ({
    ...{ namespace, metricName: metric, dimensions, stat, period },
  });
  const { expression, of = {} } = measure;
  if (expression === undefined) return [{ id, ...stat(measure) }];
  const names = Object.keys(of);
  // Ids are unique in a look, and two expressions may use the same names.
  const named = expression.replaceAll(/\b[a-z]\w*\b/g, (word) =>
    names.includes(word) ? `${id}_${word}` : word,
  );
  const hidden = names.map(
    (name): StatQuery => ({ id: `${id}_${name}`, ...stat(of[name] ?? {}), hidden: true }),
  );
  return [{ id, expression: named, period }, ...hidden];
}

export type Found = Readonly<Record<string, readonly Point[] | undefined>>;

/** What was answered of users' requests, of the new version and, where it was asked for, of the old one. */
export function seriesIn(
  found: Found,
  { api }: Pick<AnalysisPolicy, 'api'> = {},
): { series: Series; old: Series } {
  const { requests = [], errors = [], p99 = [], p90 = [], p50 = [], balancerErrors = [] } = found;
  const { oldRequests = [], oldErrors = [], oldP99 = [], oldP90 = [], oldP50 = [] } = found;
  // API Gateway says it in milliseconds.
  const seconds = (points: readonly Point[]) =>
    api ? points.map(([time, value]): Point => [time, value / 1000]) : points;
  return {
    series: { requests, errors, p99: seconds(p99), p90: seconds(p90), p50: seconds(p50), balancerErrors },
    old: { requests: oldRequests, errors: oldErrors, p99: oldP99, p90: oldP90, p50: oldP50, balancerErrors },
  };
}

/** The points of several answers, as of one. */
export function joined(one: Found, other: Found): Found {
  const ids = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...ids].map((id) => [id, [...(one[id] ?? []), ...(other[id] ?? [])]]));
}
