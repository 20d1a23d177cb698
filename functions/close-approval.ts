/** Ends approvals that nobody decides any more. Nobody is to click for nothing. */
import type { Aws } from '../aws/gateways.ts';
import type { ApprovalAnswer } from '../core/approval/answer.ts';
import { decidedMessage } from '../core/approval/message.ts';
import { closedWith } from '../core/approval/paused.ts';
import type { ReleaseRequest } from '../core/release.ts';

/** Answers the decision that counts. May be repeated. Slack may be away meanwhile, or not be there at all: who clicks then is told that it is over. */
export async function endApproval(
  approvalId: string,
  given: ApprovalAnswer,
  { approvals, slack }: Pick<Aws, 'approvals'> & Partial<Pick<Aws, 'slack'>>,
): Promise<ApprovalAnswer | undefined> {
  const { posted, answer } = await approvals.end(approvalId, given);
  if (posted && answer) await slack?.update(posted, decidedMessage(posted, answer)).catch(() => undefined);
  return answer;
}

/** Where the release has ended without it: stopped, timed out, or by a fault. May be repeated. */
export async function closeApproval(
  execution: string,
  { service, environment }: Pick<ReleaseRequest, 'service' | 'environment'>,
  aws: Pick<Aws, 'approvals' | 'config'> & Partial<Pick<Aws, 'slack'>>,
): Promise<void> {
  const settings = aws.config.services[service]?.environments.find(({ name }) => name === environment);
  if (!settings?.approval && !settings?.breakGlass) return;
  const name = execution.slice(execution.lastIndexOf(':') + 1);
  const reason = 'its release has ended';
  const before = await aws.approvals.of(name);
  if (before && !before.answer) await endApproval(name, { decision: 'expired', by: 'nobody', reason }, aws);
  if (settings.approval?.at !== 'pause') return;
  for (const { approvalId, answer } of await aws.approvals.ofPauses(name))
    if (!answer) await endApproval(approvalId, closedWith(reason), aws);
}
