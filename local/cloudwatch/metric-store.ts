/**
 * The metrics: what was published, by namespace, name and exact set of dimensions. As on CloudWatch, what is finer than a
 * minute is kept for three hours, then as whole minutes, and all that for fifteen days.
 */
import type { Clock } from '../clock.ts';
import { type Distribution, merged } from './distribution.ts';

export interface Datapoint {
  namespace: string;
  metricName: string;
  dimensions: Readonly<Record<string, string>>;
  unit: string;
  /** Start of the period that the values are of, in milliseconds since the epoch. */
  at: number;
  values: Distribution;
}

/**
 * Takes what was measured, and keeps it: `values` must not change any more. The same metric and time may be published
 * again: the values are added.
 */
export type Publish = (datapoint: Datapoint) => void;

export interface Metric extends Pick<Datapoint, 'namespace' | 'metricName' | 'dimensions' | 'unit'> {
  /** By start of the period. */
  points: Map<number, Distribution>;
  /** Starts of points that may have to become part of a minute still. */
  recent: Set<number>;
  /** When something was published last, in milliseconds since the epoch. */
  publishedAt: number;
}

export type MetricName = Pick<Datapoint, 'namespace' | 'metricName' | 'dimensions'>;

const retentionMs = 15 * 86_400_000;
const minute = 60_000;
const fineRetentionMs = 180 * minute;

export interface MetricStore {
  publish: Publish;
  find(name: MetricName): Metric | undefined;
  all(): Metric[];
}

export function metricStore(clock: Clock): MetricStore {
  const metrics = new Map<string, Metric>();

  return {
    publish({ at, values, ...name }) {
      const key = keyOf(name);
      const metric = metrics.get(key) ?? { ...name, points: new Map(), recent: new Set(), publishedAt: 0 };
      metrics.set(key, metric);
      metric.publishedAt = clock.now();
      const before = metric.points.get(at);
      metric.points.set(at, before ? merged([before, values]) : values);
      metric.recent.add(at);
      coarsen(metric, minuteOf(clock.now() - fineRetentionMs));
      forget(metric, clock.now() - retentionMs);
    },
    find: (name) => metrics.get(keyOf(name)),
    all: () => [...metrics.values()],
  };
}

const minuteOf = (at: number) => Math.floor(at / minute) * minute;

function coarsen({ points, recent }: Metric, before: number) {
  for (const at of recent) {
    if (at >= before) return;
    recent.delete(at);
    const values = points.get(at);
    const start = minuteOf(at);
    if (!values || start === at) continue;
    const others = points.get(start);
    points.delete(at);
    points.set(start, others ? merged([others, values]) : values);
  }
}

/** Points come about in order of time, give or take three hours, so the oldest are the first. */
function forget({ points }: Metric, before: number) {
  for (const at of points.keys()) {
    if (at >= before) return;
    points.delete(at);
  }
}

const keyOf = ({ namespace, metricName, dimensions }: MetricName) =>
  JSON.stringify([
    namespace,
    metricName,
    Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);
