/** Which retrier, and when. */
import type { Retrier } from './definition.ts';
import type { StateError } from './errors.ts';

/** The first that lists the error decides: a later one is not asked, even when this one has given up. */
export function firstFor<Listing extends { ErrorEquals: string[] }>(
  listings: readonly Listing[],
  error: StateError,
) {
  const index = listings.findIndex(({ ErrorEquals }) => ErrorEquals.some((name) => error.answersTo(name)));
  const listing = listings[index];
  return listing && { index, listing };
}

/** Seconds before the `attempt`-th retry (from 1), before jitter. */
export function backoffSeconds(retrier: Retrier, attempt: number) {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  return Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** (attempt - 1));
}

export const mayRetry = ({ MaxAttempts = 3 }: Retrier, alreadyRetried: number) =>
  alreadyRetried < MaxAttempts;

/** The retriers of one visit to a state, each with its own count. */
export function retriesOf(retriers: readonly Retrier[] = [], random: () => number) {
  const retried = retriers.map(() => 0);
  return {
    /** Seconds until the state is tried again, or undefined when it is not. */
    after(error: StateError): number | undefined {
      const found = firstFor(retriers, error);
      if (!found) return undefined;
      const count = retried[found.index] ?? 0;
      if (!mayRetry(found.listing, count)) return undefined;
      retried[found.index] = count + 1;
      const seconds = backoffSeconds(found.listing, count + 1);
      return found.listing.JitterStrategy === 'FULL' ? seconds * random() : seconds;
    },
  };
}
