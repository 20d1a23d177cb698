/** What an application load balancer reports to CloudWatch of one period, in AWS's names and dimensions. */
import { add, rounded } from '../cloudwatch/distribution.ts';
import type { Datapoint } from '../cloudwatch/metric-store.ts';
import type { Hosts } from './targets.ts';

export interface ElbDimensions {
  loadBalancer: string;
  targetGroup: string;
}

export interface ElbRecorder {
  /** A target answered; `seconds` until its first byte. */
  answered(status: number, seconds: number): void;
  /** A target was chosen, and the load balancer had to answer in its place: 502, 504. */
  failed(): void;
  /** No target could be chosen: 503. Not a request, as far as RequestCount goes. */
  refused(): void;
  /** The client went away before the target answered: 460. */
  abandoned(): void;
  hosts(hosts: Hosts): void;
}

export interface ElbPeriod extends ElbRecorder {
  /** Metrics that nothing was counted of are absent, as AWS leaves them out. */
  datapoints(at: number): Datapoint[];
}

export function elbPeriod({ loadBalancer, targetGroup }: ElbDimensions): ElbPeriod {
  const recorded = new Map<string, Omit<Datapoint, 'at'> & { values: Map<number, number> }>();
  const whole = { LoadBalancer: loadBalancer };
  const ofGroup = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };

  function record(
    metricName: string,
    unit: string,
    value: number,
    ...dimensionSets: Record<string, string>[]
  ) {
    for (const dimensions of dimensionSets) {
      const key = `${metricName} ${Object.keys(dimensions)}`;
      const metric = recorded.get(key) ?? {
        namespace: 'AWS/ApplicationELB',
        metricName,
        unit,
        dimensions,
        values: new Map(),
      };
      recorded.set(key, metric);
      add(metric.values, value);
    }
  }

  // A count is a sample of 1 each, so that Sum and SampleCount are the count and every other statistic is 1, as on AWS.
  const count = (metricName: string, ...dimensionSets: Record<string, string>[]) =>
    record(metricName, 'Count', 1, ...dimensionSets);

  return {
    answered(status, seconds) {
      count('RequestCount', whole, ofGroup);
      count(`HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, whole, ofGroup);
      record('TargetResponseTime', 'Seconds', rounded(seconds), whole, ofGroup);
    },
    failed() {
      count('RequestCount', whole, ofGroup);
      count('HTTPCode_ELB_5XX_Count', whole);
    },
    refused: () => count('HTTPCode_ELB_5XX_Count', whole),
    abandoned() {
      count('RequestCount', whole, ofGroup);
      count('HTTPCode_ELB_4XX_Count', whole);
    },
    hosts({ registered, healthy, unhealthy }) {
      if (registered === 0) return;
      record('HealthyHostCount', 'Count', healthy, ofGroup);
      record('UnHealthyHostCount', 'Count', unhealthy, ofGroup);
    },
    datapoints: (at) =>
      recorded
        .values()
        .map((metric) => ({ ...metric, at }))
        .toArray(),
  };
}
