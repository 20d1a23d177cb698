/** The one table: releases' records, who holds a slot, who waits for what. */
import { forgetAttribute } from '../core/forgetting.ts';
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

export function storage({ sst }: Platform, { table: name, production }: Names): void {
  // SST pays per request and keeps 35 days to go back to.
  new sst.aws.Dynamo('Releases', {
    fields: { key: 'string' },
    primaryIndex: { hashKey: 'key' },
    ttl: forgetAttribute,
    deletionProtection: production,
    transform: { table: { name } },
  });
}
