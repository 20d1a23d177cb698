/** Publishes what a load balancer does, period by period, each only when it is over and as late as AWS does. */
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import { type ElbDimensions, type ElbPeriod, type ElbRecorder, elbPeriod } from './elb-period.ts';
import type { Hosts } from './targets.ts';

export interface Publication {
  /** AWS: 60. Less is a setting of the show, and must be said where it is used. */
  periodSeconds: number;
  /** From the end of a period to its being readable. Measured on AWS: the newest one or two minutes are incomplete. */
  publicationDelaySeconds: number;
}

export const awsPublication: Publication = { periodSeconds: 60, publicationDelaySeconds: 120 };

export interface ElbMetrics extends ElbRecorder {
  /** The period that a time is in. One that was published already would be published again. */
  periodOf(time: number): ElbPeriod;
  /** When the period of a time is over. */
  endOf(time: number): number;
  close(): void;
}

interface ElbMetricsOptions extends Publication {
  clock: Clock;
  publish: Publish;
  dimensions: ElbDimensions;
  /** Asked at the start of each period. */
  hosts: () => Hosts;
}

export function elbMetrics(options: ElbMetricsOptions): ElbMetrics {
  const { clock, dimensions, publish } = options;
  const lengthMs = options.periodSeconds * 1000;
  const periods = new Map<number, ElbPeriod>();
  const startOf = (time: number) => Math.floor(time / lengthMs) * lengthMs;
  const endOf = (time: number) => startOf(time) + lengthMs;

  function periodOf(time: number): ElbPeriod {
    const start = startOf(time);
    const known = periods.get(start);
    if (known) return known;
    const period = elbPeriod(dimensions);
    periods.set(start, period);
    const due = start + lengthMs + options.publicationDelaySeconds * 1000;
    clock.after(due - clock.now(), () => {
      periods.delete(start);
      for (const datapoint of period.datapoints(start)) publish(datapoint);
    });
    return period;
  }
  const current = () => periodOf(clock.now());

  let cancelTick = () => {};
  const tick = () => {
    cancelTick = clock.after(endOf(clock.now()) - clock.now(), () => {
      tick();
      current().hosts(options.hosts());
    });
  };
  tick();

  return {
    answered: (status, seconds) => current().answered(status, seconds),
    failed: (times) => current().failed(times),
    refused: (times) => current().refused(times),
    abandoned: () => current().abandoned(),
    hosts: (hosts) => current().hosts(hosts),
    periodOf,
    endOf,
    close: () => cancelTick(),
  };
}
