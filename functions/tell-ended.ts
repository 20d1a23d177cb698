/** Tells subscribers and people how a release ended: each of them once, though telling another may fail. */
import * as z from 'zod';
import type { Aws } from '../aws/gateways.ts';
import { endedMessage } from '../core/messages.ts';
import type { Outcome, ReleaseRequest } from '../core/release.ts';

export interface EndedRelease {
  execution: string;
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
}

export const toldSchema = z.strictObject({ told: z.array(z.string()) });

/** Answers whom it told, now or earlier. Rejects where one could not be told, after the others were. May be repeated. */
export async function tellEnded(
  ended: EndedRelease,
  aws: Pick<Aws, 'config' | 'consoleUrl' | 'domainEvents' | 'records' | 'slack'>,
): Promise<z.infer<typeof toldSchema>> {
  const { execution, request, outcome, reason } = ended;
  const { config, consoleUrl, domainEvents, records, slack } = aws;
  const record = await records.of(execution);
  const { channel } = config.slack ?? {};
  const link = consoleUrl && consoleUrl + execution;
  const ways: Record<string, () => Promise<void>> = {
    events: () => domainEvents.ended(ended),
    // A push that changes nothing is not worth anybody's attention.
    ...(channel !== undefined &&
      outcome !== 'NothingToDo' && {
        [channel]: async () => {
          await slack.post(channel, endedMessage({ request, outcome, reason, record, link }));
        },
      }),
  };

  const told = toldSchema.safeParse(record.steps.Notify).data?.told ?? [];
  const failures: unknown[] = [];
  for (const [name, tell] of Object.entries(ways)) {
    if (told.includes(name)) continue;
    try {
      await tell();
      told.push(name);
      await records.note(execution, 'Notify', { told });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { told };
}
