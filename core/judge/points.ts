/** Values of a metric that is not one of requests: what was before, just before, and what came after. */
import type { Span } from '../slot.ts';
import type { LevelDay } from './gauge-precedent.ts';
import {
  baselineEnd,
  baselineStart,
  firstPeriodAfter,
  historyStart,
  type Observation,
  type Point,
  referencePeriods,
} from './series.ts';

export interface Values {
  before: number[];
  /** The last five minutes before the deployment started. */
  last: number[];
  /** Since the warm-up, up to the look. */
  after: number[];
}

const lastSeconds = 300;

/** As of the look at `periods` closed periods. What lies between the start of the deployment and its stability is in none. */
export function valuesIn(points: readonly Point[], observation: Observation, periods: number): Values {
  const { policy, startedAt, stableAt, now, spoiled = [] } = observation;
  const periodMs = policy.period * 1000;
  const complete = now - policy.publicationDelay * 1000;
  const from = baselineStart(observation);
  const firstAfter = firstPeriodAfter(observation);
  const isProved = provedIn(spoiled, periodMs);
  const sorted = points
    .filter(([start, value]) => start + periodMs <= complete && Number.isFinite(value))
    .toSorted(([one], [other]) => one - other);
  const of = (kept: (start: number) => boolean) =>
    sorted.filter(([start]) => kept(start)).map(([, value]) => value);
  const until = baselineEnd(observation);
  const before = (start: number) => start >= from && start + periodMs <= until && isProved(start);
  // What is pinned says nothing of the last minutes.
  const lately = (start: number) =>
    start >= (policy.pinned ? startedAt - lastSeconds * 1000 : from) &&
    start + periodMs > startedAt - lastSeconds * 1000;
  return {
    before: of(before),
    last: of((start) => lately(start) && start + periodMs <= startedAt && isProved(start)),
    after: of(
      (start) =>
        start >= Math.max(firstAfter, stableAt + policy.warmUp * 1000) &&
        start < firstAfter + periods * periodMs,
    ),
  };
}

/** The day before the deployment, from the first point on. Periods with a version that was never proved say nothing. */
export function dayOf(points: readonly Point[], observation: Observation): LevelDay {
  const { policy, startedAt, stableAt, spoiled = [] } = observation;
  const periodMs = policy.period * 1000;
  const isProved = provedIn(spoiled, periodMs);
  const from = Math.floor(historyStart(observation) / periodMs);
  const to = Math.floor(baselineEnd(observation) / periodMs);
  const known = new Map<number, number>();
  for (const [start, value] of points) {
    const index = start / periodMs;
    if (index >= from && index < to && Number.isFinite(value) && isProved(start)) known.set(index, value);
  }
  const first = known.keys().reduce((least, index) => Math.min(least, index), to);
  const levels = Array.from({ length: to - first }, (_, index) => known.get(first + index));
  const warmFrom = Math.max(firstPeriodAfter(observation), stableAt + policy.warmUp * 1000);
  return {
    levels,
    reference: referencePeriods(policy, levels.length),
    gap: Math.ceil(warmFrom / periodMs) - Math.floor(startedAt / periodMs),
  };
}

/** From the start of the day on, without those of versions that were never proved. */
export function provedSince(points: readonly Point[], observation: Observation): Point[] {
  const { policy, spoiled } = observation;
  const from = historyStart(observation);
  const isProved = provedIn(spoiled ?? [], policy.period * 1000);
  return points.filter(([start]) => start >= from && isProved(start));
}

const provedIn = (spoiled: readonly Span[], periodMs: number) => (start: number) =>
  !spoiled.some((span) => start < span.to && start + periodMs > span.from);
