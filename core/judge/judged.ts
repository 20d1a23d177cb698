/** What is judged beside errors and latency, one by one: what a preset brings, and what the configuration adds. */
import type { Counted } from './errors.ts';
import type { LogLines } from './log-lines.ts';
import type { Measure } from './measure.ts';
import type { AnalysisPolicy } from './policy.ts';

interface Common {
  name: string;
  /** Says what it found and decides nothing. */
  report: boolean;
}

/** Bad events of all events. */
export interface JudgedShare extends Common {
  kind: 'share';
  bad: Measure;
  of: Measure;
  counted: Counted;
  /** Between 0 and 1. */
  max?: number | undefined;
}

/** A level; higher is worse. */
export interface JudgedGauge extends Common {
  kind: 'gauge';
  value: Measure;
  unit: string;
  /** Undefined where it is only held against `max`. */
  compared?: { tolerance: number; atLeast: number } | undefined;
  /** It follows users' requests, and is compared at equal load where they are known. */
  followsLoad?: true;
  max?: number | undefined;
}

/** Lines of logs of all events, or of users' requests where it does not say of which. */
export interface JudgedLines extends Common {
  kind: 'lines';
  lines: LogLines;
  logGroups: readonly string[];
  of?: Measure | undefined;
  counted: Counted;
  /** Between 0 and 1. */
  max?: number | undefined;
}

export type Judged = JudgedShare | JudgedLines | JudgedGauge;

/** An ECS service, by the names that CloudWatch knows it by. */
export interface EcsDimensions {
  cluster: string;
  service: string;
  /** Where its containers write. */
  logGroups?: readonly string[];
}

/** What a preset reports of every service and lets nothing hang on: a load that rises raises these, too. */
export const advisory = ['cpu', 'memory', 'unprocessed'] as const;
/** Names that a metric of one's own may not take. */
export const reserved = [
  'errors',
  'latency',
  'p90',
  'p50',
  'client errors',
  'queue age',
  'targets',
  'alarms',
  ...advisory,
] as const;

const usualTolerance = 0.25;

/** `apart`: old and new version have a target group each. */
export function judgedBy(
  policy: AnalysisPolicy,
  { cluster, service, logGroups = [] }: EcsDimensions,
  apart = false,
): Judged[] {
  const dimensions = { ClusterName: cluster, ServiceName: service };
  const ofEcs = (metric: string): Measure => ({ namespace: 'AWS/ECS', metric, dimensions, stat: 'Average' });
  const all: Judged[] = [
    ...clientErrors(policy, apart),
    ...queue(policy),
    {
      ...gauge('cpu', ofEcs('CPUUtilization'), { unit: '%', tolerance: 0.25, atLeast: 5 }),
      followsLoad: true,
    },
    gauge('memory', ofEcs('MemoryUtilization'), { unit: '%', tolerance: 0.1, atLeast: 5 }),
  ];
  const asSaid = all.map((judged): Judged => {
    if (policy.report?.includes(judged.name)) return { ...judged, report: true };
    return policy.decide?.includes(judged.name) ? { ...judged, report: false } : judged;
  });
  return [...asSaid, ...(policy.metrics ?? []).map((metric) => own(metric, logGroups))];
}

function gauge(
  name: string,
  value: Measure,
  { unit, ...compared }: { unit: string; tolerance: number; atLeast: number },
): JudgedGauge {
  const report = (advisory as readonly string[]).includes(name);
  return { kind: 'gauge', name, value, unit, compared, report };
}

/** Where old and new version have a target group each, the load balancer has both in one line. */
function clientErrors(
  { clientErrors: wanted, loadBalancer, targetGroup, api }: AnalysisPolicy,
  apart: boolean,
): Judged[] {
  if (!wanted) return [];
  const counted = { name: 'client errors', bad: '4xx', one: 'request', many: 'requests' };
  const share = { kind: 'share', name: counted.name, counted, report: false } as const;
  if (api) {
    const common = { namespace: 'AWS/ApiGateway', dimensions: api.dimensions };
    const bad = { ...common, metric: api.rest ? '4XXError' : '4xx' };
    return [{ ...share, bad, of: { ...common, metric: 'Count' } }];
  }
  const dimensions = {
    LoadBalancer: loadBalancer ?? '',
    ...(!apart && targetGroup && { TargetGroup: targetGroup }),
  };
  const common = { namespace: 'AWS/ApplicationELB', dimensions };
  const bad = { ...common, metric: 'HTTPCode_Target_4XX_Count' };
  return [{ ...share, bad, of: { ...common, metric: 'RequestCount' } }];
}

/** Older messages are worse. What was received and not deleted comes back: reported, since a batch straddles periods. */
function queue({ queue: name }: AnalysisPolicy): Judged[] {
  if (name === undefined) return [];
  const of = (metric: string, stat: string) => ({
    namespace: 'AWS/SQS',
    metric,
    dimensions: { QueueName: name },
    stat,
  });
  const [received, deleted] = [of('NumberOfMessagesReceived', 'Sum'), of('NumberOfMessagesDeleted', 'Sum')];
  return [
    gauge('queue age', of('ApproximateAgeOfOldestMessage', 'Maximum'), {
      unit: 's',
      tolerance: 1,
      atLeast: 60,
    }),
    {
      kind: 'share',
      name: 'unprocessed',
      report: true,
      counted: { name: 'unprocessed', bad: 'unprocessed', one: 'message', many: 'messages' },
      bad: {
        expression: 'IF(received > FILL(deleted, 0), received - FILL(deleted, 0), 0)',
        of: { received, deleted },
      },
      of: received,
    },
  ];
}

type OwnMetric = NonNullable<AnalysisPolicy['metrics']>[number];

function own(
  { name, bad, of, logs, gauge: level, value, max, report, ...more }: OwnMetric,
  logGroups: readonly string[],
): Judged {
  if (logs) {
    const counted = of ? { one: 'event', many: 'events' } : { one: 'request', many: 'requests' };
    const groups = logs.logGroup === undefined ? logGroups : [logs.logGroup];
    return {
      ...{ kind: 'lines', name, lines: logs, logGroups: groups, of, max, report },
      counted: { name, bad: name, ...counted },
    };
  }
  if (bad && of) {
    const counted = { name, bad: name, one: 'event', many: 'events' };
    return { kind: 'share', name, bad, of, counted, max, report };
  }
  const { tolerance = usualTolerance, atLeast = 0, unit = '', followsLoad } = more;
  return {
    ...{ kind: 'gauge', name, value: level ?? value ?? {}, unit, max, report },
    ...(level && { compared: { tolerance, atLeast } }),
    ...(followsLoad && { followsLoad }),
  };
}

/** What CloudWatch is asked for, by the part that it plays. */
export function sourcesOf(judged: Judged): ['bad' | 'of' | 'value', Measure][] {
  if (judged.kind === 'gauge') return [['value', judged.value]];
  if (judged.kind === 'lines') return judged.of ? [['of', judged.of]] : [];
  return [
    ['bad', judged.bad],
    ['of', judged.of],
  ];
}
