/** Which image a service runs. */
import type { Aws } from '../aws/open.ts';
import { digestOf } from '../core/image.ts';
import type { Target } from '../core/release.ts';
import { imageOf } from '../core/task-definition.ts';

/** Pinned in the task definition, else what ECS resolved its tag to; undefined where neither tells. */
export async function runningDigest(
  { ecs }: Aws,
  { cluster, service, container }: Target,
): Promise<string | undefined> {
  const { taskDefinition } = await ecs.service({ cluster, service });
  const { definition } = await ecs.taskDefinition(String(taskDefinition));
  const pinned = digestOf(imageOf(definition, container) ?? '');
  if (pinned) return pinned;
  const tasks = await ecs.tasks(cluster, { serviceName: service, desiredStatus: 'RUNNING' });
  return tasks.flatMap(({ containers = [] }) => containers).find(({ name }) => name === container)
    ?.imageDigest;
}
