/** What the judge must never do again, as far as a few cells show it within seconds. */
import type { Measured } from './measure.ts';

export function regressions(measured: readonly Measured[]): string[] {
  const of = (change: string) =>
    measured.reduce(
      (sum, { tallies }) => {
        const tally = tallies[change];
        if (!tally) return sum;
        const { releases, failed, minutes } = tally;
        return {
          releases: sum.releases + releases,
          failed: sum.failed + failed.Tidegate,
          minutes: sum.minutes + minutes.Tidegate,
        };
      },
      { releases: 0, failed: 0, minutes: 0 },
    );
  const atLeast = (change: string, share: number) => {
    const { failed, releases } = of(change);
    return failed >= share * releases
      ? []
      : [`${change}: ${failed} of ${releases} found, at least ${share * 100} % wanted`];
  };
  const [unchanged, outage] = [of('nothing'), of('outage')];
  return [
    ...(unchanged.failed > 0.02 * unchanged.releases
      ? [`${unchanged.failed} of ${unchanged.releases} releases that change nothing are taken back`]
      : []),
    ...(outage.minutes > outage.releases || outage.failed < outage.releases
      ? [`outages: ${outage.failed} of ${outage.releases} found, in ${outage.minutes} minutes together`]
      : []),
    ...atLeast('errors ×20', 0.97),
    ...atLeast('errors ×5', 0.6),
    ...atLeast('durations +100 %', 0.95),
    ...atLeast('durations +50 %', 0.7),
  ];
}
