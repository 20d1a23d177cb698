/** An approval is open: each who may decide by a link gets theirs. Whatever becomes of the mail, the release goes on waiting. */
import * as z from 'zod';
import { approvalLinks } from '../../aws/approval-links.ts';
import { type Approval, approvals } from '../../aws/approvals.ts';
import type { Aws } from '../../aws/gateways.ts';
import { mail } from '../../aws/mail.ts';
import { approvalEventSchemas } from '../../core/approval/event.ts';
import { due, sending, sent } from '../../core/approval/link.ts';
import { approvalMail } from '../../core/approval/mail.ts';
import { releaseEventSchemas } from '../../core/domain-event.ts';
import { ContractViolation, Transient } from '../../core/errors.ts';
import { closeApproval } from '../close-approval.ts';
import { defineEventHandler, onEvent } from '../event.ts';

const eventSchema = z.union([
  z.looseObject({
    'detail-type': z.literal('Approval Asked'),
    detail: approvalEventSchemas['Approval Asked'],
  }),
  z.looseObject({ 'detail-type': z.literal('Release Ended'), detail: releaseEventSchemas['Release Ended'] }),
]);

type MailingAws = Pick<Aws, 'approvalLinks' | 'approvals' | 'config' | 'mail' | 'now'>;

export const mailApproval = defineEventHandler({
  name: 'mail-approval',
  uses: { approvalLinks, approvals, mail },
  run: async (event, aws, leftMs): Promise<{ mailed: string[] }> => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(`this is no event of Tidegate's: ${z.prettifyError(parsed.error)}`);
    const { data } = parsed;
    if (data['detail-type'] === 'Approval Asked')
      return { mailed: await mailLinks(data.detail.approvalId, aws, leftMs) };
    // With Slack, who tells of the end does it.
    await closeApproval(data.detail.execution, data.detail.request, aws);
    return { mailed: [] };
  },
});

/** For one more mail, and for keeping who got theirs: whoever is stopped before that sends them again. */
const enoughMs = 10_000;

/**
 * Who has got one gets no other, whatever woke us and how often. Answers to whom mail went. Rejects with the first error
 * where somebody's was not taken, after all others were tried: may be repeated.
 */
async function mailLinks(approvalId: string, aws: MailingAws, leftMs: () => number): Promise<string[]> {
  const { approvals: kept, approvalLinks: links, now } = aws;
  const before = await kept.of(approvalId);
  if (!before || due(before, now()).length === 0) return [];

  let fresh = new Map<string, { address: string; url: string; hash: string }>();
  // Before anything is sent: a link that arrives is one that is known.
  const approval = await kept.changeLinks(approvalId, (newest) => {
    const wanted = due(newest, now());
    fresh = new Map(wanted.map(([person, address]) => [person, { address, ...links.make(approvalId) }]));
    return sending(newest.links ?? {}, fresh, now());
  });
  const arrived: string[] = [];
  const failures: unknown[] = [];
  for (const [person, { address, url }] of fresh) {
    try {
      if (leftMs() < enoughMs) throw new Transient(`no time is left to send ${person} a link`);
      await aws.mail.send({ to: address, ...wordsOf(approval, url) });
      arrived.push(person);
    } catch (error) {
      failures.push(error);
    }
  }
  if (fresh.size > 0)
    await kept.changeLinks(approvalId, ({ links: newest = {} }) =>
      sent(newest, [...fresh.keys()], arrived, now()),
    );
  if (failures.length > 0) throw failures[0];
  return arrived;
}

function wordsOf({ approvalId, subject, expiresAt, pause }: Approval, url: string) {
  if (!subject) throw new ContractViolation(`${approvalId} does not say what it is about`);
  return approvalMail({ approvalId, subject, expiresAt, pause }, url);
}

export const handler = onEvent(mailApproval);
