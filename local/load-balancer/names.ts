/** ARNs of load balancers and target groups, and the parts of them that CloudWatch takes as dimensions. */
import { createHash } from 'node:crypto';
import { account, region } from '../aws-service.ts';

export interface ElbName {
  arn: string;
  /** As CloudWatch has it: `app/<name>/<id>`, `targetgroup/<name>/<id>`. */
  dimension: string;
}

export function loadBalancerName(name: string): ElbName {
  const dimension = `app/${name}/${idOf(name)}`;
  return { arn: `${prefix}:loadbalancer/${dimension}`, dimension };
}

export function targetGroupName(name: string): ElbName {
  const dimension = `targetgroup/${name}/${idOf(name)}`;
  return { arn: `${prefix}:${dimension}`, dimension };
}

/** The name of the second target group of the load balancer of this name. */
export const alternateOf = (name: string) => `${name}-alternate`;

/** Of the load balancer of this name: where its users come in, or its testers. */
export function listenerRuleArn(name: string, listener: 'production' | 'test'): string {
  const { dimension } = loadBalancerName(name);
  return `${prefix}:listener-rule/${dimension}/${idOf(`${name} ${listener}`)}/${idOf(`${name} ${listener} rule`)}`;
}

const prefix = `arn:aws:elasticloadbalancing:${region}:${account}`;

/** The same name has the same id in every run, so that a configuration can be written down. */
const idOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 16);
