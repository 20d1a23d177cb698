/** What real and modelled load balancers have in common: their settings, target groups, listeners and metrics. */
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import { awsPublication, elbMetrics, type Publication } from './elb-metrics.ts';
import { awsHealthCheck, type HealthCheck, type Probe } from './health-check.ts';
import { listener, type Member } from './listener.ts';
import { alternateOf, listenerRuleArn, loadBalancerName } from './names.ts';
import type { ListenerRule, TargetGroup } from './target-group.ts';
import { targets } from './targets.ts';

/** What is left out is as AWS has it by default. */
export interface LoadBalancerSettings extends Partial<Publication> {
  clock: Clock;
  /** Where metrics go. */
  metrics: Publish;
  /** Of the load balancer, and of its target group. */
  name: string;
  /** With a second target group and a test listener, for services whose traffic is shifted. */
  shiftable?: boolean;
  healthCheck?: Partial<HealthCheck>;
  /** How long a target that is taken out may take to finish its requests. */
  deregistrationDelaySeconds?: number;
}

/** What ECS is given of a load balancer. */
export interface Balancing {
  arn: string;
  /** The value of CloudWatch's `LoadBalancer` dimension. */
  dimension: string;
  targetGroup: TargetGroup;
  /** Of a shiftable one. */
  shift?: { alternate: TargetGroup; production: ListenerRule; test: ListenerRule };
}

export function assemble(settings: LoadBalancerSettings, probe: Probe) {
  const { clock, name, shiftable = false } = settings;
  const { arn, dimension } = loadBalancerName(name);
  const { periodSeconds, publicationDelaySeconds } = { ...awsPublication, ...settings };

  function member(of: string): Member {
    const group = targets({
      clock,
      name: of,
      probe,
      healthCheck: { ...awsHealthCheck, ...settings.healthCheck },
      deregistrationDelaySeconds: settings.deregistrationDelaySeconds ?? 300,
    });
    // Two that publish of one load balancer are added up.
    const metrics = elbMetrics({
      clock,
      publish: settings.metrics,
      dimensions: { loadBalancer: dimension, targetGroup: group.dimension },
      hosts: group.hosts,
      periodSeconds,
      publicationDelaySeconds,
    });
    group.onHealth(() => metrics.hosts(group.hosts()));
    return { targets: group, metrics };
  }

  const first = member(name);
  const second = shiftable ? member(alternateOf(name)) : undefined;
  const members = second ? [first, second] : [first];
  const production = listener(listenerRuleArn(name, 'production'), members);
  const test = listener(listenerRuleArn(name, 'test'), members);
  const balancing: Balancing = {
    arn,
    dimension,
    targetGroup: first.targets,
    ...(second && { shift: { alternate: second.targets, production, test } }),
  };

  return {
    ...balancing,
    /** Of the target group that is always there. */
    metrics: first.metrics,
    members,
    production,
    test,
    close() {
      for (const one of members) {
        one.targets.close();
        one.metrics.close();
      }
    },
  };
}
