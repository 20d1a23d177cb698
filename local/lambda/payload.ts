/** What goes in and comes out of a function passes through JSON, and has a size. */
import { AwsError } from '../aws-service.ts';
import { FunctionError } from './function-error.ts';

const mebibyte = 1024 * 1024;
const limits = { RequestResponse: 6 * mebibyte, Event: mebibyte };
/** Lambda lets an answer be a little larger than a request. */
const answerLimit = 6 * mebibyte + 100;

export type InvocationType = keyof typeof limits;

/** The JSON text of a payload. Throws `RequestEntityTooLargeException`. */
export function written(payload: unknown, type: InvocationType): string {
  const text = JSON.stringify(payload ?? {});
  if (Buffer.byteLength(text) <= limits[type]) return text;
  const message = `Request must be smaller than ${limits[type]} bytes for the InvokeFunction operation`;
  throw new AwsError('RequestEntityTooLargeException', message, 413);
}

/** What the caller receives of an answer. Throws `FunctionError` where Lambda fails the invocation for it. */
export function returned(answer: unknown): unknown {
  const text = json(answer);
  if (Buffer.byteLength(text) > answerLimit) {
    const message = `Response payload size exceeded maximum allowed payload size (${answerLimit} bytes).`;
    throw new FunctionError('Function.ResponseSizeTooLarge', message);
  }
  return JSON.parse(text);
}

function json(answer: unknown): string {
  try {
    return JSON.stringify(answer) ?? 'null';
  } catch {
    throw new FunctionError('Runtime.MarshalError', 'Unable to stringify response body');
  }
}
