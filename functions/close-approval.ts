/** Ends an approval whose release has ended without it: stopped, timed out, or by a fault. Nobody is to click for nothing. */
import type { Aws } from '../aws/gateways.ts';
import { decidedMessage } from '../core/approval/message.ts';
import type { ReleaseRequest } from '../core/release.ts';

/** May be repeated. Slack may be away meanwhile: who clicks then is told that it is over. */
export async function closeApproval(
  execution: string,
  { service, environment }: Pick<ReleaseRequest, 'service' | 'environment'>,
  { approvals, config, slack }: Pick<Aws, 'approvals' | 'config' | 'slack'>,
): Promise<void> {
  const settings = config.services[service]?.environments.find(({ name }) => name === environment);
  if (!settings?.approval && !settings?.breakGlass) return;
  const before = await approvals.of(execution.slice(execution.lastIndexOf(':') + 1));
  if (!before || before.answer) return;
  const reason = 'its release has ended';
  const { posted, answer } = await approvals.end(before.approvalId, {
    ...{ decision: 'expired', by: 'nobody', reason },
  });
  if (posted && answer) await slack.update(posted, decidedMessage(posted, answer)).catch(() => undefined);
}
