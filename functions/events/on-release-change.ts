/** A release's record or its approval changed: tells whoever subscribed what has become of it. No release waits for that. */
import { domainEvents } from '../../aws/domain-events.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { readChanges } from '../../aws/table-changes.ts';
import { tellsSlack } from '../../core/config.ts';
import { domainEventOf } from '../../core/domain-event.ts';
import { leftSlot } from '../../core/record.ts';
import { defineEventHandler, onEvent } from '../event.ts';

export interface ToldChanges {
  /** The ids of what was emitted. */
  emitted: string[];
  /** What is none of ours. */
  unreadable: string[];
}

export const onReleaseChange = defineEventHandler({
  name: 'on-release-change',
  uses: { domainEvents, openReleases },
  run: async (event, aws): Promise<ToldChanges> => {
    const { changes, unreadable } = readChanges(event);
    const events = changes.flatMap((change) => domainEventOf(change) ?? []);
    await aws.domainEvents.emit(events);
    for (const change of changes) {
      if (change.of !== 'release') continue;
      const { before, after } = change;
      // Nothing is left to do for it, unless people are to be told: the schedule need not find that out.
      const { request, execution } = after;
      if (!request || !leftSlot(after) || (before && leftSlot(before)) || tellsSlack(aws.config)) continue;
      await aws.openReleases.close(request, [execution.slice(execution.lastIndexOf(':') + 1)]);
    }
    return { emitted: events.map(({ detail }) => detail.id), unreadable };
  },
});

export const handler = onEvent(onReleaseChange);
