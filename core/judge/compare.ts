/** The judge: is the service worse than before its deployment? One look, from points to a verdict; the caller brings the time. */

import { judgeAlarms, type SeenAlarm } from './alarms.ts';
import { against, unusable } from './baseline.ts';
import { total } from './counts.ts';
import { curves } from './curves.ts';
import { judgeErrors, serverErrors } from './errors.ts';
import { judgeGauge } from './gauge.ts';
import type { Judged, JudgedGauge } from './judged.ts';
import { errorsLately, latencyLately, unlessBefore, unpinned } from './lately.ts';
import { judgeLatencies } from './latency.ts';
import { judgeLevelLimit, judgeShareLimit } from './limit.ts';
import { judgeLines } from './lines.ts';
import { atEqualLoad, fitLoad } from './load.ts';
import { alphaPerRelease, extendedTurn, sharesOfErrors, type Turn } from './looks.ts';
import { dayOf, provedSince, valuesIn } from './points.ts';
import type { AnalysisPolicy } from './policy.ts';
import { type Found, idOf } from './queries.ts';
import { unlessSeasonal } from './season.ts';
import {
  baselineEnd,
  baselineStart,
  closedPeriods,
  firstPeriodAfter,
  type Observation,
  type Point,
  plannedPeriods,
  requestsOf,
  split,
} from './series.ts';
import { judgeTargets } from './targets.ts';
import type { Comparison, Decision, Finding, Status } from './verdict.ts';

/** What is judged beside users' requests, and what was seen of it. */
export interface Beside {
  judged?: readonly Judged[];
  /** What CloudWatch answered, by the ids of the queries. */
  found?: Found;
  /** Why counts of log lines are missing, by the same ids. */
  unread?: Readonly<Record<string, string>>;
  alarms?: readonly SeenAlarm[];
}

/**
 * May be asked at any time and any number of times: looks are a matter of how many periods are closed, not of how often
 * somebody asks. A release that changed nothing fails with a chance of less than 1 %, over all looks and all metrics, as far
 * as the time before is like the time after; limits and alarms of the user's own are beside that.
 */
export function compare(given: Observation & Beside): Comparison {
  const { policy, startedAt, now, judged = [], alarms = [] } = given;
  const problem = unusable(policy, startedAt, now);
  const observation = problem ? withoutBaseline(given) : given;
  const alpha = alphaPerRelease / Math.max(1, sharesOf(policy, judged));
  const extended = { ...observation, policy: { ...policy, window: policy.window + (policy.extension ?? 0) } };
  const planned = plannedPeriods(policy);
  const extra = plannedPeriods(extended.policy) - planned;
  const look = extendedTurn(closedPeriods(extended), planned, extra, alpha);
  const metrics: Finding[] = [
    ...judgeUsers(observation, look),
    ...judgeTargets(observation.found?.healthyHosts ?? [], observation, look),
    ...judged.flatMap((one, index) => judgeOther(one, index, observation, look)),
    ...(policy.alarms?.length ? [judgeAlarms(policy.alarms, alarms, startedAt, look)] : []),
  ];

  const found = overall(metrics, look);
  const status = found === 'inconclusive' && !look.last ? 'continue' : found;
  const nextAt = firstPeriodAfter(observation) + (look.next * policy.period + policy.publicationDelay) * 1000;
  return {
    status,
    decision: decisionOn(status, policy.onInconclusive),
    headline: `${problem ? `${problem}; ` : ''}${headline(found, metrics)}${comparedWith(policy)}`,
    ...(policy.pinned && { pinned: policy.pinned }),
    metrics,
    series: curves(extended),
    waitSeconds: Math.max(1, Math.ceil((nextAt - now) / 1000)),
    looks: { done: look.done, planned: look.planned },
  };
}

/** What was pinned and cannot be compared with leaves nothing that could be: the day is what was said not to count. */
const withoutBaseline = (given: Observation & Beside): Observation & Beside => ({
  ...given,
  policy: { ...given.policy, pinned: { from: 0, until: 0 } },
});

const comparedWith = (policy: AnalysisPolicy) => (policy.pinned ? `; compared with ${against(policy)}` : '');

const isReported = ({ report = [] }: AnalysisPolicy, name: string) => report.includes(name);
/** Services without users of their own have neither a load balancer nor an API. */
const hasUsers = ({ loadBalancer, api }: AnalysisPolicy) => loadBalancer !== undefined || api !== undefined;
/** A Network Load Balancer sees connections: no answers, and no time to them. */
const isNetwork = ({ loadBalancer = '' }: AnalysisPolicy) => loadBalancer.startsWith('net/');

/** Of the chance of a false alarm, by all tests that can fail a release. */
function sharesOf(policy: AnalysisPolicy, judged: readonly Judged[]): number {
  const users = hasUsers(policy)
    ? [
        isReported(policy, 'errors') ? 0 : sharesOfErrors,
        isNetwork(policy) || isReported(policy, 'latency') ? 0 : 1,
      ]
    : [];
  const limits = [policy.maxErrorRate, policy.maxP99Milliseconds];
  const others = judged
    .filter(({ report }) => !report)
    .flatMap((one) => [one.kind !== 'gauge' || one.compared, one.max]);
  return [...limits, ...others].filter(Boolean).length + users.reduce((sum, shares) => sum + shares, 0);
}

const resets = { name: serverErrors.name, bad: 'resets', one: 'connection', many: 'connections' };

/** Errors and latency of users' requests. */
function judgeUsers(observation: Observation, look: Turn): Finding[] {
  const { policy } = observation;
  if (!hasUsers(policy)) return [];
  const windows = split(observation, look.periods);
  const { maxErrorRate, maxP99Milliseconds, period } = policy;
  const network = isNetwork(policy);
  const counted = network ? resets : serverErrors;
  const p99s = windows.warm.flatMap(({ p99Milliseconds }) => p99Milliseconds ?? []);
  const as = (name: string, finding: Finding): Finding =>
    isReported(policy, name) ? { ...finding, report: true } : finding;
  // What hits both versions in the same minutes needs nothing else to be explained.
  const unlessUsual = (finding: Finding, again: () => Finding | undefined) =>
    windows.history ? unlessExplained(finding, observation, look, again) : finding;
  const lookAtErrors = { ...look, limit: sharesOfErrors * look.limit };
  const latencies = network ? [] : judgeLatencies(windows, look, policy);
  return [
    as(
      'errors',
      unlessUsual(
        judgeErrors(windows, lookAtErrors, period, counted),
        errorsLately(observation, lookAtErrors, counted),
      ),
    ),
    ...latencies.map((finding) =>
      as('latency', unlessUsual(finding, latencyLately(observation, look, finding.name))),
    ),
    ...(maxErrorRate === undefined
      ? []
      : [judgeShareLimit('errors limit', '5xx', maxErrorRate, total(windows.after.periods), look)]),
    ...(maxP99Milliseconds === undefined
      ? []
      : [judgeLevelLimit('p99', maxP99Milliseconds, 'ms', p99s, look)]),
  ];
}

/** Worse than a pinned time, and no worse than just before; or as high as at the same time a week ago. */
const unlessExplained = (
  finding: Finding,
  observation: Observation,
  look: Turn,
  again: () => Finding | undefined,
  points?: readonly Point[],
): Finding => unlessSeasonal(unlessBefore(finding, observation, look, again), observation, look, points);

/** A preset's other metric, or one of the configuration's own. */
function judgeOther(judged: Judged, index: number, observation: Observation & Beside, look: Turn): Finding[] {
  const { policy, found = {} } = observation;
  const of = (part: Parameters<typeof idOf>[1]) => found[idOf(index, part)] ?? [];
  const findings: Finding[] = [];
  if (judged.kind === 'lines') {
    findings.push(...judgeLines(judged, index, observation, look));
  } else if (judged.kind === 'share') {
    const series = { requests: of('of'), errors: of('bad'), p99: [], balancerErrors: [] };
    const alone = { ...observation, series, old: undefined };
    const windows = split(alone, look.periods);
    const { name, counted, max } = judged;
    const finding = judgeErrors(windows, look, policy.period, counted);
    findings.push(unlessExplained(finding, alone, look, errorsLately(alone, look, counted)));
    if (max !== undefined)
      findings.push(judgeShareLimit(`${name} limit`, counted.bad, max, total(windows.after.periods), look));
  } else {
    const { name, unit, max } = judged;
    const values = valuesIn(of('value'), observation, look.periods);
    if (isCompared(judged)) {
      const requests = requestsOf(observation);
      const baseline = {
        from: baselineStart(observation),
        until: baselineEnd(observation) - policy.period * 1000,
      };
      const load = judged.followsLoad && fitLoad(provedSince(of('value'), observation), requests, baseline);
      const level = load ? atEqualLoad(of('value'), requests, load) : of('value');
      const seen = load ? valuesIn(level, observation, look.periods) : values;
      const finding = judgeGauge(judged, seen, look, { load, day: dayOf(level, observation) });
      const again = () => judgeGauge(judged, valuesIn(level, unpinned(observation), look.periods), look);
      findings.push(unlessExplained(finding, observation, look, again, level));
    }
    if (max !== undefined) findings.push(judgeLevelLimit(name, max, unit, values.after, look));
  }
  return judged.report ? findings.map((finding) => ({ ...finding, report: true })) : findings;
}

const isCompared = (
  judged: JudgedGauge,
): judged is JudgedGauge & { compared: NonNullable<JudgedGauge['compared']> } =>
  judged.compared !== undefined;

/** One failure is enough, and nothing passes that was not measured. What only reports decides nothing. */
function overall(metrics: readonly Finding[], { main }: Turn): Status {
  const statuses = metrics.filter(({ report }) => !report).map(({ status }) => status);
  const order: Status[] = ['fail', 'continue', 'inconclusive'];
  const found = order.find((status) => statuses.includes(status));
  if (found || statuses.length > 0) return found ?? 'pass';
  if (!main) return 'continue';
  return metrics.some(({ status }) => status !== 'inconclusive') ? 'pass' : 'inconclusive';
}

const afterDoubt = { pass: 'keep', rollback: 'take back', ask: 'ask a person' } as const;

function decisionOn(status: Status, onInconclusive: AnalysisPolicy['onInconclusive']): Decision {
  if (status === 'continue') return 'look again';
  if (status === 'inconclusive') return afterDoubt[onInconclusive];
  return status === 'pass' ? 'keep' : 'take back';
}

function headline(status: Status, metrics: readonly Finding[]): string {
  const said = (told: readonly Finding[]) => told.map(({ sentence }) => sentence).join('; ');
  const deciding = metrics.filter(({ report }) => !report);
  const worse = metrics.filter((metric) => metric.report && metric.status === 'fail');
  if (deciding.length === 0) {
    const others = metrics.filter((metric) => !worse.includes(metric));
    return `${status === 'inconclusive' ? 'Not enough to judge by' : 'Only reported'}: ${said([...worse, ...others])}`;
  }
  const sentences = said(deciding.filter((metric) => metric.status === status));
  const reported = worse.length > 0 ? `; only reported: ${said(worse)}` : '';
  if (status === 'pass') return `Nothing got worse: ${sentences}${reported}`;
  if (status === 'inconclusive') return `Not enough to judge by: ${sentences}${reported}`;
  return sentences + reported;
}
