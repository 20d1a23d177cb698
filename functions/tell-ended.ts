/** Tells subscribers and people how a release ended. */
import type { Aws } from '../aws/open.ts';
import { endedMessage } from '../core/messages.ts';
import type { Outcome, ReleaseRequest } from '../core/release.ts';

export interface EndedRelease {
  execution: string;
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
}

/** Answers the channels that were told. Repeating it tells them again. */
export async function tellEnded(
  { execution, request, outcome, reason }: EndedRelease,
  { config, consoleUrl, domainEvents, records, slack }: Aws,
): Promise<string[]> {
  await domainEvents.ended({ execution, request, outcome, reason });
  // A push that changes nothing is not worth anybody's attention.
  if (!config.slack || outcome === 'NothingToDo') return [];
  const record = await records.of(execution);
  const link = consoleUrl && consoleUrl + execution;
  await slack.post(config.slack.channel, endedMessage({ request, outcome, reason, record, link }));
  return [config.slack.channel];
}
