/** Whether the previous revision is back, asked by the waiting step and by every event that might have changed it. */
import type { Aws } from '../aws/gateways.ts';
import { environmentOf } from '../core/config.ts';
import type { Plan, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { type Return, type Rollback, readReturn } from '../core/rollback.ts';

export interface RollbackQuestion {
  release: Release;
  plan: Plan;
  revision: Revision;
  rollback: Rollback;
}

/** Undefined while it goes on. Looks only. */
export async function lookAtRollback(
  { release, plan, revision, rollback }: RollbackQuestion,
  { config, ecs, now }: Pick<Aws, 'config' | 'ecs' | 'now'>,
): Promise<Return | undefined> {
  const { environment } = environmentOf(config, release.service, release.environment);
  const revisions = {
    ours: revision.taskDefinitionArn,
    wayBack: plan.runningTaskDefinitionArn,
    unproved: plan.unprovedTaskDefinitionArn,
  };
  return readReturn(
    revisions,
    rollback,
    environment.deploymentTimeout,
    await ecs(release.target).seenService(release.target),
    now(),
  );
}
