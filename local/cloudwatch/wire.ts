/** What CloudWatch's operations share of the wire: dimensions, pages, and errors in CloudWatch's words. */
import { AwsError } from '../aws-service.ts';

export interface WireDimension {
  Name: string;
  Value: string;
}

export const fromWire = (dimensions: WireDimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));

export const toWire = (dimensions: Readonly<Record<string, string>>): WireDimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

export const validationError = (message: string) => new AwsError('ValidationError', message);

export function required(input: Record<string, unknown>, ...parameters: string[]): void {
  const missing = parameters.filter((parameter) => input[parameter] === undefined);
  if (missing.length > 0) {
    throw validationError(missing.map((parameter) => `The parameter ${parameter} is required.`).join('\n'));
  }
}

/** The part of `all` that a token points to. The token is only an offset: what is added meanwhile may shift a page. */
export function page<Item>(all: Item[], size: number, token?: string): { items: Item[]; NextToken?: string } {
  const start = token === undefined ? 0 : offsetOf(token);
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { NextToken: tokenOf(end) }) };
}

export const tokenOf = (offset: number): string => Buffer.from(`from:${offset}`).toString('base64url');

export function offsetOf(token: string): number {
  const offset = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (offset === undefined) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  return Number(offset);
}
