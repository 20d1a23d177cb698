/** A table's stream, as Lambda reads it for a function: in order, in batches, and again until the function has taken it. */
import type { Clock } from '../clock.ts';
import type { Item, ItemChange } from './items.ts';

/** As the function gets it. */
interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventSource: 'aws:dynamodb';
  dynamodb: {
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: number;
    Keys: Item;
    OldImage?: Item;
    NewImage?: Item;
    SequenceNumber: string;
    StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
}

/** What is waiting to be taken, and since when. */
interface Waiting {
  record: StreamRecord;
  at: number;
}

export interface StreamOptions {
  clock: Clock;
  /** The table's primary key: text. */
  hash: string;
  /** Only items whose key begins with one of them. */
  keyPrefixes: readonly string[];
  batchSize: number;
  /** From the first record of a batch until it is handed over. */
  windowSeconds: number;
  /** What is older is given up. */
  maximumAgeSeconds: number;
  invoke: (event: { Records: StreamRecord[] }) => Promise<unknown>;
  /** What was given up: a queue of dead letters gets where it was in the stream. */
  failed: (given: { records: readonly StreamRecord[]; error: unknown }) => void;
}

const firstBackoffMs = 1000;
const longestBackoffMs = 60_000;

/** Hears of each change of the table. One shard: a batch that fails holds up everything behind it, in halves. */
export function stream(options: StreamOptions): (change: ItemChange) => void {
  const { clock, hash, keyPrefixes, batchSize, windowSeconds, maximumAgeSeconds, invoke, failed } = options;
  const waiting: Waiting[] = [];
  let reading = false;
  let sequence = 0;

  async function hand(batch: readonly Waiting[], attempt = 0): Promise<void> {
    try {
      await invoke({ Records: batch.map(({ record }) => record) });
    } catch (error) {
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await hand(batch.slice(0, half));
        await hand(batch.slice(half));
        return;
      }
      const backoff = Math.min(firstBackoffMs * 2 ** attempt, longestBackoffMs);
      const age = clock.now() + backoff - (batch[0]?.at ?? 0);
      if (age > maximumAgeSeconds * 1000)
        return failed({ records: batch.map(({ record }) => record), error });
      await new Promise<void>((resolve) => clock.after(backoff, resolve));
      await hand(batch, attempt + 1);
    }
  }

  async function read(): Promise<void> {
    await hand(waiting.splice(0, batchSize));
    if (waiting.length > 0) await read();
    else reading = false;
  }

  return ({ before, after }) => {
    const item = after ?? before ?? {};
    const key = String(item[hash]?.S ?? '');
    if (!keyPrefixes.some((prefix) => key.startsWith(prefix))) return;
    sequence += 1;
    const SequenceNumber = String(sequence).padStart(21, '0');
    const record: StreamRecord = {
      eventID: SequenceNumber,
      eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
      eventSource: 'aws:dynamodb',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(clock.now() / 1000),
        Keys: { [hash]: { S: key } },
        ...(before && { OldImage: before }),
        ...(after && { NewImage: after }),
        SequenceNumber,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
    waiting.push({ record, at: clock.now() });
    if (reading) return;
    reading = true;
    clock.after(windowSeconds * 1000, () => void read());
  };
}
