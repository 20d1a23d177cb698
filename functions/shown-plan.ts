/** What a deployment would change, and what it would go back to, for who is asked to approve it. Looks only. */
import type { Aws } from '../aws/gateways.ts';
import { changedParts, type Part, planOf, services } from '../core/group.ts';
import { shortDigest } from '../core/image.ts';
import type { Plan } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { briefly, shownChanges } from '../core/shown-changes.ts';
import type { Slot } from '../core/slot.ts';
import { type Change, withImage } from '../core/task-definition.ts';

export interface ShownPlan {
  changes: Change[];
  wayBack: string;
}

/** Of a deployment that has begun: from what was proved last to what is being brought in. Rejects where AWS does not say. */
export async function shownSince(
  { plan, ...group }: Part & { plan: Plan },
  aws: Pick<Aws, 'ecs'>,
): Promise<ShownPlan> {
  const parts = await Promise.all(
    changedParts(group).map(async ({ release, revision }) => {
      const ecs = aws.ecs(release.target);
      const { runningTaskDefinitionArn: arn } = planOf(plan, release);
      const before = await ecs.taskDefinition(arn);
      const after = await ecs.taskDefinition(revision.taskDefinitionArn);
      const changes = shownChanges(before.definition, after.definition);
      return { arn, changes, service: release.target.service };
    }),
  );
  return shownOf(parts, '');
}

/** As it is now: what is deployed meanwhile changes it. Rejects where AWS does not say. */
export async function shownPlan(
  release: Release,
  { deployed }: Pick<Slot, 'deployed'>,
  aws: Pick<Aws, 'ecs'>,
): Promise<ShownPlan> {
  const parts = await Promise.all(
    services(release).map(async ({ target }) => {
      const ecs = aws.ecs(target);
      const { taskDefinition } = await ecs.service(target);
      const { arn, definition } = await ecs.taskDefinition(String(taskDefinition));
      const changes = shownChanges(definition, withImage(definition, target.container, release.image)).map(
        briefly,
      );
      return { arn, changes, service: target.service };
    }),
  );
  const runs = release.runningDigest;
  const version = [
    ...(deployed && deployed.push.digest === runs ? [deployed.tag] : []),
    ...(runs ? [shortDigest(runs)] : []),
  ].join(', ');
  return shownOf(parts, version && ` (${version})`);
}

interface ShownPart {
  /** Of the task definition that is the way back. */
  arn: string;
  changes: Change[];
  service: string;
}

/** Of several ECS services each change names its own. */
function shownOf(parts: readonly ShownPart[], version: string): ShownPlan {
  const several = parts.length > 1;
  return {
    changes: parts.flatMap(({ service, changes }) =>
      changes.map((change) => (several ? { ...change, path: `${service}: ${change.path}` } : change)),
    ),
    wayBack: parts.map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1)).join(', ') + version,
  };
}
