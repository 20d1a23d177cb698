/**
 * What the day before knows: the same comparison, slid over hours in which nothing was deployed. It shows how far a metric strays by
 * itself, whatever the reasons, bursts and rush hours among them, so that no law of its noise has to be believed.
 */
import type { Period } from './series.ts';
import { mean, studentTail, variance } from './statistics.ts';

/** How a metric's periods are seen, as periods of one row, from the start of the day on. */
export interface Metric<Reference, Item = Period> {
  /** What is to be expected after these periods. Undefined where they do not say. */
  expected: (from: number, to: number) => Reference | undefined;
  /** How far a period is above that, as a logarithm. Undefined where it says nothing. */
  excess: (period: Item, expected: Reference) => number | undefined;
}

export interface Shape<Item = Period> {
  /** Periods of the day before the deployment. */
  day: readonly (Item | undefined)[];
  /** So many of them, at most, say what is to be expected. */
  reference: number;
  /** Periods between those and the window. */
  gap: number;
  /** Of the window. */
  length: number;
}

/** Windows side by side that a day must have for its spread to be known. */
const fewestIndependent = 40;

export interface Rarity {
  /** The mean excess of the window's periods, each cut off, and what it was on the day: of so many comparisons, so many of them side by side. */
  score: number;
  windows: number;
  independent: number;
  mean: number;
  deviation: number;
  highest: number;
  /** Windows of the day that were at least as high. */
  asHigh: number;
  /** The larger of asHigh / windows and P(T ≥ (score − mean) / deviation) with independent − 1 degrees of freedom. */
  p: number;
}

export interface Precedents<Item = Period> {
  rarity: (after: readonly Item[]) => Rarity;
}

/**
 * `cap`: no period counts for more, for a burst is high and over, and a bad version stays. Undefined where the day is too short to
 * say how rare something is. Nothing is computed before it is asked for.
 */
export function precedents<Reference, Item = Period>(
  { day, reference, gap, length }: Shape<Item>,
  { expected, excess }: Metric<Reference, Item>,
  cap: () => number,
): Precedents<Item> | undefined {
  const first = reference + gap;
  const known = day.reduce((sum, period) => sum + (period === undefined ? 0 : 1), 0);
  const now = expected(day.length - reference, day.length);
  if (length === 0 || known < first + fewestIndependent * length || now === undefined) return undefined;
  const isKnown = (start: number) => expected(start - first, start - gap) !== undefined;
  if (comparable(day, first, length, isKnown) < (fewestIndependent - 1) * length) return undefined;

  const most = () => Math.max(cap(), smallestCap);
  let spread: Spread | undefined;
  const slide = (): Spread => {
    const scores: number[] = [];
    for (let start = first; start + length <= day.length; start++) {
      const then = expected(start - first, start - gap);
      const score =
        then === undefined ? undefined : scoreOf(day, start, start + length, then, excess, most());
      if (score !== undefined) scores.push(score);
    }
    return spreadOf(scores, length);
  };
  return {
    rarity: (after) => {
      spread ??= slide();
      return rarityOf(scoreOf(after, 0, after.length, now, excess, most()) ?? 0, spread);
    },
  };
}

/** Windows of the day that say something, as `scoreOf` has it: where traffic is rare there may be none. */
function comparable(
  day: Shape<unknown>['day'],
  first: number,
  length: number,
  isKnown: (start: number) => boolean,
): number {
  let [count, seen] = [0, 0];
  for (let index = first; index < day.length; index++) {
    if (day[index] !== undefined) seen++;
    const start = index - length + 1;
    if (start > first && day[start - 1] !== undefined) seen--;
    if (start >= first && 2 * seen >= length && isKnown(start)) count++;
  }
  return count;
}

interface Spread extends Pick<Rarity, 'windows' | 'independent' | 'mean' | 'deviation' | 'highest'> {
  scores: readonly number[];
}

function spreadOf(scores: readonly number[], length: number): Spread {
  return {
    scores,
    windows: scores.length,
    independent: Math.max(2, Math.floor(scores.length / length)),
    mean: mean(scores),
    deviation: Math.max(smallestDeviation, Math.sqrt(variance(scores))),
    highest: scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY),
  };
}

function rarityOf(score: number, { scores, ...spread }: Spread): Rarity {
  const asHigh = scores.reduce((sum, other) => sum + (other >= score ? 1 : 0), 0);
  const tail = studentTail((score - spread.mean) / spread.deviation, spread.independent - 1);
  return { score, ...spread, asHigh, p: Math.max(asHigh / spread.windows, tail) };
}

/** A day without any deviation was luck; what is many times that is still allowed to show. */
const smallestDeviation = 1e-3;
const smallestCap = 10 * smallestDeviation;

/** Undefined where less than half of the periods say something: few of them stray further than all would. */
function scoreOf<Reference, Item>(
  periods: readonly (Item | undefined)[],
  from: number,
  to: number,
  expected: Reference,
  excess: Metric<Reference, Item>['excess'],
  cap: number,
): number | undefined {
  let [sum, seen] = [0, 0];
  for (let index = from; index < to; index++) {
    const period = periods[index];
    const value = period === undefined ? undefined : excess(period, expected);
    if (value === undefined) continue;
    sum += Math.min(value, cap);
    seen++;
  }
  return seen === 0 || 2 * seen < to - from ? undefined : sum / seen;
}
