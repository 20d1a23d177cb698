/** What others do with the same figures: the rule that this began with, fixed limits, and ranks. */
import { kayenta } from './kayenta.ts';
import type { Minute } from './service.ts';

export interface Seen {
  before: readonly Minute[];
  after: readonly Minute[];
}

const total = (minutes: readonly Minute[]) => ({
  requests: minutes.reduce((sum, minute) => sum + minute.requests, 0),
  errors: minutes.reduce((sum, minute) => sum + minute.errors, 0),
});
const rate = (minutes: readonly Minute[]) => {
  const { requests, errors } = total(minutes);
  return requests > 0 ? errors / requests : 0;
};
/** Of the minutes' p99: CloudWatch has no p99 of five minutes together that is cheaper to have. */
const p99 = (minutes: readonly Minute[]) => {
  const points = minutes.flatMap((minute) => minute.p99 ?? []);
  return points.length > 0 ? points.reduce((sum, point) => sum + point, 0) / points.length : undefined;
};

/** "The error rate of the 5 minutes after against the 5 minutes before; p99 up by more than 50 %": any rise, or by a half. */
export function seedRule({ before, after }: Seen, times: number): boolean {
  const [slow, usual] = [p99(after), p99(before)];
  return (
    rate(after) > times * rate(before) || (slow !== undefined && usual !== undefined && slow > 1.5 * usual)
  );
}

/** Flagger's way: each minute is checked against fixed limits, and two failed checks are enough. The minute of the second. */
export function fixedLimits(after: readonly Minute[]): number | undefined {
  let failed = 0;
  for (const [index, minute] of after.entries()) {
    const bad = minute.requests === 0 || minute.errors > 0.01 * minute.requests || (minute.p99 ?? 0) > 0.5;
    if (bad && ++failed === 2) return index + 1;
  }
  return undefined;
}

const rates = (minutes: readonly Minute[]) =>
  minutes.flatMap(({ requests, errors }) => (requests > 0 ? [errors / requests] : []));
const slowest = (minutes: readonly Minute[]) => minutes.flatMap((minute) => minute.p99 ?? []);

/** Kayenta with both metrics, of which one that is high is enough. */
export function kayentaErrors({ before, after }: Seen): boolean {
  return kayenta(rates(before), rates(after))?.high ?? false;
}
export function kayentaLatency({ before, after }: Seen): boolean {
  return kayenta(slowest(before), slowest(after))?.high ?? false;
}

export const points = { rates, slowest };
