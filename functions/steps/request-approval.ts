/** Asks a person. The message carries a short approval id; the task token stays in the table. */
import * as z from 'zod';
import { approvalAnswerSchema } from '../../core/approval.ts';
import { approvalMessage } from '../../core/messages.ts';
import { releaseSchema } from '../../core/release.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const requestApproval = defineStep({
  name: 'RequestApproval',
  input: z.strictObject({ release: releaseSchema, scan: scanVerdictSchema }),
  output: approvalAnswerSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  run: async ({ release, scan }, { approvals, config, consoleUrl, now, slack }, { arn, taskToken }) => {
    // The execution's name: readable, unique for 90 days, and the same when this is called again.
    const approvalId = arn.slice(arn.lastIndexOf(':') + 1);
    const expiresAt = now() + release.settings.approvalTimeoutSeconds * 1000;
    const known = await approvals.of(approvalId);
    await approvals.open({ approvalId, execution: arn, taskToken, expiresAt });
    if (known?.answer) return known.answer;
    if (known || !config.slack) return undefined;
    const link = consoleUrl && consoleUrl + arn;
    await slack.post(config.slack.channel, approvalMessage({ approvalId, release, scan, expiresAt, link }));
    return undefined;
  },
});

export const handler = lambda(requestApproval);
