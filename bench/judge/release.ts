/** One simulated release, as CloudWatch answers about it and as a judge sees it look by look. */
import { compare } from '../../core/judge/compare.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { queriesFor, seriesIn } from '../../core/judge/queries.ts';
import type { Comparison } from '../../core/judge/verdict.ts';
import type { Draw } from './random.ts';
import { type Cell, type Day, day, historyMinutes, type Minute } from './service.ts';
import type { Change } from './worlds.ts';

export const minuteMs = 60_000;
/** A Monday. */
const epoch = Date.UTC(2026, 0, 5);

/** A deployment of a service on a day, before anything is said of what it changes. */
export interface Setting {
  day: Day;
  startedAt: number;
  stableAt: number;
  /** Of the minutes from the deployment's start on, the first with the new version alone. */
  stableMinute: number;
}

/** Watched for so many minutes at most. */
export function setting(cell: Cell, watchedMinutes: number, random: Draw): Setting {
  const startedAt = epoch + historyMinutes * minuteMs + Math.floor(random.uniform() * minuteMs);
  const stableAt = startedAt + Math.floor((1 + 2 * random.uniform()) * minuteMs);
  const stableMinute = Math.ceil(stableAt / minuteMs) - (epoch / minuteMs + historyMinutes);
  const days = day(cell, stableMinute + watchedMinutes + 1, stableMinute, random);
  return { day: days, startedAt, stableAt, stableMinute };
}

/** As GetMetricData answers: times in seconds since the epoch. */
export interface Answer {
  MetricDataResults: { Id: string; Timestamps: number[]; Values: number[]; StatusCode: 'Complete' }[];
}

/** The value of a minute under each query's id: no point where there is nothing to count. */
const published: Record<string, (minute: Minute) => number | undefined> = {
  requests: ({ requests }) => requests || undefined,
  errors: ({ errors }) => errors || undefined,
  p50: ({ p50 }) => p50,
  p90: ({ p90 }) => p90,
  p99: ({ p99 }) => p99,
  balancerErrors: () => undefined,
};

/** What CloudWatch knows at `now`, of what a look asks for: a minute's figures grow for two minutes more. */
export function answer(
  minutes: readonly Minute[],
  ids: readonly string[],
  [from, until]: readonly [number, number],
  now: number,
): Answer {
  const first = Math.max(0, Math.floor((from - epoch) / minuteMs));
  const last = Math.min(minutes.length, Math.ceil((until - epoch) / minuteMs));
  const results = ids.flatMap((id) => {
    const value = published[id];
    if (!value) return [];
    const [Timestamps, Values]: [number[], number[]] = [[], []];
    for (let index = first; index < last; index++) {
      const minute = minutes[index];
      const found = minute && value(minute);
      if (found === undefined) continue;
      const start = epoch + index * minuteMs;
      const known = Math.min(1, Math.max(0, (now - start) / (3 * minuteMs)));
      if (known === 0) continue;
      Timestamps.push(start / 1000);
      Values.push(id === 'requests' || id === 'errors' ? Math.round(known * found) : found);
    }
    return [{ Id: id, Timestamps, Values, StatusCode: 'Complete' as const }];
  });
  return { MetricDataResults: results };
}

export function pointsIn({ MetricDataResults }: Answer): Record<string, [number, number][]> {
  return Object.fromEntries(
    MetricDataResults.map(({ Id, Timestamps, Values }) => [
      Id,
      Timestamps.map((time, index): [number, number] => [time * 1000, Values[index] ?? 0]),
    ]),
  );
}

export interface Verdict {
  comparison: Comparison;
  /** Complete minutes since the version served alone, when it was decided. */
  minutes: number;
}

/** Tidegate's judge, asked as the state machine asks it. `everyLook`: asks CloudWatch again for each, as it does; else once, for all. */
export function judged(
  { startedAt, stableAt, stableMinute }: Setting,
  minutes: readonly Minute[],
  policy: AnalysisPolicy,
  everyLook = false,
): Verdict {
  const firstAfter = epoch + (historyMinutes + stableMinute) * minuteMs;
  const asked = (now: number) => {
    const { queries, windowStart, windowEnd } = queriesFor({ policy, deployedAt: startedAt, now });
    const ids = queries.map(({ id }) => id);
    return seriesIn(pointsIn(answer(minutes, ids, [windowStart, windowEnd], now))).series;
  };
  const end = firstAfter + (policy.window + (policy.extension ?? 0) + policy.publicationDelay) * 1000;
  let series = asked(everyLook ? stableAt : end);
  for (let now = stableAt; ; ) {
    if (everyLook) series = asked(now);
    const comparison = compare({ series, policy, startedAt, stableAt, now });
    if (comparison.decision !== 'look again') {
      return {
        comparison,
        minutes: Math.floor((now - firstAfter) / minuteMs - policy.publicationDelay / 60),
      };
    }
    now += comparison.waitSeconds * 1000;
  }
}

export const minutesOf = (setting: Setting, change: Change, random: Draw): Minute[] => [
  ...setting.day.before,
  ...setting.day.after(change, random),
];

/** What judges that look at a handful of points see: the minutes before, and those after. */
export function windowsOf(
  { stableMinute }: Setting,
  minutes: readonly Minute[],
  before: number,
  after: number,
  warmUp = 0,
) {
  const from = historyMinutes + stableMinute + warmUp;
  return {
    before: minutes.slice(historyMinutes - before, historyMinutes),
    after: minutes.slice(from, from + after),
  };
}
