/** Errors of requests, summed over periods, and how they scatter. */
import type { Period } from './series.ts';
import { median } from './statistics.ts';
import type { Counts } from './verdict.ts';

/** A request is counted in the period it came in, its error in the one it was answered in: hence the minimum. */
export function total(periods: readonly Period[]): Counts {
  const requests = periods.reduce((sum, period) => sum + period.requests, 0);
  const errors = periods.reduce((sum, period) => sum + period.errors, 0);
  return { requests, errors: Math.min(errors, requests) };
}

/** 0 of nothing. */
export function share({ requests, errors }: Counts): number {
  return requests ? errors / requests : 0;
}

/** Less is a burst, or errors that come in clusters: masked, they would make the time before look better than it was. */
const incidentRise = 0.1;

/** The service was down for a while. That is no measure for today, neither for the rate nor for how errors scatter. */
export function incidentAmong(before: readonly Period[]): (period: Period) => boolean {
  const usual = median(before.map(share));
  return (period) => period.errors >= 3 && share(period) > Math.max(5 * usual, usual + incidentRise);
}

const fewestErrors = 5;
const fewestBlocks = 5;

/**
 * How many errors come at once, at least 1: the variance of the errors of blocks of periods, divided by what it would be if they
 * came one by one (Pearson's estimate of dispersion). Of blocks of one, two, four … periods, up to the length of the window
 * to judge, the worst: errors that drift show only in long blocks, and few blocks show little. `undefined` where too few
 * errors were seen to tell.
 */
export function dispersion(periods: readonly Period[], windowPeriods: number): number | undefined {
  const all = total(periods);
  const longest = Math.min(windowPeriods, Math.floor(periods.length / fewestBlocks));
  if (longest < 1 || all.errors < fewestErrors) return undefined;

  let worst = 1;
  for (let length = 1; length <= longest; length *= 2) {
    const blocks = Array.from({ length: Math.floor(periods.length / length) }, (_, block) =>
      total(periods.slice(block * length, (block + 1) * length)),
    );
    const terms = blocks.map(({ requests, errors }) => {
      const expected = share(all) * requests;
      return (errors - expected) ** 2 / expected;
    });
    // With n − 1 for n − 3 it would be unbiased; but it is uncertain too, as the variance of Student's t allows for.
    worst = Math.max(worst, terms.reduce((sum, term) => sum + term, 0) / (blocks.length - 3));
  }
  return worst;
}

/**
 * How many errors come at once, at least 1, where two versions share the same periods: what drifts drifts for both, so neighbouring
 * periods are compared. For errors that come one by one, (e₁n₂ − e₂n₁)² / (n₁n₂) is e₁ + e₂ on average.
 */
export function clustering(day: readonly (Period | undefined)[]): number | undefined {
  let [seen, expected] = [0, 0];
  day.forEach((period, index) => {
    const next = day[index + 1];
    if (!period || !next) return;
    seen +=
      (period.errors * next.requests - next.errors * period.requests) ** 2 /
      (period.requests * next.requests);
    expected += period.errors + next.errors;
  });
  return expected < 2 * fewestErrors ? undefined : Math.max(1, seen / expected);
}
