/** Somebody clicked a button in Slack: decides an approval, once, and lets the release go on. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { records } from '../../aws/records.ts';
import { slackResponse } from '../../aws/slack-response.ts';
import { slackSigningSecret } from '../../aws/slack-signing-secret.ts';
import { states } from '../../aws/states.ts';
import type { ApprovalAnswer } from '../../core/approval.ts';
import { approvalActions, decidedMessage } from '../../core/messages.ts';
import { readClick, untrusted } from '../../core/slack-request.ts';
import { answerTask } from '../answer-task.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { requestApproval } from '../steps/request-approval.ts';

/** A Lambda function URL's event, as far as it is read. */
const requestSchema = z.looseObject({
  headers: z.record(z.string(), z.string()),
  body: z.string().max(100_000).default(''),
  isBase64Encoded: z.boolean().default(false),
});

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const answer = (statusCode: number, body = ''): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

export const onApproval = defineEventHandler({
  name: 'on-approval',
  uses: { approvals, records, slackResponse, slackSigningSecret, states },
  run: async (event, aws): Promise<HttpAnswer> => {
    const request = requestSchema.safeParse(event);
    if (!request.success) return answer(400, 'not an HTTP request');
    const { headers, isBase64Encoded } = request.data;
    const body = Buffer.from(request.data.body, isBase64Encoded ? 'base64' : 'utf8').toString();
    const signed = {
      timestamp: headers['x-slack-request-timestamp'] ?? '',
      signature: headers['x-slack-signature'] ?? '',
      body,
    };
    const doubt = untrusted(signed, await aws.slackSigningSecret(), aws.now());
    if (doubt) return answer(401, `not from Slack: ${doubt}`);

    const click = readClick(body);
    if (!click || !(click.action in approvalActions)) return answer(200);
    const approval = await aws.approvals.of(click.value);
    if (!approval) return answer(200, 'this approval does not exist');
    if (aws.now() >= approval.expiresAt) return answer(200, 'this approval has expired');

    const decision: ApprovalAnswer = {
      decision: click.action === approvalActions.approve ? 'approved' : 'rejected',
      by: `slack:${click.user}`,
    };
    const first = await aws.approvals.decide(approval.approvalId, decision);
    // Read again: the newest task token, and the decision that counts. It is passed on by a second click too.
    const decided = (await aws.approvals.of(approval.approvalId)) ?? approval;
    await answerTask(aws, requestApproval, decided, decided.answer);
    // Last: while the release has not been told, the buttons stay, and a second click tells it. Slack may be away meanwhile.
    if (click.asked && decided.answer) {
      const { responseUrl, ...message } = click.asked;
      await aws.slackResponse
        .replace(responseUrl, decidedMessage(message, decided.answer))
        .catch(() => undefined);
    }
    return first ? answer(200) : answer(200, 'this was already decided');
  },
});

export const handler = onEvent(onApproval);
