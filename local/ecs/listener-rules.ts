/** Which target group a revision's tasks are in, and what the rules of the listeners send there. */

import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { ListenerRule } from '../load-balancer/target-group.ts';
import type { Revision, RevisionSettings, Shift } from './model.ts';

export type FindRule = (arn: string) => ListenerRule | undefined;

/** A revision that comes beside `blue` gets the other one of two target groups; one that replaces it stays in the same. */
export function resolved(
  { loadBalancers = [] }: RevisionSettings,
  blue: Revision | undefined,
  beside: boolean,
): LoadBalancer[] {
  return loadBalancers.map((configured) => {
    const { targetGroupArn: first, advancedConfiguration } = configured;
    const second = advancedConfiguration?.alternateTargetGroupArn;
    const served = blue?.loadBalancers
      .map(({ targetGroupArn }) => targetGroupArn)
      .find((arn) => arn === first || arn === second);
    if (!second || !served) return configured;
    const other = served === first ? second : first;
    const targetGroupArn = beside ? other : served;
    return { ...configured, ...(targetGroupArn && { targetGroupArn }) };
  });
}

/** Makes the rules send to the target revision what `shift` says, and to what was before it the rest. */
export function applyWeights(find: FindRule, target: Revision, shift: Shift): void {
  target.loadBalancers.forEach(({ targetGroupArn: green = '', advancedConfiguration }, place) => {
    const { productionListenerRule = '', testListenerRule } = advancedConfiguration ?? {};
    const blue = shift.blue?.loadBalancers[place]?.targetGroupArn;
    const forward = (rule: string, weight: number) =>
      find(rule)?.forward(new Map([...(blue ? [[blue, 100 - weight] as const] : []), [green, weight]]));
    forward(productionListenerRule, shift.productionWeight);
    if (testListenerRule) forward(testListenerRule, shift.testWeight);
  });
}

/** All traffic to one revision. */
export function forwardTo(find: FindRule, revision: Revision): void {
  for (const { targetGroupArn = '', advancedConfiguration } of revision.loadBalancers) {
    const { productionListenerRule = '', testListenerRule = '' } = advancedConfiguration ?? {};
    for (const rule of [productionListenerRule, testListenerRule])
      find(rule)?.forward(new Map([[targetGroupArn, 100]]));
  }
}
