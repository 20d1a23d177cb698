/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Aws } from '../aws/gateways.ts';
import { environmentOf } from '../core/config.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { clockSkewMs, lastWords, ourDeployment, type Rollout, readRollout } from '../core/rollout.ts';
import { successor } from '../core/slot.ts';
import { crashesOf, diagnoses, stoppedTasks } from './stopped-tasks.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
}

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment }: DeploymentQuestion,
  execution: string,
  aws: Pick<Aws, 'config' | 'ecs' | 'logs' | 'now' | 'slots'>,
): Promise<Rollout | undefined> {
  const { target } = release;
  const ecs = aws.ecs(target);
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const asked = { taskDefinitionArn: revision.taskDefinitionArn, startedAt: deployment.startedAt };
  const slot = await aws.slots.look(target);
  const seen = await ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
  const createdAt = ourDeployment(asked, seen)?.createdAt;
  const stopped = await stoppedTasks(release, revision, createdAt ?? asked.startedAt - clockSkewMs, aws);
  const question = {
    ...asked,
    timeoutSeconds: environment.deploymentTimeout,
    crashes: await crashesOf(release, stopped, aws),
    newer: successor(slot, { ...release, execution }),
  };
  const found = readRollout(question, seen, aws.now());
  if (!found) return undefined;
  const failed = found.status === 'failed';
  // Only now it matters how often the circuit breaker saw a task fail.
  const reading = (failed && readRollout(question, await ecs.withBreakers(seen), aws.now())) || found;
  const stoppedTasksOf = failed ? await diagnoses(stopped, release, revision, aws) : [];
  return {
    ...reading,
    reason: reading.reason + lastWords(stoppedTasksOf),
    at: aws.now(),
    ...(createdAt !== undefined && { createdAt }),
    stoppedTasks: stoppedTasksOf,
  };
}
