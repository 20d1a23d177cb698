/**
 * Somebody opens the link of a mail, or decides there. To look changes nothing, be it a person, a scanner of mail or a preview;
 * what decides is the page's form, with what is in the link.
 */
import * as z from 'zod';
import { type Approval, approvals } from '../../aws/approvals.ts';
import { audit } from '../../aws/audit.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slackGroups } from '../../aws/slack-groups.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { alreadyDecided, decide, type Refusal } from '../../core/approval/decide.ts';
import { holder, isBearer, ownerOf } from '../../core/approval/link.ts';
import { approvalPage, pageHeaders, refusedPage, type Turn, unknownPage } from '../../core/approval/page.ts';
import { foundIn } from '../../core/approval/paused.ts';
import { shownApproval } from '../../core/approval/shown.ts';
import { releaseIn } from '../../core/phase.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import { type ApprovingAws, attemptApproval, showDecision } from '../attempt-approval.ts';
import { defineEventHandler, onEvent } from '../event.ts';

/** A Lambda function URL's event, as far as it is read. */
const requestSchema = z.looseObject({
  rawPath: z.string().max(500),
  rawQueryString: z.string().max(500).default(''),
  requestContext: z.looseObject({ http: z.looseObject({ method: z.string() }) }),
  body: z.string().max(20_000).default(''),
  isBase64Encoded: z.boolean().default(false),
});
type PageRequest = z.output<typeof requestSchema>;

const answer = (statusCode: number, body: string, headers: Record<string, string> = {}) => ({
  ...{ statusCode, headers: { ...pageHeaders, ...headers }, body },
});
type Answer = ReturnType<typeof answer>;

export const onApprovalPage = defineEventHandler({
  name: 'on-approval-page',
  uses: { approvals, audit, records, slack, slackGroups, states, waits },
  // The page shows what is nobody's business but its reader's.
  logged: ({ statusCode }) => ({ statusCode }),
  run: async (event, aws): Promise<Answer> => {
    const request = requestSchema.safeParse(event);
    if (!request.success) return answer(413, refusedPage('This is not what the form of a page sends.'));
    const { method } = request.data.requestContext.http;
    if (method === 'POST') return decided(request.data, aws);
    if (method === 'GET') return looked(request.data, aws);
    if (method === 'HEAD') return { ...(await looked(request.data, aws)), body: '' };
    return answer(405, refusedPage('A page can be looked at, and its form sent.'), {
      allow: 'GET, HEAD, POST',
    });
  },
});

/** Whose link it is, and to what. Undefined for what leads nowhere: nobody is told why. */
async function opened(
  { rawPath, rawQueryString }: PageRequest,
  aws: Pick<Aws, 'approvals'>,
): Promise<{ approval: Approval; person: string } | undefined> {
  const [, name = ''] = /\/a\/([^/]{1,300})$/.exec(rawPath) ?? [];
  const approvalId = decoded(name);
  const token = new URLSearchParams(rawQueryString).get('t') ?? '';
  if (!isBearer(token) || !/^[\w.-]{1,100}$/.test(approvalId)) return undefined;
  const approval = await aws.approvals.of(approvalId);
  const person = ownerOf(approval?.links ?? {}, token);
  return approval && person !== undefined ? { approval, person } : undefined;
}

async function looked(request: PageRequest, aws: ApprovingAws): Promise<Answer> {
  const found = await opened(request, aws);
  if (!found) return answer(404, unknownPage());
  const { approval, person } = found;
  return answer(200, await pageOf(approval, turnOf(approval, person, aws.now()), aws));
}

async function decided(request: PageRequest, aws: ApprovingAws): Promise<Answer> {
  const found = await opened(request, aws);
  if (!found) return answer(404, unknownPage());
  const { approval: before, person } = found;
  const { body, isBase64Encoded } = request;
  const form = new URLSearchParams(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString());
  const action = z.enum(['approve', 'reject']).safeParse(form.get('action')).data;
  if (!action) return answer(400, refusedPage('This is not what the form of a page sends.'));
  const reason = (form.get('reason') ?? '').slice(0, 2000);
  const attempted = await attemptApproval(
    {
      ...{ approvalId: before.approvalId, action, actor: holder(person), door: 'link', reason },
      authenticated: `link sent to ${before.links?.[person]?.address}`,
    },
    aws,
  );
  if (!attempted) return answer(404, unknownPage());
  const { approval, decided: came } = attempted;
  await showDecision(approval, attempted, aws);
  const refused = came.verdict === 'refused';
  const open = refused && mendable.includes(came.why);
  return answer(refused ? 409 : 200, await pageOf(approval, { says: came.says, open, person, reason }, aws));
}

/** Another try may succeed: the form is there again, with what was written. */
const mendable: readonly Refusal[] = ['no reason', 'unknown', 'too early', 'closed'];

/** What would be refused, and is better said before somebody writes a reason. Slack's groups are not asked for that. */
const saidBefore: readonly Refusal[] = ['own commit', 'too early', 'closed', 'twice', 'same person'];

function turnOf(approval: Approval, person: string, now: number): Turn {
  const { answer: over, links, expiresAt, rules } = approval;
  if (over) return { open: false, person, says: alreadyDecided(over) };
  if (now >= expiresAt)
    return { open: false, person, says: 'This approval has expired. To deploy it all the same, push again.' };
  if (links?.[person]?.usedAt !== undefined)
    return {
      open: false,
      person,
      says: 'This link has been used: it was good for one decision. Somebody else has to decide, too.',
    };
  const would = decide(
    approval,
    rules,
    { actor: { id: holder(person) }, action: 'approve', door: 'link' },
    now,
  );
  return would.verdict === 'refused' && saidBefore.includes(would.why)
    ? { open: true, person, says: would.says }
    : { open: true, person };
}

async function pageOf(approval: Approval, turn: Turn, aws: ApprovingAws): Promise<string> {
  const record = await aws.records.of(approval.execution);
  const release = releaseIn(record);
  const scan = scanVerdictSchema.loose().safeParse(record.steps.CheckScan).data;
  const found = approval.pause ? foundIn(record.steps) : [];
  return approvalPage(shownApproval(approval, { release, scan, found }, aws.now()), turn, aws.now());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export const handler = onEvent(onApprovalPage);
