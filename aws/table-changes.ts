/** Changes of releases' records, of approvals and of the attempts to decide them, as the table's stream brings them. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Change } from '../core/domain-event.ts';
import { approvalIn } from './approvals.ts';
import { attemptIn } from './audit.ts';
import { recordOf } from './record-item.ts';

const image = z.record(z.string(), z.custom<AttributeValue>());
const eventSchema = z.looseObject({
  Records: z.array(
    z.looseObject({
      dynamodb: z.looseObject({
        ApproximateCreationDateTime: z.number(),
        Keys: image,
        OldImage: image.optional(),
        NewImage: image.optional(),
      }),
    }),
  ),
});

export interface ReadChanges {
  /** In their order. What was deleted is none. */
  changes: Change[];
  /** What cannot be read, and why: it must hold up nothing behind it. */
  unreadable: string[];
}

/** Throws for what is no event of a stream. */
export function readChanges(event: unknown): ReadChanges {
  const changes: Change[] = [];
  const unreadable: string[] = [];
  for (const { dynamodb } of eventSchema.parse(event).Records) {
    const { Keys, OldImage, NewImage, ApproximateCreationDateTime: seconds } = dynamodb;
    if (!NewImage) continue;
    try {
      const change = changeOf(
        OldImage && unmarshall(OldImage),
        unmarshall(NewImage),
        Math.round(seconds * 1000),
      );
      if (change) changes.push(change);
    } catch (error) {
      unreadable.push(`${JSON.stringify(Keys)}: ${(error as Error).message}`);
    }
  }
  return { changes, unreadable };
}

type Item = Record<string, unknown>;

/** By the first word of the key. Undefined for what nobody is told of. */
function changeOf(before: Item | undefined, after: Item, at: number): Change | undefined {
  const [kind] = String(after.key).split(' ');
  if (kind === 'approval') {
    const approval = approvalIn(after);
    return approval && { of: 'approval', before: before && approvalIn(before), after: approval, at };
  }
  // Written once: whatever comes later of it is no attempt.
  if (kind === 'audit') return before ? undefined : { of: 'attempt', attempt: attemptIn(after) };
  return { of: 'release', before: before && recordOf(before), after: recordOf(after), at };
}
