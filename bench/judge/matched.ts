/** The detection of a judge whose limit is moved until it is wrong as often as another. */

/** Of scores with a change, how many are above what `share` of those without one reach; ties count in part, as if by lot. */
export function matchedPower(
  without: readonly number[],
  withChange: readonly number[],
  share: number,
): number {
  if (without.length === 0 || withChange.length === 0) return Number.NaN;
  const sorted = without.toSorted((a, b) => b - a);
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const part = (scores: readonly number[], test: (score: number) => boolean) =>
    scores.filter(test).length / scores.length;
  const ties = part(without, (score) => score === limit);
  const lot = Math.min(1, Math.max(0, (share - part(without, (score) => score > limit)) / ties));
  return part(withChange, (score) => score > limit) + lot * part(withChange, (score) => score === limit);
}

/** E. B. Wilson's interval of a share with 95 % confidence (1927). */
export function wilson(events: number, trials: number): [number, number] {
  const z = 1.96;
  const share = events / trials;
  const centre = (share + z ** 2 / 2 / trials) / (1 + z ** 2 / trials);
  const half =
    (z / (1 + z ** 2 / trials)) * Math.sqrt((share * (1 - share)) / trials + (z / 2 / trials) ** 2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
