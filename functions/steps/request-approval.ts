/** Asks a person, once, and looks for the answer each time it is called. The task token stays in the table. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { slack } from '../../aws/slack.ts';
import { states } from '../../aws/states.ts';
import { approvalAnswerSchema, stoppedBy } from '../../core/approval.ts';
import { spoken } from '../../core/duration.ts';
import { approvalMessage } from '../../core/messages.ts';
import { releaseSchema } from '../../core/release.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const requestApproval = defineStep({
  name: 'RequestApproval',
  uses: { approvals, slack, states },
  input: z.strictObject({ release: releaseSchema, scan: scanVerdictSchema }),
  output: approvalAnswerSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  aborted: ({ by, reason }) => ({ decision: 'rejected' as const, by, reason: stoppedBy(reason) }),
  run: async ({ release, scan }, { approvals, config, consoleUrl, now, slack }, { arn, taskToken }) => {
    // The execution's name: readable, unique for 90 days, and the same when this is called again.
    const approvalId = arn.slice(arn.lastIndexOf(':') + 1);
    const { approvalTimeoutSeconds } = release.settings;
    const deadline = now() + approvalTimeoutSeconds * 1000;
    await approvals.open({ approvalId, execution: arn, taskToken, expiresAt: deadline });
    // Read after the new task token is there: a decision that comes now finds it.
    const { asked, answer, expiresAt = deadline } = (await approvals.of(approvalId)) ?? {};
    if (answer) return answer;
    if (now() >= expiresAt) {
      const missing = asked || !config.slack ? 'nobody answered' : 'nobody could be asked';
      const reason = `${missing} within ${spoken(approvalTimeoutSeconds)}`;
      await approvals.decide(approvalId, { decision: 'expired', by: 'nobody', reason });
      return (await approvals.of(approvalId))?.answer;
    }
    if (asked || !config.slack) return undefined;
    const link = consoleUrl && consoleUrl + arn;
    await slack.post(config.slack.channel, approvalMessage({ approvalId, release, scan, expiresAt, link }));
    await approvals.asked(approvalId);
    return undefined;
  },
});

export const handler = lambda(requestApproval);
