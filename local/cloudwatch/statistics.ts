/** CloudWatch's names of statistics, such as `Sum`, `p99.9` and `PR(:0.3)`, and what each makes of a period's values. */
import {
  type Ascending,
  ascending,
  count,
  countBetween,
  type Distribution,
  percentileOf,
  sum,
} from './distribution.ts';

/** Of values that do not change any more. */
export type Statistic = (values: Distribution) => number;

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: count,
  Sum: sum,
  Average: (values) => sum(values) / count(values),
  Minimum: (values) =>
    values.keys().reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  Maximum: (values) => values.keys().reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

const percentileName = /^p(?<percent>\d{1,2}(\.\d{1,10})?|100)$/;
const rangeName = /^(?<kind>TC|PR)\((?<low>-?\d+(\.\d+)?)?:(?<high>-?\d+(\.\d+)?)?\)$/;

/** `undefined` for what is no statistic, and for those that the local world does not do: TM, WM, TS, IQM, bounds in %. */
export function statistic(name: string): Statistic | undefined {
  if (Object.hasOwn(simple, name)) return simple[name];

  const percent = percentileName.exec(name)?.groups?.percent;
  if (percent) return (values) => percentileOf(inOrder(values), Number(percent));

  const { kind, low, high } = rangeName.exec(name)?.groups ?? {};
  if (!kind || (low === undefined && high === undefined)) return undefined;
  const inRange: Statistic = (values) =>
    countBetween(values, Number(low ?? Number.NEGATIVE_INFINITY), Number(high ?? Number.POSITIVE_INFINITY));
  return kind === 'TC' ? inRange : (values) => (100 * inRange(values)) / count(values);
}

/** The same period is asked again and again while a release is watched, and sorting it is most of the work. */
const sorted = new WeakMap<Distribution, Ascending>();

function inOrder(values: Distribution): Ascending {
  const known = sorted.get(values);
  if (known) return known;
  const order = ascending(values);
  sorted.set(values, order);
  return order;
}
