/** When tasks of the service ended by themselves: only the new version's do. */
import type { rehearsal } from '../../test/support/rehearsal.ts';

interface Stopped {
  stopCode: string;
  executionStoppedAt: Date;
}

/**
 * To ECS itself a crash loop is no failure: what it has done is let so many tasks end as Tidegate calls too many. In ms since the
 * epoch; undefined where there were fewer. ECS tells of a task for an hour.
 */
export async function thirdCrash({
  ask,
}: Pick<Awaited<ReturnType<typeof rehearsal>>, 'ask'>): Promise<number | undefined> {
  const asked = { cluster: 'main', family: 'my-api', desiredStatus: 'STOPPED' };
  const { taskArns: tasks } = await ask('ECS', 'ListTasks', asked);
  if (tasks.length === 0) return undefined;
  const { tasks: stopped } = await ask('ECS', 'DescribeTasks', { cluster: 'main', tasks });
  const times = (stopped as Stopped[])
    .filter(({ stopCode }) => stopCode === 'EssentialContainerExited')
    .map(({ executionStoppedAt }) => Number(executionStoppedAt))
    .toSorted((one, other) => one - other);
  return times[2];
}
