/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
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

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment }: DeploymentQuestion,
  aws: Aws,
): Promise<Rollout | undefined> {
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const question = {
    taskDefinitionArn: revision.taskDefinitionArn,
    startedAt: deployment.startedAt,
    timeoutSeconds: environment.deploymentTimeout,
  };
  const seen = await aws.ecs.deploymentsSince(release.target, deployment.startedAt - clockSkewMs);
  const reading = readRollout(question, seen, aws.now());
  if (!reading) return undefined;
  const stoppedTasks = reading.status === 'failed' ? await stoppedTasksOf(release, revision, aws) : [];
  return { ...reading, at: aws.now(), stoppedTasks };
}

/** Why tasks of our revision stopped, while ECS still knows. */
async function stoppedTasksOf(
  { target }: Release,
  { taskDefinitionArn }: Revision,
  aws: Aws,
): Promise<StoppedTask[]> {
  const stopped = await aws.ecs.tasks(target.cluster, {
    serviceName: target.service,
    desiredStatus: 'STOPPED',
  });
  const ours = stopped
    .filter((task) => task.taskDefinitionArn === taskDefinitionArn)
    .slice(0, maxStoppedTasks);
  return Promise.all(
    ours.map(async ({ taskArn = '', stopCode, stoppedReason, containers = [] }): Promise<StoppedTask> => {
      const container = containers.find(({ name }) => name === target.container);
      const reasons = [stoppedReason, container?.reason].filter(Boolean).join(': ');
      return {
        task: taskArn.slice(taskArn.lastIndexOf('/') + 1),
        stopCode: stopCode ?? 'unknown',
        reason: reasons.slice(0, 500),
        ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
        logTail: await logTail(aws, { taskDefinitionArn, taskArn, container: target.container }, 20),
      };
    }),
  );
}
