/** What an application load balancer reports to CloudWatch of one period, in AWS's names and dimensions. */
import { add, type Distribution, rounded } from '../cloudwatch/distribution.ts';
import type { Datapoint } from '../cloudwatch/metric-store.ts';
import type { Hosts } from './targets.ts';

export interface ElbDimensions {
  loadBalancer: string;
  targetGroup: string;
}

/** One event at a time, or `times` alike. */
export interface ElbRecorder {
  /** A target answered; `seconds` until its first byte. */
  answered(status: number, seconds: number): void;
  /** A target was chosen, and the load balancer had to answer in its place: 502, 504. */
  failed(times?: number): void;
  /** No target could be chosen: 503. Not a request, as far as RequestCount goes. */
  refused(times?: number): void;
  /** The client went away before the target answered: 460. */
  abandoned(): void;
  hosts(hosts: Hosts): void;
}

export interface ElbPeriod extends ElbRecorder {
  /** Targets answered many requests. Keeps what is in `seconds`, and may go on counting in it. */
  answeredMany(byStatus: ReadonlyMap<number, number>, seconds: Map<number, number>[]): void;
  /** Metrics that nothing was counted of are absent, as AWS leaves them out. The period is over then. */
  datapoints(at: number): Datapoint[];
}

export function elbPeriod({ loadBalancer, targetGroup }: ElbDimensions): ElbPeriod {
  const counts = new Map<string, number>();
  let responseTimes = new Map<number, number>();
  const healthy = new Map<number, number>();
  const unhealthy = new Map<number, number>();

  const count = (metricName: string, times: number) => {
    if (times > 0) counts.set(metricName, (counts.get(metricName) ?? 0) + times);
  };
  const answered = (status: number, times: number) => {
    count('RequestCount', times);
    count(targetCounts[Math.floor(status / 100)] ?? '', times);
  };

  return {
    answered(status, seconds) {
      answered(status, 1);
      add(responseTimes, rounded(seconds));
    },
    answeredMany(byStatus, seconds) {
      for (const [status, times] of byStatus) answered(status, times);
      for (const drawn of seconds) {
        if (responseTimes.size === 0) responseTimes = drawn;
        else for (const [value, times] of drawn) add(responseTimes, value, times);
      }
    },
    failed(times = 1) {
      count('RequestCount', times);
      count('HTTPCode_ELB_5XX_Count', times);
    },
    refused: (times = 1) => count('HTTPCode_ELB_5XX_Count', times),
    abandoned() {
      count('RequestCount', 1);
      count('HTTPCode_ELB_4XX_Count', 1);
    },
    hosts(hosts) {
      if (hosts.registered === 0) return;
      add(healthy, hosts.healthy);
      add(unhealthy, hosts.unhealthy);
    },
    datapoints(at) {
      const whole = { LoadBalancer: loadBalancer };
      const ofGroup = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
      const namespace = 'AWS/ApplicationELB';
      const points: Datapoint[] = [];
      const report = (
        metricName: string,
        unit: string,
        values: Distribution,
        dimensionSets: Dimensions[],
      ) => {
        if (values.size === 0) return;
        for (const dimensions of dimensionSets) {
          points.push({ namespace, metricName, unit, dimensions, at, values });
        }
      };
      // A count is a sample of 1 each, so that Sum and SampleCount are the count and every other statistic is 1, as on AWS.
      for (const [metricName, times] of counts) {
        const ofWhole = metricName.startsWith('HTTPCode_ELB');
        report(metricName, 'Count', new Map([[1, times]]), ofWhole ? [whole] : [whole, ofGroup]);
      }
      report('TargetResponseTime', 'Seconds', responseTimes, [whole, ofGroup]);
      report('HealthyHostCount', 'Count', healthy, [ofGroup]);
      report('UnHealthyHostCount', 'Count', unhealthy, [ofGroup]);
      return points;
    },
  };
}

type Dimensions = Readonly<Record<string, string>>;

/** By the first digit of the status. */
const targetCounts = [0, 1, 2, 3, 4, 5].map((digit) => `HTTPCode_Target_${digit}XX_Count`);
