/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Task } from '../aws/ecs.ts';
import type { Aws } from '../aws/open.ts';
import { environmentOf } from '../core/config.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import { clockSkewMs, type Rollout, readRollout, type StoppedTask } from '../core/rollout.ts';
import { logTail } from './task-logs.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
}

const maxStoppedTasks = 5;
/** A task that ended without having been told to. */
const ownEnds = ['EssentialContainerExited', 'TaskFailedToStart'];

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment }: DeploymentQuestion,
  aws: Aws,
): Promise<Rollout | undefined> {
  const { target, pushedAt } = release;
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const { waiting } = await aws.slots.look(target);
  const { desiredCount } = await aws.ecs.seenService(target);
  const stopped = await stoppedTasksOf(release, revision, aws);
  const question = {
    taskDefinitionArn: revision.taskDefinitionArn,
    startedAt: deployment.startedAt,
    timeoutSeconds: environment.deploymentTimeout,
    crashes: {
      count: stopped.filter(({ stopCode }) => ownEnds.includes(stopCode ?? '')).length,
      desiredCount,
    },
    newer: waiting && waiting.pushedAt > pushedAt ? waiting.tag : undefined,
  };
  const seen = await aws.ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
  const reading = readRollout(question, seen, aws.now());
  if (!reading) return undefined;
  const reported = reading.status === 'failed' ? stopped.slice(0, maxStoppedTasks) : [];
  const stoppedTasks = await Promise.all(reported.map((task) => diagnosis(task, release, revision, aws)));
  return { ...reading, at: aws.now(), stoppedTasks };
}

async function stoppedTasksOf(
  { target }: Release,
  { taskDefinitionArn }: Revision,
  { ecs }: Aws,
): Promise<Task[]> {
  const stopped = await ecs.tasks(target.cluster, { serviceName: target.service, desiredStatus: 'STOPPED' });
  return stopped.filter((task) => task.taskDefinitionArn === taskDefinitionArn);
}

/** Why a task stopped, while ECS still knows. */
async function diagnosis(
  { taskArn = '', stopCode, stoppedReason, containers = [] }: Task,
  { target }: Release,
  { taskDefinitionArn }: Revision,
  aws: Aws,
): Promise<StoppedTask> {
  const container = containers.find(({ name }) => name === target.container);
  const reasons = [stoppedReason, container?.reason].filter(Boolean).join(': ');
  return {
    task: taskArn.slice(taskArn.lastIndexOf('/') + 1),
    stopCode: stopCode ?? 'unknown',
    reason: reasons.slice(0, 500),
    ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
    logTail: await logTail(aws, { taskDefinitionArn, taskArn, container: target.container }, 20),
  };
}
