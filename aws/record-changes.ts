/** Changes of releases' records, as the table's stream brings them. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { RecordChange } from '../core/domain-event.ts';
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
  changes: RecordChange[];
  /** What is no record, and why: it must hold up nothing behind it. */
  unreadable: string[];
}

/** Throws for what is no event of a stream. */
export function readChanges(event: unknown): ReadChanges {
  const changes: RecordChange[] = [];
  const unreadable: string[] = [];
  for (const { dynamodb } of eventSchema.parse(event).Records) {
    const { Keys, OldImage, NewImage, ApproximateCreationDateTime: seconds } = dynamodb;
    if (!NewImage) continue;
    try {
      const before = OldImage && recordOf(unmarshall(OldImage));
      changes.push({ before, after: recordOf(unmarshall(NewImage)), at: Math.round(seconds * 1000) });
    } catch (error) {
      unreadable.push(`${JSON.stringify(Keys)}: ${(error as Error).message}`);
    }
  }
  return { changes, unreadable };
}
