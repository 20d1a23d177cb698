/** Tidegate's own events: everything that wants to know of releases subscribes to these. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type DomainEvent, domainEventSource } from '../core/domain-event.ts';
import { Transient } from '../core/errors.ts';
import { calling } from './calling.ts';
import type { Means } from './means.ts';

/** PutEvents takes no more. */
const together = 10;

export function domainEvents({ makeClient }: Means) {
  const client = makeClient(EventBridgeClient, {});
  return {
    /** In their order. Repeating it emits them again: subscribers leave out the ids that they know. */
    async emit(events: readonly DomainEvent[]): Promise<void> {
      for (let first = 0; first < events.length; first += together) {
        const Entries = events.slice(first, first + together).map(({ type, detail }) => ({
          ...{ Source: domainEventSource, DetailType: type, Detail: JSON.stringify(detail) },
        }));
        const { Entries: answers = [] } = await calling('PutEvents', () =>
          client.send(new PutEventsCommand({ Entries })),
        );
        const refused = answers.find(({ ErrorCode }) => ErrorCode);
        if (refused) throw new Transient(`PutEvents: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`);
      }
    },
  };
}
