/** The last words of a container, where its task definition sends them to CloudWatch Logs. */
import * as z from 'zod';
import type { Aws } from '../aws/gateways.ts';
import type { Target } from '../core/release.ts';
import type { TaskDefinition } from '../core/task-definition.ts';

const logSchema = z.looseObject({
  logConfiguration: z
    .looseObject({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()) })
    .optional()
    .catch(undefined),
});

interface Writer {
  definition: TaskDefinition;
  container: string;
  /** The id of its task. */
  task: string;
}

/** Empty where nothing is known: a missing log never hides the rest of a diagnosis. */
export async function logTail(
  { logs }: Pick<Aws, 'logs'>,
  target: Target,
  { definition, container, task }: Writer,
  lines: number,
): Promise<string[]> {
  const found = definition.containerDefinitions.find(({ name }) => name === container);
  const options = logSchema.parse(found ?? {}).logConfiguration?.options;
  const group = options?.['awslogs-group'];
  if (!group) return [];
  return logs(target).tail(group, `${options['awslogs-stream-prefix'] ?? ''}/${container}/${task}`, lines);
}
