/** Whether the previous revision is back, asked by the waiting step and by every event that might have changed it. */
import type { Aws } from '../aws/gateways.ts';
import { memberOf } from '../core/config.ts';
import { changedParts, joinReturns, planOf, rollbackOf } from '../core/group.ts';
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
  { plan, rollback, ...question }: RollbackQuestion,
  aws: Pick<Aws, 'config' | 'ecs' | 'now'>,
): Promise<Return | undefined> {
  const answers = changedParts(question).map(async ({ release, revision }) => {
    const part = { release, revision, plan: planOf(plan, release), rollback: rollbackOf(rollback, release) };
    return { target: release.target, answer: await lookAtPart(part, aws) };
  });
  return joinReturns(await Promise.all(answers), question.release.target);
}

async function lookAtPart(
  { release, plan, revision, rollback }: RollbackQuestion,
  aws: Pick<Aws, 'config' | 'ecs' | 'now'>,
): Promise<Return | undefined> {
  const { target } = release;
  const ecs = aws.ecs(target);
  const { deploymentTimeout } = memberOf(aws.config, release);
  const revisions = {
    ours: revision.taskDefinitionArn,
    wayBack: plan.runningTaskDefinitionArn,
    unproved: plan.unprovedTaskDefinitionArn,
    first: plan.first,
  };
  const seen = await ecs.seenService(target);
  const rolloutState =
    seen.rolloutState ??
    settled(
      await ecs.deploymentsSince(target, rollback.startedAt - longAgoMs),
      revisions.wayBack,
      rollback.method,
    );
  const service = { ...seen, rolloutState };
  return readReturn(revisions, rollback, deploymentTimeout, service, aws.now());
}
