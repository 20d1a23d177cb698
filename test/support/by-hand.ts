/** What a team does to its ECS service beside Tidegate, in rehearsals. */
import type { rehearsal } from './rehearsal.ts';

type World = Pick<Awaited<ReturnType<typeof rehearsal>>, 'ask'>;
export const service = { cluster: 'main', service: 'my-api' };

/** Registers the latest revision with something changed, as Terraform would. Answers its ARN. */
export async function registerByHand(
  { ask }: World,
  change: (containers: Container[]) => Container[],
): Promise<string> {
  const { taskDefinition } = await ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api' });
  const {
    family,
    containerDefinitions,
    networkMode,
    cpu,
    memory,
    requiresCompatibilities,
    executionRoleArn,
  } = taskDefinition;
  const registered = await ask('ECS', 'RegisterTaskDefinition', {
    ...{ family, networkMode, cpu, memory, requiresCompatibilities, executionRoleArn },
    containerDefinitions: change(containerDefinitions),
  });
  return registered.taskDefinition.taskDefinitionArn;
}

export interface Container extends Record<string, unknown> {
  name: string;
  image: string;
}
