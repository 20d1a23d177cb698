/** Refuses the calls that come faster than AWS allows, as AWS refuses them. */
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { Around } from '../door/answering.ts';
import type { CallLimit } from './aws-limits.ts';
import { tokenBucket } from './token-bucket.ts';

/** A refused call takes no token and does nothing. Operations that no limit names pass. */
export function throttling(limits: readonly CallLimit[], clock: Pick<Clock, 'now'>): Around {
  const buckets = new Map(
    limits.flatMap(({ service, operations, error, ...rate }) => {
      const limited = { bucket: tokenBucket(rate, clock), error };
      return operations.map((operation) => [`${service}.${operation}`, limited] as const);
    }),
  );
  return async (call, next) => {
    const limited = buckets.get(`${call.service}.${call.operation}`);
    if (limited && !limited.bucket.take()) throw new AwsError(limited.error, 'Rate exceeded');
    return next();
  };
}
