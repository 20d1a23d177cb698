/** What real and modelled load balancers have in common: their settings, target group and metrics. */
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import { awsPublication, elbMetrics, type Publication } from './elb-metrics.ts';
import { awsHealthCheck, type HealthCheck, type Probe } from './health-check.ts';
import { loadBalancerName } from './names.ts';
import { targets } from './targets.ts';

/** What is left out is as AWS has it by default. */
export interface LoadBalancerSettings extends Partial<Publication> {
  clock: Clock;
  /** Where metrics go. */
  metrics: Publish;
  /** Of the load balancer, and of its target group. */
  name: string;
  healthCheck?: Partial<HealthCheck>;
  /** How long a target that is taken out may take to finish its requests. */
  deregistrationDelaySeconds?: number;
}

export function assemble(settings: LoadBalancerSettings, probe: Probe) {
  const { clock, name } = settings;
  const { arn, dimension } = loadBalancerName(name);
  const targetGroup = targets({
    clock,
    name,
    probe,
    healthCheck: { ...awsHealthCheck, ...settings.healthCheck },
    deregistrationDelaySeconds: settings.deregistrationDelaySeconds ?? 300,
  });
  const { periodSeconds, publicationDelaySeconds } = { ...awsPublication, ...settings };
  const metrics = elbMetrics({
    clock,
    publish: settings.metrics,
    dimensions: { loadBalancer: dimension, targetGroup: targetGroup.dimension },
    hosts: targetGroup.hosts,
    periodSeconds,
    publicationDelaySeconds,
  });
  targetGroup.onHealth(() => metrics.hosts(targetGroup.hosts()));

  return {
    arn,
    dimension,
    targetGroup,
    metrics,
    close() {
      targetGroup.close();
      metrics.close();
    },
  };
}
