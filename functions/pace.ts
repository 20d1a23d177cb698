/** How fast the schedule calls AWS: about a fifth of each published limit, since somebody waits for the releases. */
import type { Aws } from '../aws/gateways.ts';

/** Works that begin at most so many a second, in the order in which they are asked for. */
function pace({ now, wait }: Pick<Aws, 'now' | 'wait'>, perSecond: number) {
  let next = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const at = Math.max(now(), next);
    next = at + 1000 / perSecond;
    if (at > now()) await wait(at - now());
    return work();
  };
}

export type Paces = ReturnType<typeof paces>;

export const paces = (aws: Pick<Aws, 'now' | 'wait'>) => ({
  /** DescribeExecution: 15 a second. */
  executions: pace(aws, 3),
  /** DescribeImages, of which AWS publishes no limit. */
  repositories: pace(aws, 20),
  /** DescribeServices: 20 a second. */
  services: pace(aws, 4),
  /** DescribeTaskDefinition: 20 a second. Where a revision names no digest, also ListTasks and DescribeTasks, of 20 together. */
  images: pace(aws, 4),
});
