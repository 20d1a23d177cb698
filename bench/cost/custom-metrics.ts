/** How many metrics of Tidegate's own a release writes: CloudWatch bills each in every hour in which it is written. */
import { type Dimension, type MetricName, metrics } from '../../core/metrics.ts';
import type { Outcome } from '../../core/release.ts';

/** Only where a release ended so; the others always. */
const onlyOf: Partial<Record<MetricName, Outcome>> = {
  LeadTimeSeconds: 'Deployed',
  TimeToRestoreSeconds: 'RolledBack',
};

/** Each name with each value of its dimensions is one. `steps`: how many different ones were run. */
export function customMetrics(outcome: string, steps: number): number {
  const values: Record<Dimension, number> = { step: steps, environment: 1, outcome: 1 };
  const written = Object.entries(metrics).filter(([name]) => {
    const only = onlyOf[name as MetricName];
    return only === undefined || only === outcome;
  });
  return written
    .flatMap(([, { by }]): readonly (readonly Dimension[])[] => by)
    .reduce((sum, set) => sum + set.reduce((product, dimension) => product * values[dimension], 1), 0);
}
