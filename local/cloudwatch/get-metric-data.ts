/** GetMetricData: statistics of metrics over periods. Points where nothing was published are absent, never zero. */
import { type Distribution, merged } from './distribution.ts';
import { type Expression, parse } from './metric-math.ts';
import type { Metric, MetricStore } from './metric-store.ts';
import { type Statistic, statistic } from './statistics.ts';
import { fromWire, offsetOf, required, tokenOf, validationError, type WireDimension } from './wire.ts';

interface Query {
  Id: string;
  Label?: string;
  ReturnData?: boolean;
  Expression?: string;
  MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: WireDimension[] };
    Period: number;
    Stat: string;
    Unit?: string;
  };
}

export interface GetMetricDataInput {
  MetricDataQueries: Query[];
  /** Epoch seconds. */
  StartTime: number;
  EndTime: number;
  ScanBy?: 'TimestampDescending' | 'TimestampAscending';
  MaxDatapoints?: number;
  NextToken?: string;
}

interface StatQuery {
  query: Query;
  metric: Metric | undefined;
  periodMs: number;
  apply: Statistic;
}

interface MathQuery {
  query: Query;
  expression: Expression;
}

interface Point {
  at: number;
  value: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function getMetricData(store: MetricStore, now: number, input: GetMetricDataInput) {
  required({ ...input }, 'MetricDataQueries', 'StartTime', 'EndTime');
  const queries = checked(store, input.MetricDataQueries);
  const start = input.StartTime * 1000;
  const end = input.EndTime * 1000;
  if (start === end) throw validationError('The parameter StartTime must not equal parameter EndTime.');
  if (start > end) throw validationError('The parameter StartTime must be less than the parameter EndTime.');

  const ascending = input.ScanBy === 'TimestampAscending';
  let skip = input.NextToken === undefined ? 0 : offsetOf(input.NextToken);
  let room = input.MaxDatapoints ?? 100_800;
  const next = skip + room;
  let total = 0;

  const pointsOfAll = evaluated(queries, start, end, now);
  const results = queries.flatMap(({ query }) => {
    if (query.ReturnData === false) return [];
    const points = pointsOfAll(query.Id).toSorted((one, other) => one.at - other.at);
    if (!ascending) points.reverse();
    const taken = points.slice(skip, skip + room);
    const complete = skip + taken.length >= points.length;
    total += points.length;
    skip = Math.max(0, skip - points.length);
    room -= taken.length;
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: taken.map(({ at }) => new Date(at)),
      Values: taken.map(({ value }) => value),
      StatusCode: complete ? 'Complete' : 'PartialData',
    };
  });
  return { MetricDataResults: results, Messages: [], ...(next < total && { NextToken: tokenOf(next) }) };
}

/** Each once, however many expressions name it. */
function evaluated(queries: (StatQuery | MathQuery)[], start: number, end: number, now: number) {
  const known = new Map<string, Point[]>();
  const periodMs = Math.min(...queries.flatMap((query) => ('apply' in query ? query.periodMs : [])));
  const first = Math.floor(start / periodMs) * periodMs;
  const periods = Array.from(
    { length: Math.ceil((end - first) / periodMs) || 0 },
    (_, index) => first + index * periodMs,
  );
  const pointsOfId = (id: string): Point[] => {
    const found = known.get(id);
    if (found) return found;
    const query = queries.find((one) => one.query.Id === id);
    known.set(id, []);
    const of = (other: string) => new Map(pointsOfId(other).map(({ at, value }) => [at, value]));
    const points =
      query && 'expression' in query
        ? pointsOfMath(query, of, periods)
        : query
          ? pointsOf(query, start, end, now)
          : [];
    known.set(id, points);
    return points;
  };
  return pointsOfId;
}

function pointsOfMath(
  { query, expression }: MathQuery,
  of: (id: string) => Map<number, number>,
  periods: number[],
): Point[] {
  try {
    return [...expression.evaluate({ of, periods })].map(([at, value]) => ({ at, value }));
  } catch (error) {
    throw validationError(`Error in expression '${query.Id}': ${(error as Error).message}`);
  }
}

/** Periods begin at the start of the request, not at whole hours: boto/boto3#3457. */
function pointsOf(
  { query, metric, periodMs, apply }: StatQuery,
  start: number,
  end: number,
  now: number,
): Point[] {
  const unit = query.MetricStat?.Unit;
  if (!metric || (unit !== undefined && unit !== metric.unit)) return [];
  const step = roundingOf(start, periodMs, now);
  const first = Math.floor(start / step) * step;
  const last = Math.floor(end / step) * step;
  // What is finer than a minute is kept for three hours.
  const oldest = periodMs < minute ? now - 3 * hour : Number.NEGATIVE_INFINITY;

  const periods = new Map<number, Distribution[]>();
  for (const [at, values] of metric.points) {
    if (at < first || at >= last || at < oldest) continue;
    const period = first + Math.floor((at - first) / periodMs) * periodMs;
    const others = periods.get(period);
    if (others) others.push(values);
    else periods.set(period, [values]);
  }
  return [...periods]
    .map(([at, values]) => ({ at, value: apply(merged(values)) }))
    .sort((one, other) => one.at - other.at);
}

/** What CloudWatch rounds times down to, by age: API reference of GetMetricData. */
function roundingOf(start: number, periodMs: number, now: number): number {
  if (periodMs < minute) return periodMs;
  if (now - start < 15 * day) return minute;
  return now - start < 63 * day ? 5 * minute : hour;
}

function checked(store: MetricStore, queries: Query[]): (StatQuery | MathQuery)[] {
  if (queries.length > 500) {
    throw validationError('The collection MetricDataQueries must not have a size greater than 500.');
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationError('The values for parameter id in MetricDataQueries are not unique.');
  }
  const mistakes: string[] = [];
  const ids = queries.map(({ Id }) => Id);
  const good = queries.flatMap((query, index): (StatQuery | MathQuery)[] => {
    const found = mistakesIn(query, `MetricDataQueries.member.${index + 1}`, ids);
    mistakes.push(...found);
    const { MetricStat, Expression } = query;
    if (Expression !== undefined) return found.length > 0 ? [] : [{ query, expression: parse(Expression) }];
    const apply = MetricStat && statistic(MetricStat.Stat);
    if (!apply) return [];
    const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
    const metric = store.find({
      namespace: Namespace,
      metricName: MetricName,
      dimensions: fromWire(Dimensions),
    });
    return [{ query, metric, periodMs: MetricStat.Period * 1000, apply }];
  });
  if (mistakes.length > 0) throw validationError(mistakes.join('\n'));
  return good;
}

/** AWS says which expression, and what is wrong in words of its own, which nobody has written down. */
function mistakesOfExpression(text: string, id: string, ids: readonly string[]): string[] {
  try {
    const missing = parse(text).ids.filter((named) => !ids.includes(named) || named === id);
    return missing.map((named) => `Error in expression '${id}': ${named} is not the id of another query`);
  } catch (error) {
    return [`Error in expression '${id}': ${(error as Error).message}`];
  }
}

function mistakesIn({ Id, Expression, MetricStat }: Query, where: string, ids: readonly string[]): string[] {
  if (Expression !== undefined) {
    return mistakesOfExpression(Expression, Id, ids);
  }
  if (!MetricStat) return [`The parameter ${where}.MetricStat is required.`];
  const mistakes = [];
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id)) {
    mistakes.push(
      `The value ${Id} for parameter ${where}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (!statistic(MetricStat.Stat)) {
    mistakes.push(
      `The value ${MetricStat.Stat} for parameter ${where}.MetricStat.Stat is not a valid statistic.`,
    );
  }
  const { Period } = MetricStat;
  if (![1, 5, 10, 20, 30].includes(Period) && !(Period >= 60 && Period % 60 === 0)) {
    mistakes.push(
      `The value ${Period} for parameter ${where}.MetricStat.Period is not valid: it must be 1, 5, 10, 20, 30 or a multiple of 60.`,
    );
  }
  return mistakes;
}
