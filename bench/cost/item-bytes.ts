/** How large DynamoDB takes an item for, by which it bills. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export function itemBytes(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

/** A number is a byte for two digits and one more; lists and maps take 3 bytes, and one for each element. */
function valueBytes({ S, N, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (L) return 3 + L.reduce((sum, value) => sum + 1 + valueBytes(value), 0);
  if (M) return 3 + Object.keys(M).length + itemBytes(M);
  return 1;
}
