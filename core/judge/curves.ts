/** The points that a plot of the comparison shows. */

import type { Beside } from './compare.ts';
import { countedEvents } from './lines.ts';
import { idOf } from './queries.ts';
import { firstPeriodAfter, type Observation, type Point, plannedPeriods } from './series.ts';
import { type Curves, maxCurvePoints } from './verdict.ts';

/**
 * From the start of the baseline to the end of the window, as far as it is complete, rollout included. Periods without traffic have no point;
 * where there are too many periods for a plot, neighbours are merged.
 */
export function curves(observation: Observation & Beside): Curves {
  const { policy, startedAt, now } = observation;
  const from = startedAt - policy.baseline * 1000;
  const complete = now - policy.publicationDelay * 1000;
  const windowEnd = firstPeriodAfter(observation) + plannedPeriods(policy) * policy.period * 1000;
  const series = recent(inOneLine(observation), from);
  const until = Math.max(from, Math.min(complete, windowEnd));
  const periods = (until - from) / (policy.period * 1000) + 2; // both ends may be cut
  const periodSeconds = policy.period * Math.max(1, Math.ceil(periods / maxCurvePoints));

  const merged = (points: readonly Point[], merge: (a: number, b: number) => number, times = 1) => {
    const periodMs = periodSeconds * times * 1000;
    const buckets = new Map<number, number>();
    for (const [time, value] of points) {
      if (time < from || time + policy.period * 1000 > until) continue;
      const start = Math.floor(time / periodMs) * periodMs;
      const before = buckets.get(start);
      buckets.set(start, before === undefined ? value : merge(before, value));
    }
    return [...buckets].toSorted(([a], [b]) => a - b);
  };
  const sum = (a: number, b: number) => a + b;
  const withTraffic = new Set(series.requests.filter(([, requests]) => requests > 0).map(([time]) => time));
  const errors = new Map(series.errors);
  return {
    periodSeconds,
    requests: merged(series.requests, sum),
    errors: merged(
      [...withTraffic].map((time) => [time, errors.get(time) ?? 0]),
      sum,
    ),
    p99Milliseconds: merged(
      series.p99.map(([time, seconds]) => [time, seconds * 1000]),
      Math.max,
    ),
    ...others(observation, merged),
  };
}

/** A state machine carries the verdict: the more other metrics there are, the fewer points has each. */
const mostOtherPoints = 2000;

function others(
  observation: Observation & Beside,
  merged: (points: readonly Point[], merge: (a: number, b: number) => number, times: number) => Point[],
): Pick<Curves, 'others'> {
  const { judged = [], found = {} } = observation;
  if (judged.length === 0) return {};
  const times = Math.max(1, Math.ceil((maxCurvePoints * judged.length) / mostOtherPoints));
  const rounded = (points: readonly Point[]) =>
    points.map(([time, value]): [number, number] => [time, Number(value.toPrecision(4))]);
  return {
    others: judged.map((one, index) => {
      const of = (part: Parameters<typeof idOf>[1]) => found[idOf(index, part)] ?? [];
      if (one.kind === 'gauge') {
        const points = rounded(merged(of('value'), Math.max, times));
        return { name: one.name, unit: one.unit, points };
      }
      const sum = (a: number, b: number) => a + b;
      const bad = new Map(merged(of('bad'), sum, times));
      const events = one.kind === 'lines' ? countedEvents(one, index, observation) : of('of');
      const all = merged(events, sum, times).filter(([, value]) => value > 0);
      const points = rounded(all.map(([time, value]) => [time, (bad.get(time) ?? 0) / value]));
      return { name: one.name, unit: 'share', points };
    }),
  };
}

/** The day before that is no plot's business. */
function recent(series: Observation['series'], from: number): Observation['series'] {
  const since = (points: readonly Point[]) => points.filter(([time]) => time >= from);
  const { requests, errors, p99, balancerErrors } = series;
  return { requests: since(requests), errors: since(errors), p99: since(p99), balancerErrors };
}

/** Of two versions with figures of their own: the old one's until the new one had users. */
function inOneLine({ series, old, stableAt, policy }: Observation): Observation['series'] {
  if (!old) return series;
  const turn = stableAt - policy.period * 1000;
  const join = (metric: keyof Observation['series']) => [
    ...(old.series[metric] ?? []).filter(([time]) => time < turn),
    ...(series[metric] ?? []).filter(([time]) => time >= turn),
  ];
  return {
    requests: join('requests'),
    errors: join('errors'),
    p99: join('p99'),
    balancerErrors: series.balancerErrors,
  };
}
