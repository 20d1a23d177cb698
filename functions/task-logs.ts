/** The last words of a container, where its task definition sends them to CloudWatch Logs. */
import * as z from 'zod';
import type { Aws } from '../aws/gateways.ts';
import type { Target } from '../core/release.ts';

const logSchema = z.looseObject({
  logConfiguration: z
    .looseObject({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()) })
    .optional()
    .catch(undefined),
});

/** Empty where nothing is known: a missing log never hides the rest of a diagnosis. */
export async function logTail(
  { ecs, logs }: Pick<Aws, 'ecs' | 'logs'>,
  target: Target,
  { taskDefinitionArn, taskArn }: { taskDefinitionArn: string; taskArn: string },
  lines: number,
): Promise<string[]> {
  const { container } = target;
  const { definition } = await ecs(target).taskDefinition(taskDefinitionArn);
  const found = definition.containerDefinitions.find(({ name }) => name === container);
  const options = logSchema.parse(found ?? {}).logConfiguration?.options;
  const group = options?.['awslogs-group'];
  if (!group) return [];
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
  return logs(target).tail(group, `${options['awslogs-stream-prefix'] ?? ''}/${container}/${taskId}`, lines);
}
