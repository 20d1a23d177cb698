/** Which pushes were seen: whatever became of their releases, they are not started again. */
import type { Table } from './table.ts';

export interface SeenPush {
  service: string;
  environment: string;
  digest: string;
}

export function pushes(table: Table) {
  const keyOf = ({ service, environment, digest }: SeenPush) => `push ${service}/${environment} ${digest}`;
  return {
    /** May be repeated. */
    see: (push: SeenPush, execution: string) => table.set(keyOf(push), { execution }),
    seen: async (push: SeenPush): Promise<boolean> => (await table.read(keyOf(push))) !== undefined,
  };
}
