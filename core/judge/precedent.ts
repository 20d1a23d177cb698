/**
 * What the day before knows: the same comparison, slid over hours in which nothing was deployed. It shows how far a metric strays by
 * itself, whatever the reasons, bursts and rush hours among them, so that no law of its noise has to be believed.
 */
import type { Period } from './series.ts';
import { mean, studentTail, variance } from './statistics.ts';

/** How a metric's periods are seen, as periods of one row, from the start of the day on. */
export interface Metric<Reference> {
  /** What is to be expected after these periods. Undefined where they do not say. */
  expected: (from: number, to: number) => Reference | undefined;
  /** How far a period is above that, as a logarithm. Undefined where it says nothing; NaN where it was an incident. */
  excess: (period: Period, expected: Reference) => number | undefined;
}

export interface Shape {
  /** Periods of the day before the deployment. */
  day: readonly (Period | undefined)[];
  /** So many of them, at most, say what is to be expected. */
  reference: number;
  /** Periods between those and the window. */
  gap: number;
  /** Of the window. */
  length: number;
}

/** The means of two rows: of the excesses, and of the excesses cut off at `cap`: no period counts for more. */
interface Scores {
  plain: number;
  capped: number;
}

/** A window is unprecedented if its score is above the highest of the day; the plain one, by a half. */
const margin = Math.log(1.5);
/** Windows side by side that a day must have for its spread to be known. */
const fewestIndependent = 40;

export interface Rarity {
  /** Whether periods counted for at most `cap`. */
  capped: boolean;
  /** The mean excess of the window's periods, and what it was on the day: of so many comparisons, so many of them side by side. */
  score: number;
  windows: number;
  independent: number;
  mean: number;
  deviation: number;
  highest: number;
  /** P(T ≥ (score − mean) / deviation) with independent − 1 degrees of freedom; 1 where the day had its like. */
  p: number;
}

export interface Precedents {
  /** The smaller p of the two ways to sum up a window. */
  rarity: (after: readonly Period[]) => Rarity;
}

/** Undefined where the day is too short to say how rare something is. */
export function precedents<Reference>(
  { day, reference, gap, length }: Shape,
  { expected, excess }: Metric<Reference>,
  cap: number,
): Precedents | undefined {
  const first = reference + gap;
  if (Math.floor((day.length - first - length + 1) / length) < fewestIndependent) return undefined;
  const now = expected(day.length - reference, day.length);
  if (now === undefined) return undefined;

  const past: Record<keyof Scores, number[]> = { plain: [], capped: [] };
  for (let start = first; start + length <= day.length; start++) {
    const then = expected(start - first, start - gap);
    if (then === undefined) continue;
    const scores = scoresOf(day.slice(start, start + length), then, excess, cap);
    if (!scores) continue;
    past.plain.push(scores.plain);
    past.capped.push(scores.capped);
  }
  const independent = Math.floor(past.plain.length / length);
  if (independent < fewestIndependent) return undefined;

  const spread = (scores: readonly number[]) => ({
    ...{ windows: scores.length, independent, mean: mean(scores), deviation: Math.sqrt(variance(scores)) },
    highest: scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY),
  });
  const spreads = { plain: spread(past.plain), capped: spread(past.capped) };
  const rarityOf = (score: number, capped: boolean): Rarity => {
    const spread = capped ? spreads.capped : spreads.plain;
    const rare = score > spread.highest + (capped ? 0 : margin);
    const distance = (score - spread.mean) / Math.max(spread.deviation, smallestDeviation);
    return { capped, score, ...spread, p: rare ? studentTail(distance, independent - 1) : 1 };
  };
  return {
    rarity: (after) => {
      const scores = scoresOf(after, now, excess, cap) ?? { plain: 0, capped: 0 };
      const [plain, capped] = [rarityOf(scores.plain, false), rarityOf(scores.capped, true)];
      return plain.p < capped.p ? plain : capped;
    },
  };
}

/** A day without any deviation was luck. */
const smallestDeviation = 1e-3;

/** Undefined of no periods, and of an incident. */
function scoresOf<Reference>(
  periods: readonly (Period | undefined)[],
  expected: Reference,
  excess: Metric<Reference>['excess'],
  cap: number,
): Scores | undefined {
  let [plain, capped, seen] = [0, 0, 0];
  for (const period of periods) {
    const value = period && excess(period, expected);
    if (value === undefined) continue;
    plain += value;
    capped += Math.min(value, cap);
    seen++;
  }
  return seen === 0 || Number.isNaN(plain) ? undefined : { plain: plain / seen, capped: capped / seen };
}
