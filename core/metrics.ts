/** The metrics of Tidegate's own: functions emit them, alarms and the dashboard read them. */

export const metricsNamespace = 'Tidegate';

export interface Metric {
  unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** It is emitted once for each of these sets of dimensions; beside them `service`, which is the installation: `<app>-<stage>`. */
  by: readonly (readonly Dimension[])[];
}

/** `environment` is `<service>/<environment>`, as in `my-api/production`; `outcome` an outcome, `step` a state's name. */
export type Dimension = 'environment' | 'outcome' | 'step';

export const metrics = {
  StepDuration: { unit: 'Milliseconds', by: [['step']] },
  /**
   * 1 for a call that threw, 0 for one that did not: its average is their share. What is an answer to the state machine, such
   * as `ScanPending`, counts as 0. Each metric costs money by the hour: those of a single step are Lambda's own.
   */
  StepErrors: { unit: 'Count', by: [[]] },
  /** 1 for each time that Slack did not take what it was told. It is told again. */
  SlackFailures: { unit: 'Count', by: [[]] },
  /** 1 for each release, when its outcome is recorded. */
  ReleasesEnded: { unit: 'Count', by: [['outcome'], ['environment', 'outcome']] },
  /** Of a release that ended `Deployed`: since its push. */
  LeadTimeSeconds: { unit: 'Seconds', by: [[], ['environment']] },
  /** Of a release that ended `RolledBack`: since ECS was first asked to deploy it. */
  TimeToRestoreSeconds: { unit: 'Seconds', by: [[], ['environment']] },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** Emits one value of a metric. */
export type Measure = <Name extends MetricName>(
  name: Name,
  value: number,
  dimensions: Record<(typeof metrics)[Name]['by'][number][number], string>,
) => void;
