/** A person's decision about a release. */
import * as z from 'zod';

export const approvalAnswerSchema = z.strictObject({
  /** `expired`: nobody decided in time. */
  decision: z.enum(['approved', 'rejected', 'expired']),
  /** Who decided, as the door that asked them knows them: `slack:U123…`, an IAM ARN; `nobody`. */
  by: z.string(),
  reason: z.string().max(500).optional(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswerSchema>;

/** Why, where somebody stopped the release instead of answering. */
export const stoppedBy = (reason: string): string => `the release was stopped: ${reason}`.slice(0, 500);
