/** Whether the previous revision is back, asked by the waiting step and by every event that might have changed it. */
import type { Aws } from '../aws/gateways.ts';
import { environmentOf } from '../core/config.ts';
import type { Plan, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { type Return, type Rollback, readReturn, settled } from '../core/rollback.ts';

export interface RollbackQuestion {
  release: Release;
  plan: Plan;
  revision: Revision;
  rollback: Rollback;
}

/** Service deployments of the release, whatever it waited for: a day is more than any may take. */
const longAgoMs = 86_400_000;

/** Undefined while it goes on. Looks only. */
export async function lookAtRollback(
  { release, plan, revision, rollback }: RollbackQuestion,
  aws: Pick<Aws, 'config' | 'ecs' | 'now'>,
): Promise<Return | undefined> {
  const { target } = release;
  const ecs = aws.ecs(target);
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const revisions = {
    ours: revision.taskDefinitionArn,
    wayBack: plan.runningTaskDefinitionArn,
    unproved: plan.unprovedTaskDefinitionArn,
    first: plan.first,
  };
  const seen = await ecs.seenService(target);
  const rolloutState =
    seen.rolloutState ??
    settled(await ecs.deploymentsSince(target, rollback.startedAt - longAgoMs), revisions.wayBack);
  const service = { ...seen, rolloutState };
  return readReturn(revisions, rollback, environment.deploymentTimeout, service, aws.now());
}
