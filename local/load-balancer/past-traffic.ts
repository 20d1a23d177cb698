/** Metrics of traffic that never was: a baseline for a world that has only just begun. Modelled, and to be called so. */
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import type { Behaviour } from '../engine/behaviour.ts';
import { poisson } from '../engine/random.ts';
import { awsPublication, type Publication } from './elb-metrics.ts';
import { type ElbDimensions, elbPeriod } from './elb-period.ts';
import { modelledAnswers } from './modelled-answers.ts';

interface PastTraffic extends Partial<Publication> {
  clock: Clock;
  metrics: Publish;
  random: () => number;
  dimensions: ElbDimensions;
  behaviour: Behaviour;
  /** Healthy targets that the traffic is to have had. */
  targets: number;
  requestsPerSecond: number;
  /** How far back it begins; it ends with the last period that is over. */
  seconds: number;
}

/** Call it once, before other traffic: points of the same period are added up. */
export function pastTraffic({ clock, metrics, random, dimensions, behaviour, ...past }: PastTraffic): void {
  const { periodSeconds, publicationDelaySeconds } = { ...awsPublication, ...past };
  const lengthMs = periodSeconds * 1000;
  const now = clock.now();
  const end = Math.floor(now / lengthMs) * lengthMs;
  const answers = modelledAnswers(random);
  const hosts = { registered: past.targets, healthy: past.targets, unhealthy: 0 };

  for (
    let start = end - Math.floor(past.seconds / periodSeconds) * lengthMs;
    start < end;
    start += lengthMs
  ) {
    const period = elbPeriod(dimensions);
    period.hosts(hosts);
    const requests = poisson(random, past.requestsPerSecond * periodSeconds);
    answers([{ behaviour, requests }], period);
    const publish = () => period.datapoints(start).forEach(metrics);
    const due = start + lengthMs + publicationDelaySeconds * 1000;
    if (due <= now) publish();
    else clock.after(due - now, publish);
  }
}
