/** Tidegate's own events: everything that wants to know of releases subscribes to these. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Transient } from '../core/errors.ts';
import type { Outcome, ReleaseRequest } from '../core/release.ts';
import { calling } from './calling.ts';
import type { Means } from './means.ts';

export interface ReleaseEnded {
  execution: string;
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
}

export function domainEvents({ makeClient }: Means) {
  const client = makeClient(EventBridgeClient, {});
  return {
    /** Emits `Release Ended`. Repeating it emits it again: subscribers deduplicate by `execution`. */
    async ended(event: ReleaseEnded): Promise<void> {
      const entry = {
        Source: 'tidegate',
        DetailType: 'Release Ended',
        Detail: JSON.stringify({ version: 1, ...event }),
      };
      const { Entries = [] } = await calling('PutEvents', () =>
        client.send(new PutEventsCommand({ Entries: [entry] })),
      );
      const refused = Entries.find(({ ErrorCode }) => ErrorCode);
      if (refused) throw new Transient(`PutEvents: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`);
    },
  };
}
