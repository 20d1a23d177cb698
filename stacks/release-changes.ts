/** The table's stream, and the function that Lambda reads it for: what becomes of releases, in its order. */
import { releaseChanges } from '../core/triggers.ts';
import { deadLetters } from './dead-letters.ts';
import { type FunctionOptions, lambdaFunction } from './functions.ts';
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

export interface ChangesOptions {
  table: sst.aws.Dynamo;
  access: FunctionOptions['access'];
}

export function readChanges(platform: Platform, names: Names, { table, access }: ChangesOptions): void {
  const { function: name, keyPrefixes, batchSize, windowSeconds, maximumAgeSeconds } = releaseChanges;
  const queue = deadLetters(platform, names, name);
  const reader = lambdaFunction(platform, names, { name, folder: 'events', access, readsStream: true });
  const filter = {
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { key: { S: keyPrefixes.map((prefix) => ({ prefix })) } } },
  };
  new platform.aws.lambda.EventSourceMapping('ReleaseChanges', {
    eventSourceArn: table.nodes.table.streamArn,
    functionName: reader.name,
    startingPosition: 'LATEST',
    batchSize,
    maximumBatchingWindowInSeconds: windowSeconds,
    // What fails holds up what comes after it: in halves, until it is too old to be of use.
    bisectBatchOnFunctionError: true,
    maximumRecordAgeInSeconds: maximumAgeSeconds,
    filterCriteria: { filters: [{ pattern: JSON.stringify(filter) }] },
    destinationConfig: { onFailure: { destinationArn: queue.arn } },
  });
}
