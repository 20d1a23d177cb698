/** Counts what is billed while a world runs: what functions do and ask for, and how long it keeps them. */
import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { sizeOf } from '../../core/functions.ts';
import type { Call } from '../../local/door/answering.ts';
import { pause } from '../../local/lambda/pause.ts';
import type { VirtualWorld, VirtualWorldOptions } from '../../test/support/virtual-world.ts';
import { itemBytes } from './item-bytes.ts';

/** What a world on one machine cannot know of Lambda, in milliseconds. */
export interface Assumptions {
  /** Of a call of AWS's API, from the function and back. */
  callMs: number;
  /** Of an HTTP request to an endpoint, to Slack, or for a download. */
  requestMs: number;
  /** What a function computes itself. */
  ownMs: number;
  /** Longer for the first invocation of each function. */
  coldStartMs: number;
}

/** What functions did, and asked for. */
export interface Used {
  /** By function. */
  invocations: Record<string, number>;
  gigabyteSeconds: number;
  /** Of AWS's API, by operation. */
  calls: Record<string, number>;
  metrics: number;
  customEvents: number;
  /** Request units of a table on demand: a written KiB, 4 KiB that are read (consistently). */
  writeUnits: number;
  readUnits: number;
}

const nothing = (): Used => ({
  ...{ invocations: {}, gigabyteSeconds: 0, calls: {}, metrics: 0, customEvents: 0 },
  ...{ writeUnits: 0, readUnits: 0 },
});

export interface Meter {
  /** For the world that is to be measured. */
  options: Required<Pick<VirtualWorldOptions, 'around' | 'aroundFunction' | 'aroundRequest'>>;
  /** Counts from here on. */
  begin(world: Pick<VirtualWorld, 'clock' | 'world'>): void;
  /** Since the beginning. */
  read(): Used;
}

/** Of the functions that `isMeant`, by name. */
export function meter(
  { callMs, requestMs, ownMs, coldStartMs }: Assumptions,
  isMeant: (functionName: string) => boolean,
): Meter {
  let measured: Pick<VirtualWorld, 'clock' | 'world'> | undefined;
  let table: DynamoDBClient | undefined;
  let used = nothing();
  const own = 'meter';

  async function kibibytesOf({ TableName, Key }: Record<string, unknown>): Promise<number> {
    const command = new GetItemCommand({
      TableName: String(TableName),
      Key: Key as Record<string, AttributeValue>,
    });
    return kibibytes((await table?.send(command))?.Item);
  }

  return {
    options: {
      async around(call, next) {
        const { operation, input, caller } = call;
        if (!measured || !isMeant(caller.accessKeyId)) return next();
        count(used.calls, operation);
        used.metrics += metricsIn(call);
        if (operation === 'PutEvents') used.customEvents += (input.Entries as unknown[]).length;
        await pause(measured.clock, callMs);
        const before = operation === 'DeleteItem' ? await kibibytesOf(input) : 0;
        const answer = await next();
        used.readUnits += readUnits(call, answer);
        if (operation === 'PutItem') used.writeUnits += kibibytes(input.Item as Item);
        if (operation === 'UpdateItem') used.writeUnits += await kibibytesOf(input);
        used.writeUnits += before;
        return answer;
      },
      async aroundFunction(name, run) {
        if (!measured || !isMeant(name)) return run();
        const { clock } = measured;
        const coldMs = used.invocations[name] ? 0 : coldStartMs;
        const start = clock.now();
        count(used.invocations, name);
        return run().finally(() => {
          const billedMs = Math.ceil(clock.now() - start + ownMs + coldMs);
          used.gigabyteSeconds += (billedMs / 1000) * (sizeOf(name).memoryMegabytes / 1024);
        });
      },
      async aroundRequest(next) {
        if (measured) await pause(measured.clock, requestMs);
        return next();
      },
    },
    begin(world) {
      const { client, makeClient } = world.world.surroundings(own);
      table = makeClient?.(DynamoDBClient, client);
      measured = world;
      used = nothing();
    },
    read: () => structuredClone(used),
  };
}

type Item = Record<string, AttributeValue> | undefined;

const count = (counts: Record<string, number>, name: string) => {
  counts[name] = (counts[name] ?? 0) + 1;
};

const metricsIn = ({ operation, input }: Call) =>
  operation === 'GetMetricData' ? (input.MetricDataQueries as unknown[]).length : 0;

const kibibytes = (item: Item) => Math.max(1, Math.ceil(itemBytes(item ?? {}) / 1024));

/** Tidegate reads consistently: a unit for each 4 KiB, and one for what is not there. */
function readUnits({ operation, input }: Call, answer: unknown): number {
  const { Item, Responses = {} } = answer as { Item?: Item; Responses?: Record<string, Item[]> };
  const found = operation === 'GetItem' ? [Item] : Object.values(Responses).flat();
  const asked = Object.values((input.RequestItems ?? {}) as Record<string, { Keys: unknown[] }>);
  const missing = asked.flatMap(({ Keys }) => Keys).length - found.length;
  return Math.max(0, missing) + found.reduce((units, item) => units + Math.ceil(kibibytes(item) / 4), 0);
}
