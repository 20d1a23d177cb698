/** Who waits for an ECS service to come to rest: at most one release, since it holds the slot. */
import * as z from 'zod';
import { type EcsService, serviceKey } from './ecs-service.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

const waitSchema = z.strictObject({
  /** The waiting state. */
  state: z.enum(['AwaitDeployment', 'RequestContinuation', 'AwaitRollback']),
  execution: z.string(),
  taskToken: z.string(),
  /** The state's input, to look again with. */
  input: z.unknown(),
});
export type Wait = z.infer<typeof waitSchema>;

export function waits({ home, open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (service: EcsService) => `wait ${serviceKey(service, home)}`;
  return {
    /** Waits with a new task token; an earlier one is forgotten, since Step Functions has closed it. */
    put: (service: EcsService, wait: Wait) => table.put(keyOf(service), { ...wait }),
    /** Ends a wait: whoever takes it answers its task token. Answers false where somebody else did, or it is over. */
    take: (service: EcsService, taskToken: string): Promise<boolean> =>
      table.take(keyOf(service), 'taskToken', taskToken),
    async of(service: EcsService): Promise<Wait | undefined> {
      const item = await table.read(keyOf(service));
      if (!item) return undefined;
      const { key: _, ...wait } = item;
      return waitSchema.parse(wait);
    },
  };
}
