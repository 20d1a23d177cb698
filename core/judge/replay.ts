/** A past deployment judged again, look by look, as it would have been: by the same code, which sees no more than it would have seen. */
import { type AlarmHistory, alarmsAt } from './alarm-history.ts';
import { compare } from './compare.ts';
import type { Judged } from './judged.ts';
import { extendedSchedule, schedule } from './looks.ts';
import type { AnalysisPolicy } from './policy.ts';
import { type Found, seriesIn } from './queries.ts';
import { firstPeriodAfter, type Observation, plannedPeriods } from './series.ts';
import type { Comparison } from './verdict.ts';

export interface Past extends Pick<Observation, 'policy' | 'startedAt' | 'stableAt' | 'spoiled'> {
  judged: readonly Judged[];
  /** What CloudWatch answered, by the ids of the queries. */
  found: Found;
  /** Why counts of log lines are missing. */
  unread?: Readonly<Record<string, string>> | undefined;
  /** Without it alarms have no say. */
  alarmHistory?: AlarmHistory | undefined;
  /** What the new version got of the requests, where it had a target group of its own. */
  newPercent?: number | undefined;
  /** Nothing later is looked at, ms since the epoch. */
  until: number;
}

export interface PastLook {
  /** ms since the epoch. */
  at: number;
  comparison: Comparison;
}

/** When the judge looks at the latest, ms since the epoch: all of its figures are complete then. */
export const lastLookAt = (of: { policy: AnalysisPolicy; stableAt: number }): number =>
  firstPeriodAfter(of) +
  ((looksOf(of.policy).at(-1) ?? 0) * of.policy.period + of.policy.publicationDelay) * 1000;

/** After how many closed periods. */
function looksOf(policy: AnalysisPolicy): number[] {
  const planned = plannedPeriods(policy);
  const window = policy.window + (policy.extension ?? 0);
  return [
    ...schedule(planned),
    ...extendedSchedule(planned, plannedPeriods({ ...policy, window }) - planned),
  ];
}

/** Up to the look that decides; one that says `look again` where `until` comes first. */
export function replay({ found, newPercent, until, alarmHistory, unread = {}, ...past }: Past): PastLook[] {
  const { series, old } = seriesIn(found, past.policy);
  const names = (alarmHistory && past.policy.alarms) || undefined;
  const policy: AnalysisPolicy = { ...past.policy, alarms: names };
  const apart = newPercent === undefined ? {} : { old: { series: old, newPercent } };
  const lookAt = (now: number): PastLook => ({
    at: now,
    comparison: compare({
      ...{ ...past, ...apart, policy, series, found, unread, now },
      ...(alarmHistory && names && { alarms: alarmsAt(names, alarmHistory, now) }),
    }),
  });

  const looks: PastLook[] = [];
  for (const periods of looksOf(policy)) {
    const at = firstPeriodAfter(past) + (periods * policy.period + policy.publicationDelay) * 1000;
    if (at > until) break;
    const look = lookAt(at);
    looks.push(look);
    if (look.comparison.decision !== 'look again') return looks;
  }
  return looks.length > 0 ? looks : [lookAt(until)];
}
