/** Asks people to decide an approval: in Slack once, and once more before its time is over; what mails show is kept beside it. */
import type { Approval } from '../aws/approvals.ts';
import type { Aws } from '../aws/gateways.ts';
import { reminderMessage } from '../core/approval/message.ts';
import { keptPlan } from '../core/approval/shown.ts';
import { type Config, environmentOf } from '../core/config.ts';
import type { Release } from '../core/release.ts';
import type { Message } from '../core/slack-blocks.ts';
import type { ShownPlan } from './shown-plan.ts';

export interface Question {
  release: Pick<Release, 'service' | 'environment'>;
  /** What would change. May reject: better asked without it than not asked. */
  plan: () => Promise<ShownPlan>;
  message: (plan: ShownPlan | undefined) => Message | Promise<Message>;
}

/** May be repeated. Rejects where Slack did not take it. */
export async function askPeople(
  approval: Approval,
  { release, ...question }: Question,
  { approvals, config, now, slack }: Pick<Aws, 'approvals' | 'config' | 'now' | 'slack'>,
): Promise<void> {
  const { approvalId, asked = false, expiresAt, held, posted, reminded, rules } = approval;
  const linked = rules.policy.links !== undefined && held === undefined;
  const wanted = (config.slack && !asked) || (linked && !approval.plan);
  const plan = wanted ? await question.plan().catch(() => undefined) : undefined;
  if (linked && plan && !approval.plan) await approvals.mark(approvalId, { plan: keptPlan(plan) });
  if (!config.slack) return;
  if (!asked) {
    const message = await question.message(plan);
    const place = await slack.post(config.slack.channel, message);
    await approvals.mark(approvalId, { asked: true, posted: { ...place, ...message } });
    return;
  }
  const settings = environmentOf(config, release.service, release.environment).environment;
  const left = (expiresAt - now()) / 1000;
  const { reminder } = settings.approval ?? {};
  if (reminder === undefined || reminded || !posted || left > reminder) return;
  await slack.reply(posted, reminderMessage(posted, left));
  await approvals.mark(approvalId, { reminded: true });
}

/** Whether anybody has heard of it: in Slack, or by a mail that was taken. */
export function wasAsked(
  { asked = false, links = {}, rules, held }: Approval,
  { slack }: Pick<Config, 'slack'>,
): boolean {
  const mailed = Object.values(links).some(({ sentAt }) => sentAt !== undefined);
  return asked || mailed || (!slack && (held !== undefined || !rules.policy.links));
}
