/** Which image a service runs, and on what. */
import type { Aws } from '../aws/gateways.ts';
import { ReleaseRejected } from '../core/errors.ts';
import { digestOf } from '../core/image.ts';
import { deployedBy } from '../core/preflight.ts';
import type { Target } from '../core/release.ts';
import { architectureOf, imageOf } from '../core/task-definition.ts';

export interface RunningImage {
  taskDefinitionArn: string;
  /** Pinned in the task definition, else what ECS resolved its tag to; undefined where neither tells. */
  digest: string | undefined;
  /** As images name it: `amd64`. */
  architecture: string;
}

/** Throws `ReleaseRejected` for a service that has no task definition of its own. */
export async function runningImage(aws: Pick<Aws, 'ecs'>, target: Target): Promise<RunningImage> {
  const { taskDefinition, deploymentController } = await aws.ecs(target).service(target);
  if (taskDefinition === undefined)
    throw new ReleaseRejected(deployedBy(target.service, deploymentController?.type));
  return imageOfRevision(aws, target, taskDefinition);
}

/** The same where it is known which task definition the service runs. */
export async function imageOfRevision(
  aws: Pick<Aws, 'ecs'>,
  target: Target,
  taskDefinitionArn: string,
): Promise<RunningImage> {
  const { cluster, service, container } = target;
  const ecs = aws.ecs(target);
  const { definition } = await ecs.taskDefinition(taskDefinitionArn);
  const architecture = architectureOf(definition);
  const pinned = digestOf(imageOf(definition, container) ?? '');
  if (pinned) return { taskDefinitionArn, digest: pinned, architecture };
  const tasks = await ecs.tasks(cluster, { serviceName: service, desiredStatus: 'RUNNING' });
  const containers = tasks.flatMap(({ containers: all = [] }) => all);
  const digest = containers.find(({ name }) => name === container)?.imageDigest;
  return { taskDefinitionArn, digest, architecture };
}
