/** What a deployment would change, and what it would go back to, for who is asked to approve it. Looks only. */
import type { Aws } from '../aws/gateways.ts';
import { services } from '../core/group.ts';
import { shortDigest } from '../core/image.ts';
import type { Release } from '../core/release.ts';
import { briefly, shownChanges } from '../core/shown-changes.ts';
import type { Slot } from '../core/slot.ts';
import { type Change, withImage } from '../core/task-definition.ts';

export interface ShownPlan {
  changes: Change[];
  wayBack: string;
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
  const several = parts.length > 1;
  const runs = release.runningDigest;
  const version = [
    ...(deployed && deployed.push.digest === runs ? [deployed.tag] : []),
    ...(runs ? [shortDigest(runs)] : []),
  ].join(', ');
  return {
    changes: parts.flatMap(({ service, changes }) =>
      changes.map((change) => (several ? { ...change, path: `${service}: ${change.path}` } : change)),
    ),
    wayBack:
      parts.map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1)).join(', ') + (version && ` (${version})`),
  };
}
