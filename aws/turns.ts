/** Where work that is done in turns goes on: behind whoever had the last turn. */
import * as z from 'zod';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

const turnSchema = z.object({ last: z.string() });

export function turns({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (of: string) => `turn ${of}`;
  return {
    /** Who had the last turn; undefined before the first. */
    last: async (of: string): Promise<string | undefined> =>
      turnSchema.safeParse(await table.read(keyOf(of))).data?.last,
    /** May be repeated. */
    mark: (of: string, last: string) => table.put(keyOf(of), { last }),
  };
}
