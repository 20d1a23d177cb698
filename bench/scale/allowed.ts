/** How fast the limits allow so many releases to be, from what one release that nobody disturbs calls. */
import type { Limits } from '../../local/limits/aws-limits.ts';
import type { Crowd } from './crowd.ts';

export interface BucketUse {
  bucket: string;
  burst: number;
  perSecond: number;
  /** Calls that one undisturbed release makes. */
  callsARelease: number;
  /** For all releases: what exceeds the burst has to flow in. */
  seconds: number;
}

/** Every bucket that releases use, the slowest first. */
export function bucketUses(alone: Crowd, services: number, { calls }: Limits): BucketUse[] {
  return calls
    .map(({ name, service, operations, burst, perSecond }) => {
      const callsARelease = alone.calls.filter(
        (call) => call.service === service && operations.includes(call.operation),
      ).length;
      const seconds = Math.max(0, callsARelease * services - burst) / perSecond;
      return { bucket: name, burst, perSecond, callsARelease, seconds };
    })
    .filter(({ callsARelease }) => callsARelease > 0)
    .toSorted((one, other) => other.seconds - one.seconds);
}

export interface Allowed {
  /** From the first push to the end of a release alone. */
  aloneSeconds: number;
  /** Until the last push, or until the slowest bucket has let everybody through: the later of the two. */
  queueSeconds: number;
  /** Both: the last in the queue still has its own release before it. */
  seconds: number;
}

export function allowed(alone: Crowd, uses: readonly BucketUse[], lastPushSeconds: number): Allowed {
  const aloneSeconds = Math.max(...alone.releases.map(({ endedAt = Number.NaN }) => endedAt));
  const queueSeconds = Math.max(lastPushSeconds, uses[0]?.seconds ?? 0);
  return { aloneSeconds, queueSeconds, seconds: aloneSeconds + queueSeconds };
}
