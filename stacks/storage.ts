/** The one table: releases' records, who holds a slot, who waits for what. */
import { forgetAttribute } from '../core/forgetting.ts';
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

export function storage({ sst }: Platform, { table: name, production }: Names): sst.aws.Dynamo {
  // SST pays per request and keeps 35 days to go back to.
  return new sst.aws.Dynamo('Releases', {
    fields: { key: 'string' },
    primaryIndex: { hashKey: 'key' },
    ttl: forgetAttribute,
    // Who wants to know what becomes of releases reads it there: no release tells them itself (docs/adr/0021).
    stream: 'new-and-old-images',
    deletionProtection: production,
    transform: { table: { name } },
  });
}
