/** Which image a service runs, and on what. */
import type { Aws } from '../aws/gateways.ts';
import { digestOf } from '../core/image.ts';
import type { Target } from '../core/release.ts';
import { architectureOf, imageOf } from '../core/task-definition.ts';

export interface RunningImage {
  taskDefinitionArn: string;
  /** Pinned in the task definition, else what ECS resolved its tag to; undefined where neither tells. */
  digest: string | undefined;
  /** As images name it: `amd64`. */
  architecture: string;
}

export async function runningImage(aws: Pick<Aws, 'ecs'>, target: Target): Promise<RunningImage> {
  const { taskDefinition } = await aws.ecs(target).service(target);
  return imageOfRevision(aws, target, String(taskDefinition));
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
