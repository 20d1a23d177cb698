/** Metrics as CloudWatch takes them from a function's log: its embedded metric format, written by Powertools. */
import type { Metrics } from '@aws-lambda-powertools/metrics';
import { type Dimension, metrics as kinds, type Measure } from '../core/metrics.ts';

/** Each value is a line of its own for each set of dimensions: a line has its dimensions in common. */
export function measuring(metrics: Pick<Metrics, 'singleMetric'>): Measure {
  return (name, value, dimensions) => {
    const { unit, by } = kinds[name];
    for (const set of by as readonly (readonly Dimension[])[]) {
      const single = metrics.singleMetric();
      for (const dimension of set)
        single.addDimension(dimension, (dimensions as Partial<Record<Dimension, string>>)[dimension] ?? '');
      single.addMetric(name, unit, value);
    }
  };
}
