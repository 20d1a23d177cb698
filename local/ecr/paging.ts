/** AWS's pages: a list ordered by a key, cut after `maxResults`, continued by an opaque token. */
import { invalidParameter } from './errors.ts';

export interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/**
 * `items` are in the order of `keyOf`, so that what is added or deleted between two pages neither repeats nor hides others.
 * Throws `InvalidParameterException` for a `maxResults` outside 1 to `most` and for a token that is not ours.
 */
export function pageOf<Item>(
  items: Item[],
  keyOf: (item: Item) => string,
  { maxResults, nextToken }: PageRequest,
  { most, usual }: { most: number; usual: number },
): { items: Item[]; nextToken?: string } {
  const size = maxResults ?? usual;
  if (!Number.isInteger(size) || size < 1) {
    throw invalidParameter('maxResults', 'Member must have value greater than or equal to 1');
  }
  if (size > most)
    throw invalidParameter('maxResults', `Member must have value less than or equal to ${most}`);

  const after = nextToken === undefined ? undefined : decode(nextToken);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { items: page };
  return { items: page, nextToken: encode(keyOf(last)) };
}

const encode = (key: string) => Buffer.from(JSON.stringify({ after: key })).toString('base64url');

function decode(token: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { after?: unknown };
    if (typeof after === 'string') return after;
  } catch {
    // falls through: whatever it is, it is not one of our tokens
  }
  throw invalidParameter('nextToken', 'Invalid token');
}
