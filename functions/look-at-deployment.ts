/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Aws } from '../aws/open.ts';
import { environmentOf } from '../core/config.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { clockSkewMs, lastWords, ourDeployment, type Rollout, readRollout } from '../core/rollout.ts';
import { successor } from '../core/slot.ts';
import { diagnoses, endedByThemselves, stoppedTasks } from './stopped-tasks.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
}

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment }: DeploymentQuestion,
  execution: string,
  aws: Aws,
): Promise<Rollout | undefined> {
  const { target } = release;
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const asked = { taskDefinitionArn: revision.taskDefinitionArn, startedAt: deployment.startedAt };
  const slot = await aws.slots.look(target);
  const { desiredCount } = await aws.ecs.seenService(target);
  const seen = await aws.ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
  const createdAt = ourDeployment(asked, seen)?.createdAt;
  const stopped = await stoppedTasks(release, revision, createdAt ?? asked.startedAt - clockSkewMs, aws);
  const question = {
    ...asked,
    timeoutSeconds: environment.deploymentTimeout,
    crashes: { count: endedByThemselves(stopped).length, desiredCount },
    newer: successor(slot, { ...release, execution }),
  };
  const reading = readRollout(question, seen, aws.now());
  if (!reading) return undefined;
  const failed = reading.status === 'failed';
  const stoppedTasksOf = failed ? await diagnoses(stopped, release, revision, aws) : [];
  return {
    ...reading,
    reason: reading.reason + lastWords(stoppedTasksOf),
    at: aws.now(),
    ...(createdAt !== undefined && { createdAt }),
    stoppedTasks: stoppedTasksOf,
  };
}
