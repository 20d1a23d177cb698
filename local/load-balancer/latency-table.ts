/**
 * Response times of many requests, drawn at once: each of the values that CloudWatch is told, in seconds of three digits,
 * has the probability that `logNormal` and `rounded` give it. Walker's alias method, with Vose's construction
 * (IEEE Transactions on Software Engineering 17, 1991).
 */
import { spread } from '../engine/random.ts';

export interface LatencyTable {
  /** How often each value was drawn, in ascending order. */
  draw(random: () => number, times: number): Map<number, number>;
}

const tables = new Map<number, LatencyTable>();

/** Of the same median there is one table. */
export function latencyTable(medianMs: number): LatencyTable {
  const known = tables.get(medianMs);
  if (known) return known;
  const table = tableOf(medianMs);
  tables.set(medianMs, table);
  return table;
}

function tableOf(medianMs: number): LatencyTable {
  const { values, probabilities } = threeDigits(medianMs / 1000);
  const { length } = values;
  const { threshold, alias } = aliases(probabilities);
  const seen = new Uint32Array(length);

  return {
    draw(random, times) {
      for (let left = times; left > 0; left -= 1) {
        const place = random() * length;
        const column = Math.floor(place);
        const taken = place < (threshold[column] ?? 0) ? column : (alias[column] ?? 0);
        seen[taken] = (seen[taken] ?? 0) + 1;
      }
      const drawn = new Map<number, number>();
      for (let index = 0; index < length; index += 1) {
        const often = seen[index] ?? 0;
        if (often === 0) continue;
        drawn.set(values[index] ?? 0, often);
        seen[index] = 0;
      }
      return drawn;
    },
  };
}

/** Beyond it lies one value in two thousand million. */
const deviations = 6;

/** All values of three digits that come about, ascending, and how likely each is. */
function threeDigits(median: number) {
  const values: number[] = [];
  const probabilities: number[] = [];
  const last = median * Math.exp(spread * deviations);
  let exponent = Math.floor(Math.log10(median * Math.exp(-spread * deviations)));
  let digits = 100;
  for (let value = 0; value <= last; ) {
    // By way of text, so that the value is the very one that `rounded` makes.
    value = Number(`${digits}e${exponent - 2}`);
    // Below 100 there are ten times as many values: the lower half of its interval is a tenth as wide.
    const low = Number(`${digits === 100 ? 999.5 : digits - 0.5}e${exponent - (digits === 100 ? 3 : 2)}`);
    const high = Number(`${digits + 0.5}e${exponent - 2}`);
    values.push(value);
    probabilities.push(between(low / median, high / median));
    digits += 1;
    if (digits > 999) [digits, exponent] = [100, exponent + 1];
  }
  return { values, probabilities };
}

/** The chance of a value between two multiples of the median: Simpson's rule, exact enough for intervals this small. */
function between(low: number, high: number): number {
  const from = Math.log(low) / spread;
  const to = Math.log(high) / spread;
  return ((to - from) / 6) * (density(from) + 4 * density((from + to) / 2) + density(to));
}

const density = (deviation: number) => Math.exp(-(deviation ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** For a place x in column i, i <= x < i + 1: i below `threshold[i]`, `alias[i]` from there on. */
function aliases(probabilities: readonly number[]) {
  const { length } = probabilities;
  const total = probabilities.reduce((sum, one) => sum + one, 0);
  const share = probabilities.map((one) => (one / total) * length);
  const threshold = new Float64Array(length).map((_, index) => index + 1);
  const alias = new Uint32Array(length).map((_, index) => index);
  const small = [...share.keys()].filter((index) => (share[index] ?? 0) < 1);
  const large = [...share.keys()].filter((index) => (share[index] ?? 0) >= 1);

  for (
    let low = small.pop(), high = large.pop();
    low !== undefined && high !== undefined;
    low = small.pop()
  ) {
    const room = share[low] ?? 0;
    threshold[low] = low + room;
    alias[low] = high;
    share[high] = (share[high] ?? 0) - (1 - room);
    if ((share[high] ?? 0) < 1) {
      small.push(high);
      high = large.pop();
    }
  }
  return { threshold, alias };
}
