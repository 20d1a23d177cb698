/** GetMetricData: statistics of metrics over periods. Points where nothing was published are absent, never zero. */
import { type Distribution, merged } from './distribution.ts';
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

interface CheckedQuery {
  query: Query;
  metric: Metric | undefined;
  periodMs: number;
  apply: Statistic;
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

  const results = queries.map((query) => {
    const points = pointsOf(query, start, end, now);
    if (!ascending) points.reverse();
    const taken = points.slice(skip, skip + room);
    const complete = skip + taken.length >= points.length;
    total += points.length;
    skip = Math.max(0, skip - points.length);
    room -= taken.length;
    return {
      Id: query.query.Id,
      Label: query.query.Label ?? query.query.MetricStat?.Metric.MetricName,
      Timestamps: taken.map(({ at }) => new Date(at)),
      Values: taken.map(({ value }) => value),
      StatusCode: complete ? 'Complete' : 'PartialData',
    };
  });
  return { MetricDataResults: results, Messages: [], ...(next < total && { NextToken: tokenOf(next) }) };
}

/** Periods begin at the start of the request, not at whole hours: boto/boto3#3457. */
function pointsOf(
  { query, metric, periodMs, apply }: CheckedQuery,
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

function checked(store: MetricStore, queries: Query[]): CheckedQuery[] {
  if (queries.length > 500) {
    throw validationError('The collection MetricDataQueries must not have a size greater than 500.');
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationError('The values for parameter id in MetricDataQueries are not unique.');
  }
  const mistakes: string[] = [];
  const good = queries.flatMap((query, index) => {
    const found = mistakesIn(query, `MetricDataQueries.member.${index + 1}`);
    mistakes.push(...found);
    const { MetricStat } = query;
    const apply = MetricStat && statistic(MetricStat.Stat);
    if (!apply || query.ReturnData === false) return [];
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

function mistakesIn({ Id, Expression, MetricStat }: Query, where: string): string[] {
  if (Expression !== undefined) {
    return [
      `${where}.Expression: the local world does not do metric math or Metrics Insights, only MetricStat.`,
    ];
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
