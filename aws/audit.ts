/** Who tried to decide what: every attempt as an item of its own, written once and never again. */
import * as z from 'zod';
import type { KeptAttempt } from '../core/approval/event.ts';
import { forgetting } from '../core/forgetting.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

const entrySchema = z.object({
  approvalId: z.string(),
  /** ms since the epoch. */
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  reason: z.string().optional(),
  /** Where they came in, and what proved who they are. */
  door: z.string(),
  authenticated: z.string(),
  /** `accepted`, `decided`, or `refused` and why. */
  verdict: z.string(),
  /** Of the rules that it was judged by. */
  rules: z.string(),
  /** What it was about. */
  service: z.string().optional(),
  environment: z.string().optional(),
  tag: z.string().optional(),
  digest: z.string().optional(),
});
export type AuditEntry = z.infer<typeof entrySchema>;

/** Who tries more often is not written down again: nobody is to fill the table. */
const most = 500;
const together = 25;

/** Of an item of the table whose key begins with `audit`. */
export const attemptIn = (item: Record<string, unknown>): KeptAttempt => ({
  ...entrySchema.parse(item),
  index: Number(String(item.key).split(' ').at(-1)),
});

export function audit({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (approvalId: string, index: number) =>
    `audit ${approvalId} ${String(index).padStart(4, '0')}`;

  async function of(approvalId: string): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    for (let from = 0; from < most; from += together) {
      const keys = Array.from({ length: together }, (_, index) => keyOf(approvalId, from + index));
      const items = (await table.readAll(keys)).flatMap((item) => (item ? [entrySchema.parse(item)] : []));
      found.push(...items);
      if (items.length < together) break;
    }
    return found;
  }

  return {
    /** All attempts, the oldest first. */
    of,
    /** Repeating it writes it again: an attempt was made twice, or its answer was lost. */
    async append(entry: AuditEntry): Promise<void> {
      const item = { ...entry, ...forgetting('audit', entry.at) };
      for (let index = (await of(entry.approvalId)).length; index < most; index += 1)
        if (await table.setFirst(keyOf(entry.approvalId, index), 'at', item)) return;
    },
  };
}
