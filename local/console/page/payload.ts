/** The JSON that a history carries, without what wraps it: people look for what a function was given and what it said. */

/** Undefined where it is no JSON. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** What `lambda:invoke` sent to the function or got from it; anything else as it is. */
export function payloadOf(text: string | undefined): unknown {
  const value = parsed(text);
  const fields = fieldsOf(value);
  return 'Payload' in fields ? fields.Payload : value;
}

/** What a step says when it found something against the release, or did not reach the way back. */
const refusals = [
  'fail',
  'failed',
  'refuted',
  'rejected',
  'expired',
  'take back',
  'unchanged',
  'not approved',
];

/** A step that worked, and whose finding speaks against the release. */
export function saysNo(answer: unknown): boolean {
  const { status, decision } = fieldsOf(answer);
  return [status, decision].some((word) => refusals.includes(String(word)));
}

/** A step that worked, kept the release, and had too little to judge it by. */
export const couldNotTell = (answer: unknown): boolean => fieldsOf(answer).status === 'inconclusive';

export interface Trouble {
  /** The name of the error. */
  error: string;
  /** What a person reads first. */
  message: string;
  /** Where it was thrown, a line each. */
  trace: string[];
}

/** Lambda's cause is the whole error as JSON text. */
export function troubleOf(error: string, cause: string | undefined): Trouble {
  const { errorMessage, trace, stackTrace } = fieldsOf(parsed(cause));
  const lines = [trace, stackTrace].find((one) => Array.isArray(one) && one.length > 0);
  return {
    error,
    message: typeof errorMessage === 'string' ? errorMessage : (cause ?? ''),
    trace: Array.isArray(lines) ? lines.map(String) : [],
  };
}
