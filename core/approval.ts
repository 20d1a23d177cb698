/** A person's decision about a release. */
import * as z from 'zod';

export const approvalAnswerSchema = z.strictObject({
  decision: z.enum(['approved', 'rejected']),
  /** Who decided, as the door that asked them knows them: `slack:U123…`, an IAM ARN. */
  by: z.string(),
  reason: z.string().max(500).optional(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswerSchema>;
