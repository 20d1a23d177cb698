/** What alarms were at a time of the past, from how their states have changed since. */
import type { SeenAlarm } from './alarms.ts';

/** A state that an alarm went from, and the one that it came into; ms since the epoch. */
export interface AlarmChange {
  name: string;
  at: number;
  from: SeenAlarm['state'];
  to: SeenAlarm['state'];
}

export interface AlarmHistory {
  /** Since the deployment started, in any order. */
  changes: readonly AlarmChange[];
  /** Those that there are by now, and what they are. */
  now: readonly SeenAlarm[];
}

/** CloudWatch keeps it, also of alarms that are gone. */
export const alarmHistoryKeptMs = 30 * 86_400_000;

/**
 * As DescribeAlarms would have answered then. What changed after `at` tells what an alarm was by then, but not since when: that is
 * before the changes that are known, so before the deployment. One of which nothing is known was not there.
 */
export function alarmsAt(names: readonly string[], { changes, now }: AlarmHistory, at: number): SeenAlarm[] {
  return names.flatMap((name): SeenAlarm[] => {
    const own = changes
      .filter((change) => change.name === name && change.from !== change.to)
      .toSorted((one, other) => one.at - other.at);
    const last = own.findLast((change) => change.at <= at);
    if (last) return [{ name, state: last.to, since: last.at }];
    const next = own[0];
    if (next) return [{ name, state: next.from, since: 0 }];
    return now.filter((alarm) => alarm.name === name);
  });
}
