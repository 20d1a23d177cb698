/**
 * Did the same hours of a week ago rise in the same way? What Monday morning brings by itself is no release's fault. It can only
 * take the edge off a failure: that a week ago was better proves nothing, for many things were different then.
 */
import { share, total } from './counts.ts';
import { type Excusable, excused, isExcusable } from './excuse.ts';
import type { Turn } from './looks.ts';
import { valuesIn } from './points.ts';
import {
  baselineStart,
  firstPeriodAfter,
  type Observation,
  type Period,
  type Point,
  split,
  together,
} from './series.ts';
import { countTest, mean, median } from './statistics.ts';
import type { Comparison, Counts, Finding, GaugeFinding } from './verdict.ts';
import { milliseconds, quantity, rate } from './wording.ts';

const weekMs = 7 * 86_400_000;

/** The errors of now are no more than a week ago where the chance of so many is above this. */
const clearly = 0.05;
/** A week ago there was a rise where the chance of it is at most this. */
const risen = 0.2;
/** As in the comparison itself: more by a fifth is accepted. */
const tolerated = 1.2;

type Timed = Pick<Observation, 'policy' | 'startedAt' | 'stableAt' | 'now' | 'spoiled'>;

/** What has to be asked for, ms since the epoch. */
export function aWeekBefore(timed: Timed, windowEnd: number): { from: number; until: number } {
  const periodMs = timed.policy.period * 1000;
  const from = Math.floor(baselineStart(timed) / periodMs) * periodMs - weekMs;
  return { from, until: windowEnd - weekMs };
}

/** Whether a week ago could change the verdict: nothing that decides failed by a catastrophe, a limit or an alarm. */
export const asksForTheWeek = ({ status, metrics }: Comparison): boolean =>
  status === 'fail' &&
  metrics.filter((finding) => !finding.report && finding.status === 'fail').every(isExcusable);

interface Then {
  before: string;
  after: string;
  /** It rose as it does now, and today's is not clearly more. */
  explains: boolean;
  seen: NonNullable<Excusable['weekAgo']>;
}

/** A finding that failed, unless a week ago explains it; with what was seen then. `points`: of a gauge, at equal load where it follows it. */
export function unlessSeasonal(
  finding: Finding,
  observation: Observation,
  turn: Turn,
  points: readonly Point[] = [],
): Finding {
  if (!observation.policy.week || !isExcusable(finding)) return finding;
  const then = thenOf(finding, observation, turn.periods, points);
  if (!then) return finding;
  const { sentence } = finding;
  const week = { weekAgo: then.seen } as object;
  if (!then.explains)
    return {
      ...finding,
      sentence: `${sentence}; a week ago ${then.after}, before that ${then.before}`,
      ...week,
    };
  const why = `, as a week ago at this time: from ${then.before} to ${then.after}`;
  return { ...excused(finding, turn, why), ...week };
}

function thenOf(
  finding: Excusable,
  observation: Observation,
  periods: number,
  points: readonly Point[],
): Then | undefined {
  const { series, old, startedAt, stableAt } = observation;
  const windowMs = periods * observation.policy.period * 1000;
  const shifted: Observation = {
    ...observation,
    series: old ? together(series, old.series) : series,
    old: undefined,
    startedAt: startedAt - weekMs,
    stableAt: stableAt - weekMs,
    // All of the window was complete long ago.
    now: firstPeriodAfter(observation) - weekMs + windowMs + observation.policy.publicationDelay * 1000,
  };
  if (finding.kind === 'gauge') return levelsThen(finding, shifted, observation, periods, points);
  const [then, now] = [split(shifted, periods), split(observation, periods)];
  if (finding.kind === 'errors')
    return countsThen(total(now.after.periods), total(then.before.periods), total(then.after.periods));
  const of = percentileOf(finding.name);
  return logsThen({
    before: logs(then.before.periods.map(of)),
    after: logs(then.warm.map(of)),
    now: logs(now.warm.map(of)),
    tolerance: finding.tolerance,
    say: milliseconds,
  });
}

function countsThen(now: Counts, before: Counts, after: Counts): Then | undefined {
  if (before.requests === 0 || after.requests === 0) return undefined;
  const p = countTest(now.errors, now.requests, after.errors, after.requests, tolerated);
  const rose = countTest(after.errors, after.requests, before.errors, before.requests, tolerated);
  const explains = p > clearly && rose <= risen && share(after) > share(before);
  return { before: rate(before), after: rate(after), explains, seen: { before, after, p, rose } };
}

const percentileOf = (name: string) => (period: Period) =>
  name === 'p90' ? period.p90Milliseconds : name === 'p50' ? period.p50Milliseconds : period.p99Milliseconds;

const logs = (values: readonly (number | undefined)[]) =>
  values.flatMap((value) => (value !== undefined && value > 0 ? Math.log(value) : []));

interface Levels {
  before: readonly number[];
  after: readonly number[];
  now: readonly number[];
  tolerance: number;
  say: (value: number) => string;
}

/** Of logarithms. What `gauge` and `latency` call a rise is one here, too: half of what is tolerated is enough of it for a precedent. */
function logsThen({ before, after, now, tolerance, say }: Levels): Then | undefined {
  if (before.length === 0 || after.length === 0 || now.length === 0) return undefined;
  const [was, is] = [mean(before), median(after)];
  const accepted = Math.log(1 + tolerance);
  const more = median(now) - is;
  const explains = more <= accepted && is - was > accepted / 2;
  const seen = { before: Math.exp(was), after: Math.exp(is), times: Math.exp(more) };
  return { before: say(Math.exp(was)), after: say(Math.exp(is)), explains, seen };
}

function levelsThen(
  { tolerance, atLeast, unit }: GaugeFinding,
  shifted: Observation,
  observation: Observation,
  periods: number,
  points: readonly Point[],
): Then | undefined {
  const [then, now] = [valuesIn(points, shifted, periods), valuesIn(points, observation, periods)];
  const of = (values: readonly number[]) => logs(values.map((value) => value + atLeast));
  return logsThen({
    ...{ before: of(then.before), after: of(then.after), now: of(now.after), tolerance },
    say: (value) => quantity(value - atLeast, unit),
  });
}
