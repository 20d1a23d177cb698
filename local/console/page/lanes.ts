/** Lanes between two columns of boxes: all lines to one target share a lane, and lanes that overlap lie side by side. */

export interface Stretch {
  /** What it leads to. */
  to: string;
  from: number;
  until: number;
}

export interface Lanes {
  count: number;
  /** The lane of a target, from 0. */
  of(to: string): number;
}

/** Short lanes come first, so that long ones go around them. */
export function lanes(stretches: readonly Stretch[]): Lanes {
  const spans = new Map<string, { low: number; high: number }>();
  for (const { to, from, until } of stretches) {
    const { low, high } = spans.get(to) ?? { low: until, high: until };
    spans.set(to, { low: Math.min(low, from), high: Math.max(high, from) });
  }
  const shortFirst = [...spans].toSorted(([, a], [, b]) => a.high - a.low - (b.high - b.low));

  const used: { low: number; high: number }[][] = [];
  const chosen = new Map<string, number>();
  for (const [to, span] of shortFirst) {
    const free = used.findIndex((lane) =>
      lane.every(({ low, high }) => high <= span.low || low >= span.high),
    );
    const lane = free < 0 ? used.length : free;
    used[lane] = [...(used[lane] ?? []), span];
    chosen.set(to, lane);
  }
  return { count: used.length, of: (to) => chosen.get(to) ?? 0 };
}
