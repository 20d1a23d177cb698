/** Answers in pages, as the List operations give them. */

import { invalidParameter } from './errors.ts';

interface Asked {
  maxResults?: number;
  nextToken?: string;
}

/** The token is where the next page starts. Throws InvalidParameterException for one that ECS did not give. */
export function page<Item>(
  items: Item[],
  { maxResults = 100, nextToken }: Asked,
): { items: Item[]; nextToken?: string } {
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > 100) {
    throw invalidParameter('maxResults must be between 1 and 100.');
  }
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from) || from < 0 || from > items.length) throw invalidParameter('Invalid token.');
  const next = from + maxResults;
  return { items: items.slice(from, next), ...(next < items.length && { nextToken: String(next) }) };
}
