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

/** The means of two rows: of the excesses, and of the excesses cut off at `cap`: no period counts for more. */
interface Scores {
  plain: number;
  capped: number;
}

/**
 * Where no period is cut off, a burst may reach far: such a window must be above those of the day by a deviation more. It is for the many
 * times worse on days that stray so far that many a window is cut off as a whole.
 */
const plainMargin = 1;
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
  /** Windows of the day that were at least as high; without a cut, up to a deviation less counts as that. */
  asHigh: number;
  /** The larger of asHigh / windows and P(T ≥ (score − mean) / deviation) with independent − 1 degrees of freedom. */
  p: number;
}

export interface Precedents<Item = Period> {
  /** The smaller p of the two ways to sum up a window. */
  rarity: (after: readonly Item[]) => Rarity;
}

/** Undefined where the day is too short to say how rare something is. Nothing is computed before it is asked for. */
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

  let spreads: Record<keyof Scores, Spread> | undefined;
  const slide = (): Record<keyof Scores, Spread> => {
    const past: Record<keyof Scores, number[]> = { plain: [], capped: [] };
    for (let start = first; start + length <= day.length; start++) {
      const then = expected(start - first, start - gap);
      const scores =
        then === undefined ? undefined : scoresOf(day, start, start + length, then, excess, cap());
      if (!scores) continue;
      past.plain.push(scores.plain);
      past.capped.push(scores.capped);
    }
    return { plain: spreadOf(past.plain, length), capped: spreadOf(past.capped, length) };
  };
  return {
    rarity: (after) => {
      spreads ??= slide();
      const scores = scoresOf(after, 0, after.length, now, excess, cap()) ?? { plain: 0, capped: 0 };
      const plain = rarityOf(scores.plain, spreads.plain, false);
      const capped = rarityOf(scores.capped, spreads.capped, true);
      return plain.p < capped.p ? plain : capped;
    },
  };
}

/** Windows of the day that say something, as `scoresOf` has it: where traffic is rare there may be none. */
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

function rarityOf(score: number, { scores, ...spread }: Spread, capped: boolean): Rarity {
  const bar = score - (capped ? 0 : plainMargin * spread.deviation);
  const asHigh = scores.reduce((sum, other) => sum + (other >= bar ? 1 : 0), 0);
  const tail = studentTail((score - spread.mean) / spread.deviation, spread.independent - 1);
  return { capped, score, ...spread, asHigh, p: Math.max(asHigh / spread.windows, tail) };
}

/** A day without any deviation was luck. */
const smallestDeviation = 1e-3;

/** Undefined where less than half of the periods say something: few of them stray further than all would. */
function scoresOf<Reference, Item>(
  periods: readonly (Item | undefined)[],
  from: number,
  to: number,
  expected: Reference,
  excess: Metric<Reference, Item>['excess'],
  cap: number,
): Scores | undefined {
  let [plain, capped, seen] = [0, 0, 0];
  for (let index = from; index < to; index++) {
    const period = periods[index];
    const value = period === undefined ? undefined : excess(period, expected);
    if (value === undefined) continue;
    plain += value;
    capped += Math.min(value, cap);
    seen++;
  }
  return seen === 0 || 2 * seen < to - from ? undefined : { plain: plain / seen, capped: capped / seen };
}
