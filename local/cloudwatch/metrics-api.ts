/** PutMetricData and ListMetrics. */
import type { MetricStore } from './metric-store.ts';
import { fromWire, page, required, toWire, validationError, type WireDimension } from './wire.ts';

interface Datum {
  MetricName: string;
  Dimensions?: WireDimension[];
  /** Epoch seconds; now when absent. */
  Timestamp?: number;
  Value?: number;
  Values?: number[];
  Counts?: number[];
  StatisticValues?: unknown;
  Unit?: string;
  StorageResolution?: number;
}

export interface PutMetricDataInput {
  Namespace: string;
  MetricData: Datum[];
}

export function putMetricData(store: MetricStore, now: number, input: PutMetricDataInput) {
  required({ ...input }, 'Namespace', 'MetricData');
  if (input.Namespace.startsWith('AWS/')) {
    throw validationError(`The value AWS/ for parameter Namespace is invalid.`);
  }
  const datapoints = input.MetricData.map((datum, index) => {
    const resolution = (datum.StorageResolution === 1 ? 1 : 60) * 1000;
    const at = datum.Timestamp === undefined ? now : datum.Timestamp * 1000;
    return {
      namespace: input.Namespace,
      metricName: datum.MetricName,
      dimensions: fromWire(datum.Dimensions),
      unit: datum.Unit ?? 'None',
      at: Math.floor(at / resolution) * resolution,
      values: valuesOf(datum, `MetricData.member.${index + 1}`),
    };
  });
  for (const datapoint of datapoints) store.publish(datapoint);
  return {};
}

function valuesOf({ Value, Values, Counts, StatisticValues }: Datum, where: string): Map<number, number> {
  if (StatisticValues !== undefined) {
    throw validationError(`${where}.StatisticValues: the local world keeps values only, not statistic sets.`);
  }
  const values = Values ?? (Value === undefined ? [] : [Value]);
  if (values.length === 0) throw validationError(`The parameter ${where}.Value is required.`);
  if (Counts && Counts.length !== values.length) {
    throw validationError(`The parameters ${where}.Values and ${where}.Counts must be of the same size.`);
  }
  return new Map(values.map((value, index) => [value, Counts?.[index] ?? 1]));
}

export interface ListMetricsInput {
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value?: string }[];
  RecentlyActive?: 'PT3H';
  NextToken?: string;
}

export function listMetrics(store: MetricStore, now: number, input: ListMetricsInput) {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, NextToken } = input;
  const found = store
    .all()
    .filter(
      ({ namespace, metricName, dimensions, publishedAt }) =>
        (Namespace === undefined || namespace === Namespace) &&
        (MetricName === undefined || metricName === MetricName) &&
        Dimensions.every(
          ({ Name, Value }) => Name in dimensions && (Value === undefined || dimensions[Name] === Value),
        ) &&
        (RecentlyActive === undefined || publishedAt >= now - 3 * 3_600_000),
    );
  const { items, ...next } = page(found, 500, NextToken);
  const Metrics = items.map(({ namespace, metricName, dimensions }) => ({
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: toWire(dimensions),
  }));
  return { Metrics, ...next };
}
