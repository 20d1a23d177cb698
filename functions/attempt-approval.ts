/** Somebody tries to decide an approval, by whichever door: judged by its rules, written down, and passed on to the release. */
import type { Approval } from '../aws/approvals.ts';
import type { Aws } from '../aws/gateways.ts';
import { approvalAnswerSchema } from '../core/approval/answer.ts';
import { type Action, type Decided, decide } from '../core/approval/decide.ts';
import { brokenGlassMessage, decidedMessage, progressMessage } from '../core/approval/message.ts';
import { slackUserOf } from '../core/approval/person.ts';
import { groupsIn, versionOf } from '../core/approval/rules.ts';
import { answerTask } from './answer-task.ts';
import { wakeContinuation } from './wake-continuation.ts';

/** The state that waits, without what it needs to ask. */
const requestApproval = { name: 'RequestApproval', output: approvalAnswerSchema };

export type ApprovingAws = Pick<
  Aws,
  'approvals' | 'audit' | 'config' | 'now' | 'records' | 'slack' | 'slackGroups' | 'states' | 'waits'
>;

export interface Attempting {
  approvalId: string;
  action: Action;
  /** As the door knows them: `slack:U…`, an IAM ARN, or `link:…`. */
  actor: string;
  door: 'slack' | 'command' | 'link';
  /** What proved who they are. */
  authenticated: string;
  reason?: string | undefined;
}

export interface Attempted {
  approval: Approval;
  decided: Decided;
}

/** Who is asking, with what Slack says of them. */
async function actorOf({ rules }: Approval, actor: string, { slackGroups }: Pick<Aws, 'slackGroups'>) {
  const groups = await slackGroups.of(slackUserOf(actor, rules.people), groupsIn(rules));
  return { id: actor, slackGroups: groups };
}

/** What would become of it. Looks only. */
export async function wouldDecide(
  approval: Approval,
  { action, actor, door, reason }: Attempting,
  aws: Pick<ApprovingAws, 'now' | 'slackGroups'>,
): Promise<Decided> {
  const who = await actorOf(approval, actor, aws);
  return decide(approval, approval.rules, { actor: who, action, door, reason }, aws.now());
}

/** Undefined where there is no such approval. May be repeated: what counts once counts once, and what was decided is passed on again. */
export async function attemptApproval(
  attempting: Attempting,
  aws: ApprovingAws,
): Promise<Attempted | undefined> {
  const { approvalId, action, actor, door, authenticated, reason } = attempting;
  const before = await aws.approvals.of(approvalId);
  if (!before) return undefined;
  const who = await actorOf(before, actor, aws);
  const attempted = await aws.approvals.attempt(approvalId, (approval) =>
    decide(approval, approval.rules, { actor: who, action, door, authenticated, reason }, aws.now()),
  );
  await writeDown(attempting, attempted, aws);
  const { approval, decided } = attempted;
  // Read again after the write: the newest task token. What was decided before is passed on by a later attempt, too.
  await passOn(approval, aws);
  if (decided.verdict === 'decided' && approval.answer?.brokenGlass) await announce(approval, aws);
  return attempted;
}

/** To the state that waits. What ECS is to be told that state tells it: nothing goes on that no release looks after. May be repeated. */
async function passOn(approval: Approval, aws: ApprovingAws): Promise<void> {
  const { answer, execution, taskToken } = approval;
  if (!answer) return;
  if (taskToken !== undefined) await answerTask(aws, requestApproval, { execution, taskToken }, answer);
  await wakeContinuation(approval, aws);
}

export async function writeDown(
  { approvalId, action, actor, door, authenticated, reason }: Attempting,
  { approval, decided }: Attempted,
  aws: Pick<Aws, 'audit' | 'now'>,
): Promise<void> {
  const said = reason?.trim().slice(0, 500);
  await aws.audit.append({
    ...{ approvalId, at: aws.now(), actor, action, door, authenticated },
    ...(said && { reason: said }),
    verdict: decided.verdict === 'refused' ? `refused: ${decided.why}` : decided.verdict,
    rules: versionOf(approval.rules),
    ...approval.subject,
  });
}

/** The message that asked, as it is to read by now. Slack may be away meanwhile: the decision counts all the same. */
export async function showDecision(
  { posted, answer, decisions }: Approval,
  { decided }: Pick<Attempted, 'decided'>,
  aws: Pick<Aws, 'slack'>,
): Promise<void> {
  if (!posted) return;
  const message = answer
    ? decidedMessage(posted, answer)
    : decided.verdict === 'accepted'
      ? progressMessage(posted, decisions, decided.says)
      : undefined;
  if (message) await aws.slack.update(posted, message, 1200).catch(() => undefined);
}

/** Everybody is to hear of it, and how the release ends says it again. */
async function announce(
  { subject, answer, held }: Approval,
  { config, slack }: Pick<Aws, 'config' | 'slack'>,
): Promise<void> {
  if (!subject || !answer || !config.slack) return;
  await slack.post(config.slack.channel, brokenGlassMessage(subject, answer, held)).catch(() => undefined);
}
