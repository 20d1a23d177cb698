/** Approvals: the task token stays here, people and messages only ever see the short approval id. */
import * as z from 'zod';
import { type ApprovalAnswer, approvalAnswerSchema } from '../core/approval.ts';
import { forgetting } from '../core/forgetting.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

/** As it is read: what a later version keeps beside is left out. */
const approvalSchema = z.object({
  approvalId: z.string(),
  execution: z.string(),
  taskToken: z.string(),
  /** ms since the epoch. */
  expiresAt: z.number(),
  /** People have been asked. */
  asked: z.boolean().optional(),
  answer: approvalAnswerSchema.optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

export function approvals({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (approvalId: string) => `approval ${approvalId}`;
  return {
    /** Opens an approval. Opening it again, with a new task token, keeps its deadline and a decision that was made. */
    async open({ approvalId, taskToken, ...approval }: Omit<Approval, 'answer' | 'asked'>): Promise<void> {
      await table.setFirst(keyOf(approvalId), 'approvalId', {
        ...{ approvalId, ...approval },
        ...forgetting('approval', approval.expiresAt),
      });
      await table.set(keyOf(approvalId), { taskToken });
    },
    asked: (approvalId: string) => table.set(keyOf(approvalId), { asked: true }),
    /** Decides once. Answers false where somebody had already decided. */
    decide: (approvalId: string, answer: ApprovalAnswer) =>
      table.setFirst(keyOf(approvalId), 'answer', { answer }),
    async of(approvalId: string): Promise<Approval | undefined> {
      const item = await table.read(keyOf(approvalId));
      if (!item) return undefined;
      return approvalSchema.parse(item);
    },
  };
}
