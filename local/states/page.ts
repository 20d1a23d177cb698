/** Lists that are answered in pages. */
import { AwsError } from '../aws-service.ts';

/** One page, and the token of the next. 0 results means as many as there may be. */
export function page<Item>(items: readonly Item[], { maxResults = 0, nextToken }: PageRequest, most: number) {
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > most) {
    throw new AwsError('ValidationException', `maxResults must be between 0 and ${most}`);
  }
  const start = nextToken === undefined ? 0 : offsetIn(nextToken);
  const end = start + (maxResults || Math.min(100, most));
  const shown = items.slice(start, end);
  return end < items.length ? { shown, nextToken: Buffer.from(`from ${end}`).toString('base64') } : { shown };
}

export interface PageRequest {
  maxResults?: number;
  nextToken?: string;
}

function offsetIn(token: string): number {
  const [, offset] = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (offset === undefined) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return Number(offset);
}
