/** Where the target groups and rules of several load balancers are found by their ARNs. */
import type { Balancing } from './settings.ts';
import type { ListenerRule, TargetGroup } from './target-group.ts';

export interface Behind {
  targetGroup(arn: string): TargetGroup | undefined;
  listenerRule(arn: string): ListenerRule | undefined;
}

export function behind(balancers: readonly Balancing[]): Behind {
  const groups = new Map<string, TargetGroup>();
  const rules = new Map<string, ListenerRule>();
  for (const { targetGroup, shift } of balancers) {
    groups.set(targetGroup.arn, targetGroup);
    if (!shift) continue;
    groups.set(shift.alternate.arn, shift.alternate);
    for (const rule of [shift.production, shift.test]) rules.set(rule.arn, rule);
  }
  return { targetGroup: (arn) => groups.get(arn), listenerRule: (arn) => rules.get(arn) };
}
