/** From CloudWatch's points to two windows: what was before the deployment started, and what came after it was stable. */

import type { Span } from '../slot.ts';
import type { AnalysisPolicy } from './policy.ts';

/** Start of a period in ms since the epoch, and its value. */
export type Point = readonly [time: number, value: number];
/** Of each metric, in any order. */
export type Series = Readonly<Record<'requests' | 'errors' | 'p99' | 'balancerErrors', readonly Point[]>> &
  Readonly<Partial<Record<'p90' | 'p50', readonly Point[]>>>;

/** A closed period with traffic. Without RequestCount a period says nothing, least of all that there were no errors. */
export interface Period {
  startsAt: number;
  requests: number;
  /** 0 where the metric is missing: it is published only when it is not zero. */
  errors: number;
  p99Milliseconds?: number;
  p90Milliseconds?: number;
  p50Milliseconds?: number;
}

export interface Window {
  periods: Period[];
  /** Closed periods with and without traffic. */
  closed: number;
  balancerErrors: number;
}

export interface Windows {
  before: Window;
  /** The time before the deployment, whatever `before` is. */
  earlier: Window;
  /** Its day, one period behind the other. Those without traffic, or with a version that was never proved, say nothing. */
  day: readonly (Period | undefined)[];
  /** How many requests of `after` stand against one of `before`, where nothing has changed. */
  share: number;
  /** The last five minutes before the deployment started: was it already happening? */
  last: Period[];
  after: Window;
  /** The part of `after` that counts for latency. */
  warm: Period[];
  /** What the same comparison has to say of a day without a deployment; absent where both versions are compared side by side. */
  history?: History;
}

export interface History {
  /** As of the windows. */
  day: readonly (Period | undefined)[];
  /** So many of them are what the newest ones are compared with. */
  reference: number;
  /** Periods between the start of the deployment and the first that counts. */
  gap: number;
  /** The same for latency. */
  warmGap: number;
}

export interface Observation {
  series: Series;
  policy: AnalysisPolicy;
  /** When the deployment started, ms since the epoch. */
  startedAt: number;
  /** When it became stable, ms since the epoch. */
  stableAt: number;
  /** ms since the epoch. */
  now: number;
  /** When releases served that were never proved: no time to compare with. */
  spoiled?: readonly Span[];
  /** Where the old version has figures of its own: then `series` are the new one's alone. */
  old?: { series: Series; newPercent: number } | undefined;
}

const lastSeconds = 300;

type Beginning = Pick<Observation, 'policy' | 'startedAt' | 'spoiled'>;

/** Where the time that is compared with ends: when the deployment started, unless another is pinned. ms since the epoch. */
export const baselineEnd = ({ policy, startedAt }: Beginning): number => policy.pinned?.until ?? startedAt;

/** Where the time before starts: earlier by what is spoiled of it, up to twice as early. ms since the epoch. */
export function baselineStart({ policy, startedAt, spoiled = [] }: Beginning): number {
  if (policy.pinned) return policy.pinned.from;
  const baselineMs = policy.baseline * 1000;
  const lost = spoiled
    .filter(({ to }) => to > startedAt - 2 * baselineMs)
    .reduce(
      (sum, { from, to }) => sum + (Math.min(to, startedAt) - Math.max(from, startedAt - 2 * baselineMs)),
      0,
    );
  return startedAt - baselineMs - Math.min(Math.max(lost, 0), baselineMs);
}

/** A day shows a service's habits; of shorter periods as many, for CloudWatch answers no more points of all metrics at once. */
const historySeconds = 86_400;
const historyPeriods = 1440;

/** The first figures that a look reads, ms since the epoch. */
export function historyStart(observation: Beginning): number {
  const seconds = Math.min(historySeconds, historyPeriods * observation.policy.period);
  return Math.min(baselineStart(observation), baselineEnd(observation) - seconds * 1000);
}

/** How many of the newest of so many known periods say what is to be expected. */
export function referencePeriods({ baseline, period }: AnalysisPolicy, known: number): number {
  const periods = Math.floor(baseline / period);
  return Math.max(periods, Math.min(3 * periods, Math.floor(known / 8)));
}

/** The first period that lies wholly after the deployment became stable, ms since the epoch. */
export function firstPeriodAfter({ policy, stableAt }: Pick<Observation, 'policy' | 'stableAt'>): number {
  return Math.ceil(stableAt / (policy.period * 1000)) * policy.period * 1000;
}

/** How many periods the window has, at least one. */
export function plannedPeriods({ window, period }: AnalysisPolicy): number {
  return Math.max(1, Math.floor(window / period));
}

/** How many periods of the window are closed: ended, and old enough for their figures to be complete. */
export function closedPeriods({ policy, stableAt, now }: Omit<Observation, 'series' | 'startedAt'>): number {
  const complete = now - policy.publicationDelay * 1000;
  const closed = Math.floor((complete - firstPeriodAfter({ policy, stableAt })) / (policy.period * 1000));
  return Math.min(Math.max(closed, 0), plannedPeriods(policy));
}

/**
 * The windows as of the look at `periods` closed periods. While both versions have users they are compared side by side, over
 * the same minutes: whatever else happens then happens to both. Else after is compared with before, and what lies between the start of the deployment and its stability is
 * in neither: two versions answered, and tasks came and went.
 */
export function split(observation: Observation, periods: number): Windows {
  const { series, policy, startedAt, stableAt, now, spoiled = [], old } = observation;
  const periodMs = policy.period * 1000;
  const complete = now - policy.publicationDelay * 1000;
  const proved = (start: number) => !spoiled.some(({ from, to }) => start < to && start + periodMs > from);
  // A service that began today has no figures before, and none have to be kept.
  const earliest = [series, old?.series].flatMap((of) => (of ? [of.requests, of.balancerErrors] : []));
  const since = earliest.flat().reduce((least, [time]) => Math.min(least, time), startedAt);
  const firstPeriod = Math.floor(Math.max(historyStart(observation), since) / periodMs);
  const lastPeriod = Math.floor(complete / periodMs);
  const row = (points: readonly Point[] = []) => {
    const values = new Float64Array(Math.max(0, lastPeriod - firstPeriod + 1));
    for (const [time, value] of points) {
      const index = time / periodMs - firstPeriod;
      if (Number.isInteger(index) && index >= 0 && index < values.length) values[index] = value;
    }
    return (startsAt: number) => values[startsAt / periodMs - firstPeriod] ?? 0;
  };
  const reader = (of: Series) => {
    const [requests, errors, balancerErrors] = [row(of.requests), row(of.errors), row(of.balancerErrors)];
    const [p99, p90, p50] = [row(of.p99), row(of.p90), row(of.p50)];
    const period = (startsAt: number): Period | undefined => {
      const count = requests(startsAt);
      if (count <= 0) return undefined;
      // An expression of the configuration may be below nothing, where its parts were counted in different periods.
      const found: Period = { startsAt, requests: count, errors: Math.max(0, errors(startsAt)) };
      const [slowest, slow, middle] = [p99(startsAt), p90(startsAt), p50(startsAt)];
      if (slowest > 0) found.p99Milliseconds = slowest * 1000;
      if (slow > 0) found.p90Milliseconds = slow * 1000;
      if (middle > 0) found.p50Milliseconds = middle * 1000;
      return found;
    };
    return { period, balancerErrors };
  };
  const between = (
    { period, balancerErrors }: ReturnType<typeof reader>,
    from: number,
    until: number,
  ): Window => {
    const first = Math.ceil(from / periodMs);
    const count = Math.max(0, Math.floor(Math.min(until, complete) / periodMs) - first);
    const starts = Array.from({ length: count }, (_, index) => (first + index) * periodMs).filter(proved);
    return {
      periods: starts.flatMap((start) => period(start) ?? []),
      closed: starts.length,
      balancerErrors: starts.reduce((sum, start) => sum + balancerErrors(start), 0),
    };
  };

  const own = reader(series);
  const olds = old ? reader(policy.pinned ? together(series, old.series) : old.series) : own;
  const firstAfter = firstPeriodAfter({ policy, stableAt });
  const untilAfter = firstAfter + periods * periodMs;
  const until = baselineEnd(observation);
  const earlier = between(olds, baselineStart(observation), until);
  const sideBySide = old !== undefined && old.newPercent < 100;
  const before = sideBySide ? between(olds, firstAfter, untilAfter) : earlier;
  // What is pinned says nothing of the last minutes.
  const recent =
    policy.pinned && !sideBySide ? between(olds, startedAt - policy.baseline * 1000, startedAt) : before;
  const newest = recent.periods.at(-1)?.startsAt ?? startedAt;
  const after = between(own, firstAfter, untilAfter);
  const warmFrom = stableAt + policy.warmUp * 1000;
  const dayOf = () => {
    const [from, to] = [firstPeriod, Math.floor(until / periodMs)];
    const day = Array.from({ length: Math.max(0, to - from) }, (_, index) => {
      const startsAt = (from + index) * periodMs;
      return proved(startsAt) ? olds.period(startsAt) : undefined;
    });
    const since = day.findIndex((period) => period !== undefined);
    return day.slice(Math.max(0, since));
  };
  const day = dayOf();
  const historyOf = (): History => {
    const start = Math.floor(startedAt / periodMs);
    return {
      day,
      reference: referencePeriods(policy, day.length),
      gap: Math.round(firstAfter / periodMs) - start,
      warmGap: Math.ceil(warmFrom / periodMs) - start,
    };
  };
  return {
    before,
    earlier,
    day,
    share: sideBySide ? old.newPercent / (100 - old.newPercent) : 1,
    last: recent.periods.filter(({ startsAt }) => startsAt >= newest + periodMs - lastSeconds * 1000),
    after,
    warm: after.periods.filter(({ startsAt }) => startsAt >= warmFrom),
    ...(!sideBySide && { history: historyOf() }),
  };
}

/** Of both versions, where each has figures of its own. */
export function requestsOf({ series, old }: Pick<Observation, 'series' | 'old'>): Point[] {
  const sum = new Map(series.requests);
  for (const [time, count] of old?.series.requests ?? []) sum.set(time, (sum.get(time) ?? 0) + count);
  return [...sum];
}

/** Of two target groups: of each period the figures of the one that had its users, since an older version may have been in either. */
export function together(one: Series, other: Series): Series {
  const [ones, others] = [new Map(one.requests), new Map(other.requests)];
  const isOnes = (time: number) => (ones.get(time) ?? 0) >= (others.get(time) ?? 0);
  const join = (metric: keyof Series) => [
    ...(one[metric] ?? []).filter(([time]) => isOnes(time)),
    ...(other[metric] ?? []).filter(([time]) => !isOnes(time)),
  ];
  return {
    ...{ requests: join('requests'), errors: join('errors'), balancerErrors: one.balancerErrors },
    ...{ p99: join('p99'), p90: join('p90'), p50: join('p50') },
  };
}

/**
 * The periods to compare with: those before, without past incidents. While an incident runs, the last minutes instead,
 * so that a fix is not taken back for being no better than a good hour.
 */
export function calm(
  before: readonly Period[],
  last: readonly Period[],
  incident: (period: Period) => boolean,
): readonly Period[] {
  const running = last.length > 0 && last.filter(incident).length >= 0.4 * last.length;
  return running ? last : before.filter((period) => !incident(period));
}
