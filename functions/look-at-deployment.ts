/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Aws } from '../aws/open.ts';
import { environmentOf } from '../core/config.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { clockSkewMs, type Rollout, readRollout } from '../core/rollout.ts';
import { successor } from '../core/slot.ts';
import { diagnosis, endedByThemselves, stoppedTasks } from './stopped-tasks.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
}

const maxStoppedTasks = 5;

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment }: DeploymentQuestion,
  execution: string,
  aws: Aws,
): Promise<Rollout | undefined> {
  const { target } = release;
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const slot = await aws.slots.look(target);
  const { desiredCount } = await aws.ecs.seenService(target);
  const stopped = await stoppedTasks(release, revision, deployment, aws);
  const question = {
    taskDefinitionArn: revision.taskDefinitionArn,
    startedAt: deployment.startedAt,
    timeoutSeconds: environment.deploymentTimeout,
    crashes: { count: endedByThemselves(stopped), desiredCount },
    newer: successor(slot, { ...release, execution }),
  };
  const seen = await aws.ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
  const reading = readRollout(question, seen, aws.now());
  if (!reading) return undefined;
  const reported = reading.status === 'failed' ? stopped.slice(0, maxStoppedTasks) : [];
  const diagnoses = await Promise.all(reported.map((task) => diagnosis(task, release, revision, aws)));
  return { ...reading, at: aws.now(), stoppedTasks: diagnoses };
}
