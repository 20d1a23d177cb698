/** AWS JSON 1.0 and 1.1: what a request says, and how an answer is written. */

/** Dates as epoch seconds, bytes as base64, numbers that JSON lacks by name; what is `undefined` is left out. */
export const toWire = (output: unknown): string => JSON.stringify(asJson(output ?? {}));

/** Not with a replacer of `JSON.stringify`, which takes several times as long. */
function asJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const written: Record<string, unknown> = {};
  for (const key of Object.keys(value)) written[key] = asJson((value as Record<string, unknown>)[key]);
  return written;
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
  /** The Region that the request was signed for. */
  region: string;
}

/** `undefined` for a request that nobody signed. */
export function callerOf(authorization: string | undefined): Caller | undefined {
  const [, accessKeyId, region = ''] =
    /^AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)\/[^/,\s]*(?:\/([^/,\s]+))?/.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined ? undefined : { accessKeyId, region };
}
