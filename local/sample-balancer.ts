/** What stands in front of a sample service, by name: load balancers of one name have the same ARNs wherever they run. */
import type { Environment } from '../core/config.ts';
import { account } from './aws-service.ts';
import { alternateOf, listenerRuleArn, targetGroupName } from './load-balancer/names.ts';

/** Whether its load balancer has two target groups and a test listener. */
export const isShiftable = ({ rollout }: Pick<Environment, 'rollout'>): boolean =>
  rollout.strategy !== 'ROLLING';

/** The name of the load balancer of an environment: that of its analysis, if it has one. */
export function balancerNameOf(service: string, environment: Environment): string | undefined {
  const named = environment.analysis?.targetGroup?.split('/')[1];
  return named ?? (isShiftable(environment) ? `${service}-${environment.name}` : undefined);
}

/** As a service is to name the second target group, and the rules of both listeners. */
export const advancedConfiguration = (balancer: string) => ({
  alternateTargetGroupArn: targetGroupName(alternateOf(balancer)).arn,
  productionListenerRule: listenerRuleArn(balancer, 'production'),
  testListenerRule: listenerRuleArn(balancer, 'test'),
  roleArn: `arn:aws:iam::${account}:role/ecs-load-balancers`,
});
