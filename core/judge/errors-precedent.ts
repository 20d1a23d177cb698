/** Errors against those of the day before, minute by minute. */
import { share } from './counts.ts';
import { type Precedents, precedents } from './precedent.ts';
import type { Period, Windows } from './series.ts';
import { median } from './statistics.ts';

/** No period counts for more than two and a half times what was to be expected: a burst is over, a bad version stays. */
const cap = Math.log(2.5);
/** So much above the usual rate, the service was down: no measure of how errors stray. */
const outage = 0.3;
/** Fewer errors in a period are no burst. */
const fewestErrors = 3;

/** Undefined where there is no such day, as where both versions are compared side by side. */
export function errorsPrecedents(
  { history }: Pick<Windows, 'history'>,
  length: number,
): Precedents | undefined {
  if (!history || length === 0) return undefined;
  const { day, reference, gap } = history;
  const usual = median(day.flatMap((period) => (period ? [share(period)] : [])));
  const down = (period: Period) => period.errors >= fewestErrors && share(period) > usual + outage;
  const sums = (value: (period: Period) => number) => {
    let sum = 0;
    return [0, ...day.map((period) => (sum += period && !down(period) ? value(period) : 0))];
  };
  const [requests, errors] = [sums((period) => period.requests), sums((period) => period.errors)];
  const between = (sums: readonly number[], from: number, to: number) => (sums[to] ?? 0) - (sums[from] ?? 0);

  return precedents(
    { day: day.map((period) => (period && down(period) ? undefined : period)), reference, gap, length },
    {
      // Half an error more than were seen: none in an hour is no proof that there never are any.
      expected: (from, to) => {
        const of = between(requests, from, to);
        return of > 0 ? (between(errors, from, to) + 0.5) / of : undefined;
      },
      excess: (period, rate) => Math.log((period.errors + 1) / (rate * period.requests + 1)),
    },
    () => cap,
  );
}

/** The highest rate of a period of the day in which the service was not down; 0 where there is none. */
export function worstPeriod({ history }: Pick<Windows, 'history'>): number {
  const bursts = (history?.day ?? []).flatMap((period) =>
    period && period.errors >= fewestErrors && share(period) < outage ? [share(period)] : [],
  );
  return bursts.reduce((worst, rate) => Math.max(worst, rate), 0);
}
