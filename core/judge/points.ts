/** Values of a metric that is not one of requests: what was before, just before, and what came after. */
import { baselineStart, firstPeriodAfter, type Observation, type Point } from './series.ts';

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
  const proved = (start: number) => !spoiled.some((span) => start < span.to && start + periodMs > span.from);
  const sorted = points
    .filter(([start, value]) => start + periodMs <= complete && Number.isFinite(value))
    .toSorted(([one], [other]) => one - other);
  const of = (kept: (start: number) => boolean) =>
    sorted.filter(([start]) => kept(start)).map(([, value]) => value);
  const before = (start: number) => start >= from && start + periodMs <= startedAt && proved(start);
  return {
    before: of(before),
    last: of((start) => before(start) && start + periodMs > startedAt - lastSeconds * 1000),
    after: of(
      (start) =>
        start >= Math.max(firstAfter, stableAt + policy.warmUp * 1000) &&
        start < firstAfter + periods * periodMs,
    ),
  };
}
