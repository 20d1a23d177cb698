/**
 * Somebody decides from a terminal: `tidegate approve`. AWS itself has checked who calls this function's address, and says
 * it beside the request; what the request says of itself counts for nothing.
 */
import * as z from 'zod';
import { type Approval, approvals } from '../../aws/approvals.ts';
import { type AuditEntry, audit } from '../../aws/audit.ts';
import type { Aws } from '../../aws/gateways.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slackGroups } from '../../aws/slack-groups.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { actions, stillNeeded } from '../../core/approval/decide.ts';
import { pausedSentence } from '../../core/pause-hook.ts';
import { type Attempting, attemptApproval, showDecision } from '../attempt-approval.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { stopWaiting } from '../stop-waiting.ts';

/** A function URL's event, as far as it is read. `iam` is there for addresses that only signed requests reach. */
const requestSchema = z.looseObject({
  requestContext: z.looseObject({
    authorizer: z.looseObject({ iam: z.looseObject({ userArn: z.string().min(1).max(500) }) }),
  }),
  body: z.string().max(10_000).default(''),
  isBase64Encoded: z.boolean().default(false),
});

const approvalId = z.string().min(1).max(100);
const commandSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('list') }),
  z.strictObject({ action: z.literal('show'), approvalId }),
  z.strictObject({ action: z.enum(actions), approvalId, reason: z.string().max(2000).optional() }),
]);
export type ApprovalCommand = z.infer<typeof commandSchema>;

/** An approval as people may see it: without its task token. */
export type SeenApproval = ReturnType<typeof seen>;

export interface CommandAnswer {
  /** Who AWS says is asking. */
  by: string;
  approvals: SeenApproval[];
  /** Of one approval that was asked about. */
  audit?: AuditEntry[];
  /** Of an attempt. */
  verdict?: 'accepted' | 'decided' | 'refused';
  says?: string;
}

const answer = (statusCode: number, body: CommandAnswer | { error: string }) => ({
  ...{ statusCode, headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(body),
});

export const onApprovalCommand = defineEventHandler({
  name: 'on-approval-command',
  uses: { approvals, audit, openReleases, records, slack, slackGroups, states, waits },
  run: async (event, aws) => {
    const request = requestSchema.safeParse(event);
    if (!request.success) return answer(403, { error: 'AWS does not say who is asking' });
    const { requestContext, body, isBase64Encoded } = request.data;
    const by = requestContext.authorizer.iam.userArn;
    const command = commandSchema.safeParse(
      json(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString()),
    );
    if (!command.success) return answer(400, { error: z.prettifyError(command.error) });
    if (command.data.action === 'list') return answer(200, { by, approvals: await pending(aws) });

    const { approvalId } = command.data;
    const unknown = { error: `there is no approval ${approvalId}: tidegate approvals lists them` };
    if (command.data.action === 'show') {
      const approval = await aws.approvals.of(approvalId);
      if (!approval) return answer(404, unknown);
      return answer(200, { by, approvals: [seen(approval)], audit: await aws.audit.of(approvalId) });
    }
    const { action, reason } = command.data;
    const attempting: Attempting = {
      ...{ approvalId, action, actor: by, door: 'command', authenticated: 'signed by AWS IAM', reason },
    };
    const attempted = await attemptApproval(attempting, aws);
    const stopped = !attempted && action === 'break glass' ? await stopWaiting(attempting, aws) : undefined;
    if (stopped) return answer(200, { by, approvals: [], ...stopped });
    if (!attempted) return answer(404, unknown);
    const { approval, decided } = attempted;
    await showDecision(approval, attempted, aws);
    const { verdict, says } = decided;
    return answer(200, { by, approvals: [seen(approval)], verdict, says });
  },
});

/** Those that somebody may still decide. */
async function pending(
  aws: Pick<Aws, 'approvals' | 'config' | 'now' | 'openReleases'>,
): Promise<SeenApproval[]> {
  const places = Object.entries(aws.config.services).flatMap(([service, { environments }]) =>
    environments
      .filter(({ approval, breakGlass }) => approval ?? breakGlass)
      .map(({ name }) => ({ service, environment: name })),
  );
  const open = await aws.openReleases.of(places);
  const found = await aws.approvals.ofAll(open.map(([name]) => name));
  for (const [name] of open) found.push(...(await aws.approvals.ofPauses(name)));
  return found.filter((one) => !one.answer && aws.now() < one.expiresAt).map(seen);
}

function seen(approval: Approval) {
  const { approvalId, subject, openedAt, expiresAt, author, held, decisions, rules, pause } = approval;
  return {
    ...{ approvalId, subject, openedAt, expiresAt, author, held, decisions, answer: approval.answer },
    ...(pause && { paused: `${pause.service} is ${pausedSentence(pause)}` }),
    ...(!held && { needs: stillNeeded(approval, rules, decisions) }),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const handler = onEvent(onApprovalCommand);
