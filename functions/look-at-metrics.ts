/** One look of the judge: what CloudWatch says by now, and what follows. The command line looks at the past by it. */
import type { Aws } from '../aws/gateways.ts';
import { type Environment, logGroupsOf } from '../core/config.ts';
import { Transient } from '../core/errors.ts';
import { compare } from '../core/judge/compare.ts';
import { judgedBy } from '../core/judge/judged.ts';
import { logQueriesFor } from '../core/judge/log-lines.ts';
import type { AnalysisPolicy } from '../core/judge/policy.ts';
import { type Found, idOf, joined, queriesFor, seriesIn } from '../core/judge/queries.ts';
import { asksForTheWeek, aWeekBefore } from '../core/judge/season.ts';
import { closedPeriods, firstPeriodAfter, plannedPeriods } from '../core/judge/series.ts';
import type { Comparison } from '../core/judge/verdict.ts';
import type { Rollout } from '../core/rollout.ts';
import type { Span } from '../core/slot.ts';

export interface MetricsQuestion {
  environment: Pick<Environment, 'cluster' | 'service' | 'family' | 'logGroups'>;
  policy: AnalysisPolicy;
  /** ms since the epoch, as are all times. */
  startedAt: number;
  stableAt: number;
  now: number;
  spoiled: readonly Span[];
  targetGroups: Rollout['targetGroups'];
}

/** When the window is over, and CloudWatch has not answered for so long, there is nothing to wait for. */
const patienceSeconds = 300;

/**
 * One GetMetricData, one more for a pinned baseline of other days, and one DescribeAlarms where alarms have a say. Where the same
 * hours of a week ago have one, they are asked for by a look that would take the release back. Throws `Transient` while it is
 * worth asking again.
 */
export async function lookAtMetrics(
  question: MetricsQuestion,
  cloudwatch: Pick<ReturnType<Aws['cloudwatch']>, 'alarms' | 'metrics'>,
  logCounts?: ReturnType<Aws['logCounts']>,
): Promise<Comparison> {
  const { environment, policy, spoiled, targetGroups, ...time } = question;
  const dimensions = { ...environment, logGroups: logGroupsOf(environment) };
  const judged = judgedBy(policy, dimensions, targetGroups !== undefined);
  const look = queriesFor({
    policy,
    deployedAt: time.startedAt,
    now: time.now,
    spoiled,
    targetGroups,
    judged,
  });
  const asked = { ...time, policy, spoiled, judged };
  const isTooLate = (error: unknown): error is Transient =>
    error instanceof Transient && time.now >= endOfPatience(asked);
  try {
    const early = closedPeriods(asked) < plannedPeriods(policy);
    const lines = logQueriesFor(judged, asked, { windowEnd: look.windowEnd, early }, (index) =>
      idOf(index, 'bad'),
    );
    const [newest, pinned, alarms, counts] = await Promise.all([
      cloudwatch.metrics(look.queries, look.windowStart, look.windowEnd),
      look.earlier ? cloudwatch.metrics(look.queries, look.earlier.from, look.earlier.until) : {},
      cloudwatch.alarms(policy.alarms ?? []),
      lines.length > 0 && logCounts ? logCounts.count(lines) : { found: {}, unread: {} },
    ]);
    const { unread } = counts;
    const comparedBy = (found: Found) => {
      const { series, old } = seriesIn(found, policy);
      const apart = targetGroups && { old: { series: old, newPercent: targetGroups.newPercent } };
      return compare({ ...asked, series, found, unread, alarms, ...apart });
    };
    const found = { ...joined(pinned, newest), ...counts.found };
    const comparison = comparedBy(found);
    if (!policy.week || !asksForTheWeek(comparison)) return comparison;
    const week = aWeekBefore(asked, look.windowEnd);
    const then = await cloudwatch.metrics(look.queries, week.from, week.until).catch((error) => {
      if (isTooLate(error)) return {}; // what nobody can tell explains nothing
      throw error;
    });
    return comparedBy(joined(then, found));
  } catch (error) {
    if (!isTooLate(error)) throw error;
    // Silence is no proof of anything: without figures the policy decides.
    const unread = compare({ ...asked, series: seriesIn({}).series });
    return { ...unread, headline: `Not enough to judge by: CloudWatch could not be read: ${error.message}` };
  }
}

function endOfPatience(asked: { policy: AnalysisPolicy; stableAt: number }): number {
  const { window, extension = 0, publicationDelay } = asked.policy;
  return firstPeriodAfter(asked) + (window + extension + publicationDelay + patienceSeconds) * 1000;
}
