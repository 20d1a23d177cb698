/** What is charged for what a release uses, in dollars, in us-east-1, as of November 2026. */

export interface Price {
  dollars: number;
  /** For so many units. */
  per: number;
  unit: string;
  source: string;
  /** Whether the source was read; else it is a figure that somebody remembered, to be looked up before relying on it. */
  verified: boolean;
}

/** What sums are made of. */
export const prices = {
  transition: {
    ...{ dollars: 0.025, per: 1000, unit: 'state transitions (Standard)' },
    ...{ source: 'aws.amazon.com/step-functions/pricing', verified: true },
  },
  invocation: {
    ...{ dollars: 0.2, per: 1_000_000, unit: 'invocations of Lambda' },
    ...{ source: 'remembered', verified: false },
  },
  gigabyteSecond: {
    ...{ dollars: 0.0000166667, per: 1, unit: 'GB-second of Lambda (x86)' },
    ...{ source: 'remembered', verified: false },
  },
  metric: {
    ...{ dollars: 0.01, per: 1000, unit: 'metrics asked for by GetMetricData' },
    ...{ source: 'remembered', verified: false },
  },
  customEvent: {
    ...{ dollars: 1, per: 1_000_000, unit: "custom events (AWS services' own are free)" },
    ...{ source: 'cloudburn.io, factualminds.com', verified: true },
  },
  codePipelineMinute: {
    ...{ dollars: 0.002, per: 1, unit: 'minute of an action in CodePipeline V2 (manual approvals are free)' },
    ...{ source: "AWS's pricing", verified: true },
  },
  githubMinute: {
    ...{ dollars: 0.006, per: 1, unit: 'minute of a GitHub-hosted Linux runner with 2 cores' },
    ...{ source: "GitHub's pricing since 2026-01-01", verified: true },
  },
} as const satisfies Record<string, Price>;

/** Too uncertain for a sum: they say which order of magnitude to expect. */
export const remembered = {
  writeUnit: { dollars: 0.625, per: 1_000_000, unit: 'written units of DynamoDB on demand' },
  readUnit: { dollars: 0.125, per: 1_000_000, unit: 'read units of DynamoDB on demand' },
  logGigabyte: { dollars: 0.5, per: 1, unit: 'GB taken in by CloudWatch Logs' },
  /** In the hours in which something is sent. */
  metricMonth: { dollars: 0.3, per: 1, unit: 'custom metric and month' },
  alarmMonth: { dollars: 0.1, per: 1, unit: 'metric of an alarm and month' },
  dashboardMonth: { dollars: 3, per: 1, unit: 'dashboard and month, after the first three' },
} as const satisfies Record<string, Pick<Price, 'dollars' | 'per' | 'unit'>>;

export const cost = ({ dollars, per }: Pick<Price, 'dollars' | 'per'>, units: number): number =>
  (dollars * units) / per;

/** Transitions that an account need not pay, each month. */
export const freeTransitions = 4000;
