/** Wakes the function that looks after what somebody asked for in Slack: it has more time than Slack gives for a click. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Transient } from '../core/errors.ts';
import { type RollbackAsked, rollbackAskedType, slackEventSource } from '../core/roll-back-by-slack.ts';
import { calling } from './calling.ts';
import type { Means } from './means.ts';

export function rollbackWake({ makeClient }: Means) {
  const client = makeClient(EventBridgeClient, {});
  return {
    /** May be repeated: what is to be done is in the ask, and who wakes without one finds nothing to do. */
    async wake(asked: RollbackAsked): Promise<void> {
      const entry = {
        Source: slackEventSource,
        DetailType: rollbackAskedType,
        Detail: JSON.stringify(asked),
      };
      const { Entries: [answer] = [] } = await calling('PutEvents', () =>
        client.send(new PutEventsCommand({ Entries: [entry] })),
      );
      if (answer?.ErrorCode)
        throw new Transient(`PutEvents: ${answer.ErrorCode} ${answer.ErrorMessage ?? ''}`);
    },
  };
}
