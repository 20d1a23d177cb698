/** The judge: is the service worse than before its deployment? One look, from points to a verdict; the caller brings the time. */

import { curves } from './curves.ts';
import { judgeErrors } from './errors.ts';
import { judgeLatency } from './latency.ts';
import { turn } from './looks.ts';
import type { AnalysisPolicy } from './policy.ts';
import { closedPeriods, firstPeriodAfter, type Observation, plannedPeriods, split } from './series.ts';
import type { Comparison, Decision, Finding, Status } from './verdict.ts';

/**
 * May be asked at any time and any number of times: looks are a matter of how many periods are closed, not of how often
 * somebody asks. A release that changed nothing fails with a chance of at most 1 %, over all looks and both metrics, as far
 * as the time before is like the time after.
 */
export function compare(observation: Observation): Comparison {
  const { policy, now } = observation;
  const look = turn(closedPeriods(observation), plannedPeriods(policy));
  const windows = split(observation, look.periods);
  const metrics: Finding[] = [judgeErrors(windows, look, policy.period), judgeLatency(windows, look, policy)];

  const status = overall(metrics.map((metric) => metric.status));
  const nextAt = firstPeriodAfter(observation) + (look.next * policy.period + policy.publicationDelay) * 1000;
  return {
    status,
    decision: decisionOn(status, policy.onInconclusive),
    headline: headline(status, metrics),
    metrics,
    series: curves(observation),
    waitSeconds: Math.max(1, Math.ceil((nextAt - now) / 1000)),
    looks: { done: look.done, planned: look.planned },
  };
}

/** One failure is enough, and nothing passes that was not measured. */
function overall(statuses: readonly Status[]): Status {
  const order: Status[] = ['fail', 'continue', 'inconclusive'];
  return order.find((status) => statuses.includes(status)) ?? 'pass';
}

function decisionOn(status: Status, onInconclusive: AnalysisPolicy['onInconclusive']): Decision {
  if (status === 'continue') return 'look again';
  if (status === 'inconclusive') return onInconclusive === 'pass' ? 'keep' : 'take back';
  return status === 'pass' ? 'keep' : 'take back';
}

function headline(status: Status, metrics: readonly Finding[]): string {
  const said = metrics.filter((metric) => metric.status === status).map(({ sentence }) => sentence);
  if (status === 'pass') return `Nothing got worse: ${said.join('; ')}`;
  if (status === 'inconclusive') return `Not enough to judge by: ${said.join('; ')}`;
  return said.join('; ');
}
