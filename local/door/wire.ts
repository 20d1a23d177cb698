/** AWS JSON 1.0 and 1.1: what a request says, and how an answer is written. */

/** Dates as epoch seconds, bytes as base64, numbers that JSON lacks by name; what is `undefined` is left out. */
export function toWire(output: unknown): string {
  return JSON.stringify(output ?? {}, function (this: Record<string, unknown>, key: string, value: unknown) {
    // Date and Buffer have a toJSON of their own, which ran before: the holder still has the original.
    const original = this[key];
    if (original instanceof Date) return original.getTime() / 1000;
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return value;
  });
}

/** `undefined` for what is not a JSON object. */
export function fromWire(text: string): Record<string, unknown> | undefined {
  try {
    const input: unknown = JSON.parse(text);
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    return isObject ? (input as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Who calls, as far as the signature's `Credential` says. The signature itself is not checked. */
export interface Caller {
  accessKeyId: string;
}

/** `undefined` for a request that nobody signed. */
export function callerOf(authorization: string | undefined): Caller | undefined {
  const [, accessKeyId] = /^AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)\//.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined ? undefined : { accessKeyId };
}
