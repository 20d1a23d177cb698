/** Errors against those of the day before, minute by minute. */
import { share, total } from './counts.ts';
import { loadSlope } from './load.ts';
import { type Precedents, precedents } from './precedent.ts';
import type { Period, Windows } from './series.ts';
import { median } from './statistics.ts';

/** No period counts for more than two and a half times what was to be expected: a burst is over, a bad version stays. */
const mostTimes = 2.5;
/** So much above the usual rate, the service was down: no measure of how errors stray. */
const outage = 0.3;
/** Fewer errors in a period are no burst. */
const fewestErrors = 3;

export interface ErrorsPrecedents extends Precedents {
  /** By how much the rate is expected to be higher, only because there is more traffic. At least 1. */
  load: (before: readonly Period[], after: readonly Period[]) => number;
}

/** Undefined where there is no such day, as where both versions are compared side by side. */
export function errorsPrecedents(
  { history }: Pick<Windows, 'history'>,
  length: number,
): ErrorsPrecedents | undefined {
  if (!history || length === 0) return undefined;
  const { day, reference, gap } = history;
  const usual = median(day.flatMap((period) => (period ? [share(period)] : [])));
  const down = (period: Period) => period.errors >= fewestErrors && share(period) > usual + outage;
  const sums = (value: (period: Period) => number) => {
    let sum = 0;
    return [0, ...day.map((period) => (sum += period && !down(period) ? value(period) : 0))];
  };
  const slope = errorsSlope(day.flatMap((period) => (period && !down(period) ? [period] : [])));
  // Requests that have as many errors as these at the traffic of one request a period.
  const exposure = ({ requests }: Period) => requests ** (1 + slope);
  const [requests, errors] = [sums(exposure), sums((period) => period.errors)];
  const between = (sums: readonly number[], from: number, to: number) => (sums[to] ?? 0) - (sums[from] ?? 0);

  const found = precedents(
    { day: day.map((period) => (period && down(period) ? undefined : period)), reference, gap, length },
    {
      // Half an error more than were seen: none in an hour is no proof that there never are any.
      expected: (from, to) => {
        const of = between(requests, from, to);
        return of > 0 ? (between(errors, from, to) + 0.5) / of : undefined;
      },
      excess: (period, rate) => Math.log((period.errors + 1) / (rate * exposure(period) + 1)),
    },
    () => Math.log(mostTimes),
  );
  const relative = (periods: readonly Period[]) =>
    periods.reduce((sum, period) => sum + exposure(period), 0) / Math.max(1, total(periods).requests);
  return (
    found && {
      ...found,
      // Without traffic just before there is nothing that more of it could explain.
      load: (before, after) =>
        total(before).requests > 0 ? Math.max(1, relative(after) / relative(before)) : 1,
    }
  );
}

/** Of the rate relative to the day's, since most periods of a quiet service have none and no logarithm. */
function errorsSlope(periods: readonly Period[]): number {
  const usual = share(total(periods));
  if (usual === 0) return 0;
  return loadSlope(
    periods.map(({ requests }) => requests),
    periods.map((period) => share(period) / usual),
  );
}

/** The highest rate of a period of the day in which the service was not down; 0 where there is none. */
export function worstPeriod({ history }: Pick<Windows, 'history'>): number {
  const bursts = (history?.day ?? []).flatMap((period) =>
    period && period.errors >= fewestErrors && share(period) < outage ? [share(period)] : [],
  );
  return bursts.reduce((worst, rate) => Math.max(worst, rate), 0);
}
