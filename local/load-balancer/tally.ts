/** Counts what clients of a service see, for people who watch. */
import type { Clock } from '../clock.ts';
import { add, percentile, rounded } from '../cloudwatch/distribution.ts';

export interface Seen {
  requests: number;
  /** No answer, or a 5xx. */
  errors: number;
  /** `undefined` without an answer. */
  p50Ms: number | undefined;
  p99Ms: number | undefined;
}

export interface Tally {
  add(failed: boolean, milliseconds: number): void;
  /** Since the start, or of the last seconds, at most `windowSeconds`. */
  seen(lastSeconds?: number): Seen;
}

export function tally(clock: Clock, windowSeconds = 300): Tally {
  const latencies = new Map<number, number>();
  let requests = 0;
  let errors = 0;
  let recent: { at: number; failed: boolean; milliseconds: number }[] = [];

  return {
    add(failed, exact) {
      const milliseconds = rounded(exact);
      requests += 1;
      if (failed) errors += 1;
      add(latencies, milliseconds);
      recent.push({ at: clock.now(), failed, milliseconds });
      const oldest = clock.now() - windowSeconds * 1000;
      // Not with every request: the array is copied.
      if (requests % 1000 === 0) recent = recent.filter(({ at }) => at >= oldest);
    },
    seen(lastSeconds) {
      if (lastSeconds === undefined) return summary(requests, errors, latencies);
      const from = clock.now() - Math.min(lastSeconds, windowSeconds) * 1000;
      const last = recent.filter(({ at }) => at >= from);
      const ofLast = new Map<number, number>();
      for (const { milliseconds } of last) add(ofLast, milliseconds);
      return summary(last.length, last.filter(({ failed }) => failed).length, ofLast);
    },
  };
}

function summary(requests: number, errors: number, latencies: ReadonlyMap<number, number>): Seen {
  const at = (percent: number) => (latencies.size > 0 ? percentile(latencies, percent) : undefined);
  return { requests, errors, p50Ms: at(50), p99Ms: at(99) };
}
