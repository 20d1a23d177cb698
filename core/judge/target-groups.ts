/** Which target groups have the old version's figures and the new one's: a service may have several load balancers. */
import type { AnalysisPolicy } from './policy.ts';

/** Where a service revision's tasks are registered. ARNs. */
export interface Registered {
  targetGroup: string;
  /** Of the listener, or its rule, that brings users' requests there: the same for every revision. */
  listenerRule: string | undefined;
}

/** Those of the load balancer that `policy` names. Undefined where old and new version have not one each. */
export function targetGroupsFor(
  { loadBalancer, targetGroup }: Pick<AnalysisPolicy, 'loadBalancer' | 'targetGroup'>,
  before: readonly Registered[],
  after: readonly Registered[],
): { old: string; new: string } | undefined {
  const pairs = before.flatMap((old, index) => {
    const byRule = after.find(({ listenerRule }) => listenerRule && listenerRule === old.listenerRule);
    const found = byRule ?? after[index];
    if (!found || found.targetGroup === old.targetGroup) return [];
    return [{ old: old.targetGroup, new: found.targetGroup, rule: old.listenerRule ?? '' }];
  });
  // The configuration names one of the two, whichever serves just now.
  const named = pairs.find((pair) => [pair.old, pair.new].some((arn) => arn.endsWith(`:${targetGroup}`)));
  const pair = named ?? pairs.find(({ rule }) => rule.includes(`/${loadBalancer}/`)) ?? pairs[0];
  return pair && { old: pair.old, new: pair.new };
}
