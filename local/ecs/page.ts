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
  checkSize(maxResults);
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from) || from < 0 || from > items.length) throw invalidParameter('Invalid token.');
  const next = from + maxResults;
  return { items: items.slice(from, next), ...(next < items.length && { nextToken: String(next) }) };
}

/** ARNs in their own order: one that comes or goes between two pages neither repeats nor hides others. */
export function pageOfArns(arns: string[], { maxResults = 100, nextToken = '' }: Asked) {
  checkSize(maxResults);
  if (nextToken !== '' && !nextToken.startsWith('after arn:')) throw invalidParameter('Invalid token.');
  const rest = arns.filter((arn) => `after ${arn}` > nextToken).toSorted();
  const items = rest.slice(0, maxResults);
  return { items, ...(items.length < rest.length && { nextToken: `after ${items.at(-1)}` }) };
}

function checkSize(maxResults: number) {
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= 100) return;
  throw invalidParameter('maxResults must be between 1 and 100.');
}
