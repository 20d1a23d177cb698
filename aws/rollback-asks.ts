/** Who wants to go back from a release by Slack: kept from their click until it was done, for the function that does it. */
import * as z from 'zod';
import { forgetting } from '../core/forgetting.ts';
import { releaseRequestSchema } from '../core/release.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

const askSchema = z.object({
  /** Of the dialog that they have before them. */
  viewId: z.string(),
  /** The release's execution, by its name. */
  release: z.string(),
  /** `slack:U…`. */
  by: z.string(),
  /** Where they can be told something though they closed the dialog, for half an hour. */
  responseUrl: z.string().optional(),
  /** Of who may, as they were then: for the audit. */
  rules: z.string(),
  /** ms since the epoch. */
  askedAt: z.number(),
  /** What the dialog told them: the release that is gone back to, by its execution, or that this one is stopped. */
  shown: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('rollback'), to: z.string() }),
      z.object({ kind: z.literal('stop') }),
    ])
    .optional(),
  /** What they filled in, and when: from then on it is to be done. */
  reason: z.string().optional(),
  submittedAt: z.number().optional(),
  done: z.boolean().optional(),
});
export type RollbackAsk = z.infer<typeof askSchema>;

const claimSchema = z.object({
  /** The ask that it is for. */
  viewId: z.string(),
  by: z.string(),
  /** ms since the epoch. */
  at: z.number(),
  /** What is started: of the same name, however often. */
  request: releaseRequestSchema,
  /** Its ARN. */
  execution: z.string(),
});
/** One rollback from a release, kept before it is started. */
export type RollbackClaim = z.infer<typeof claimSchema>;

export function rollbackAsks({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (viewId: string) => `asked ${viewId}`;
  const claimKey = (release: string) => `asked from ${release}`;
  const claimIn = (item: Record<string, unknown> | undefined) => claimSchema.safeParse(item).data;
  return {
    /** May be repeated. */
    open: (ask: RollbackAsk) => table.put(keyOf(ask.viewId), { ...ask, ...forgetting('asked', ask.askedAt) }),

    async of(viewId: string): Promise<RollbackAsk | undefined> {
      const item = await table.read(keyOf(viewId));
      return item && askSchema.parse(item);
    },

    /** Keeps what they were told. May be repeated. */
    show: (viewId: string, shown: NonNullable<RollbackAsk['shown']>) => table.set(keyOf(viewId), { shown }),

    /** The first reason counts: answers false for another. */
    submit: (viewId: string, submitted: { reason: string; submittedAt: number }) =>
      table.setFirst(keyOf(viewId), 'reason', submitted),

    /** May be repeated. */
    finish: (viewId: string) => table.set(keyOf(viewId), { done: true }),

    /** Who goes back from this release, if anybody does. */
    claimOf: async (release: string) => claimIn(await table.read(claimKey(release))),

    /** In the place of `over`, which is over. Answers the one that counts: somebody may have been quicker. */
    claim: (release: string, wanted: RollbackClaim, over: RollbackClaim | undefined) =>
      table.change(claimKey(release), (item) => {
        const before = claimIn(item);
        if (before && before.viewId !== over?.viewId) return { answer: before };
        return { item: { ...wanted, ...forgetting('asked', wanted.at) }, answer: wanted };
      }),
  };
}
