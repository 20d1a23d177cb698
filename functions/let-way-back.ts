/** The way back pauses like every deployment, and nobody is asked about it: it is let go on. */
import type { Aws } from '../aws/gateways.ts';
import { changedParts, type Part, planOf } from '../core/group.ts';
import type { Plan } from '../core/plan.ts';

/** Only where pauses are ours to answer. May be repeated: a hook takes one answer. */
export async function letWayBack(
  { plan, ...group }: Part & { plan: Plan },
  aws: Pick<Aws, 'ecs' | 'pauseHooks'>,
): Promise<void> {
  if (!group.release.settings.asksAtPauses) return;
  for (const { release } of changedParts(group)) {
    const { target } = release;
    const ecs = aws.ecs(target);
    const found = await ecs.underWay(target);
    if (!found) continue;
    const { taskDefinitionArn } = (await ecs.deployment(found.arn)) ?? {};
    // What somebody else deploys is theirs to answer.
    if (taskDefinitionArn !== planOf(plan, release).runningTaskDefinitionArn) continue;
    const hooks = aws.pauseHooks(target);
    for (const { hookId } of await hooks.waiting(found.arn))
      await hooks.answer({ serviceDeploymentArn: found.arn, hookId }, 'CONTINUE');
  }
}
