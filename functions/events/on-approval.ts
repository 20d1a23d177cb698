/** Somebody clicked a button in Slack, or filled in the dialog behind it: an attempt to decide an approval, or to roll back. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { audit } from '../../aws/audit.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { rollbackAsks } from '../../aws/rollback-asks.ts';
import { rollbackWake } from '../../aws/rollback-wake.ts';
import { slack } from '../../aws/slack.ts';
import { slackGroups } from '../../aws/slack-groups.ts';
import { slackResponse } from '../../aws/slack-response.ts';
import { slackSigningSecret } from '../../aws/slack-signing-secret.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { actionOf, decidedMessage, reasonDialog, reasonField } from '../../core/approval/message.ts';
import { rollBackAction } from '../../core/roll-back-dialog.ts';
import {
  type Click,
  readInteraction,
  type Submission,
  strange,
  untrusted,
} from '../../core/slack-request.ts';
import {
  type ApprovingAws,
  type Attempting,
  attemptApproval,
  showDecision,
  wouldDecide,
  writeDown,
} from '../attempt-approval.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { clickedRollBack, type RollBackClickAws, submittedRollBack } from '../roll-back-click.ts';

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

const answerJson = (body: object): HttpAnswer => ({
  ...{ statusCode: 200, headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(body),
});

type SlackAws = ApprovingAws & Pick<Aws, 'slackResponse'>;

export const onApproval = defineEventHandler({
  name: 'on-approval',
  uses: {
    ...{ approvals, audit, records, rollbackAsks, rollbackWake },
    ...{ slack, slackGroups, slackResponse, slackSigningSecret, states, waits },
  },
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
    const doubt = await doubtOf(signed, aws);
    if (doubt) return answer(401, `not from Slack: ${doubt}`);

    const interaction = readInteraction(body);
    if (!interaction) return answer(200);
    const elsewhere = strange(interaction, aws.config.slack ?? {});
    if (elsewhere) return answer(403, `refused: ${elsewhere}`);
    if (interaction.action === rollBackAction) return rolledBack(interaction, aws);
    const action = actionOf(interaction.action);
    if (!action) return answer(200);
    const attempting: Attempting = {
      ...{ approvalId: interaction.value, action, actor: `slack:${interaction.user}`, door: 'slack' },
      authenticated: 'signed by Slack',
    };
    return interaction.kind === 'click'
      ? clicked(interaction, attempting, aws)
      : submitted(interaction, attempting, aws);
  },
});

async function doubtOf(
  signed: Parameters<typeof untrusted>[0],
  { now, slackSigningSecret: signing }: Pick<Aws, 'now' | 'slackSigningSecret'>,
): Promise<string | undefined> {
  const doubt = untrusted(signed, await signing.secrets(), now());
  if (!doubt) return undefined;
  const fresh = await signing.freshSecrets();
  return fresh ? untrusted(signed, fresh, now()) : doubt;
}

async function clicked(click: Click, attempting: Attempting, aws: SlackAws): Promise<HttpAnswer> {
  const whisper = (text: string) =>
    click.responseUrl && aws.slackResponse.whisper(click.responseUrl, text).catch(() => undefined);
  if (attempting.action !== 'approve') {
    const asked = await dialog(click, attempting, aws);
    if (asked === 'open') return answer(200);
    await whisper(asked);
    return answer(200);
  }
  const attempted = await attemptApproval(attempting, aws);
  if (!attempted) await whisper('This approval does not exist any more.');
  else await told(click, attempted, whisper, aws);
  return answer(200);
}

/** Last: while the release has not been told, the buttons stay, and a second click tells it. */
async function told(
  { responseUrl, message }: Click,
  { approval, decided }: NonNullable<Awaited<ReturnType<typeof attemptApproval>>>,
  whisper: (text: string) => unknown,
  aws: SlackAws,
): Promise<void> {
  const works = [showDecision(approval, { decided }, aws)];
  // Asked by an earlier version, which did not keep where.
  if (!approval.posted && approval.answer && responseUrl && message)
    works.push(
      aws.slackResponse.replace(responseUrl, decidedMessage(message, approval.answer)).catch(() => undefined),
    );
  await Promise.all([...works, decided.verdict === 'decided' ? undefined : whisper(decided.says)]);
}

/** `open`, or why no dialog was opened, for who clicked. */
async function dialog(
  { triggerId = '', action, message }: Click,
  attempting: Attempting,
  aws: SlackAws,
): Promise<string> {
  const approval = await aws.approvals.of(attempting.approvalId);
  if (!approval) return 'This approval does not exist any more.';
  // Who may not is told before they write a reason.
  const decided = await wouldDecide(approval, { ...attempting, reason: 'to be said' }, aws);
  if (decided.verdict === 'refused') {
    await writeDown(attempting, { approval, decided }, aws);
    if (approval.answer) await attemptApproval({ ...attempting, reason: 'late' }, aws);
    await showDecision(approval, { decided }, aws);
    return decided.says;
  }
  const view = reasonDialog(approval.approvalId, action, approval.posted ?? message ?? { text: '' });
  const opened = await aws.slack.ask(triggerId, view).then(
    () => true,
    () => false,
  );
  const command = attempting.action === 'reject' ? 'reject' : 'break-glass';
  return opened
    ? 'open'
    : `Slack did not open the dialog. Click again, or: npx tidegate ${command} ${approval.approvalId} --reason "…"`;
}

async function submitted(submission: Submission, attempting: Attempting, aws: SlackAws): Promise<HttpAnswer> {
  const attempted = await attemptApproval({ ...attempting, reason: submission.text }, aws);
  const says = attempted ? attempted.decided.says : 'This approval does not exist any more.';
  if (attempted) await showDecision(attempted.approval, attempted, aws);
  if (attempted && attempted.decided.verdict !== 'refused') return answer(200);
  // The dialog stays open, and says so at its field.
  return answerJson({ response_action: 'errors', errors: { [reasonField]: says } });
}

async function rolledBack(interaction: Click | Submission, aws: RollBackClickAws): Promise<HttpAnswer> {
  if (interaction.kind === 'submission') return answerJson(await submittedRollBack(interaction, aws));
  await clickedRollBack(interaction, aws);
  return answer(200);
}

export const handler = onEvent(onApproval);
