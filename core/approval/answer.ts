/** How a person's decision about a release ends, as the state machine hears of it. */
import * as z from 'zod';

export const approvalAnswerSchema = z.strictObject({
  /** `expired`: nobody decided in time. `superseded`: something newer was deployed meanwhile. */
  decision: z.enum(['approved', 'rejected', 'expired', 'superseded']),
  /** Who decided, as the doors that asked them know them: `slack:U123…`, an IAM ARN; `nobody`. */
  by: z.string().max(2000),
  reason: z.string().max(500).optional(),
  /** Let through although a gate had said no: by two people, each with a reason. */
  brokenGlass: z.literal(true).optional(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswerSchema>;

/** Why, where somebody stopped the release instead of answering. */
export const stoppedBy = (reason: string): string => `the release was stopped: ${reason}`.slice(0, 500);
