/** Whether a request is signed by who it says (Signature Version 4), and who that is: as AWS checks before it calls a function. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** AWS's own. */
const maxAgeMs = 5 * 60_000;

export interface Signed {
  accessKeyId: string;
}

/** Undefined where the signature is missing, wrong, too old, or for another service. */
export function signerOf(
  request: Request,
  body: Uint8Array,
  { service, secretOf, now }: { service: string; secretOf: (accessKeyId: string) => string; now: number },
): Signed | undefined {
  const [, accessKeyId, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      request.headers.get('authorization') ?? '',
    ) ?? [];
  if (!accessKeyId || !scope || !names || !signature) return undefined;
  const [day = '', region = '', of = '', end = ''] = scope.split('/');
  const at = request.headers.get('x-amz-date') ?? '';
  if (of !== service || end !== 'aws4_request' || !at.startsWith(day)) return undefined;
  const sentAt = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now - sentAt) <= maxAgeMs)) return undefined;

  const url = new URL(request.url);
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date')) return undefined;
  const lines = signed.map((name) => {
    const value = name === 'host' ? (request.headers.get('host') ?? url.host) : request.headers.get(name);
    return `${name}:${(value ?? '').trim()}\n`;
  });
  const digest = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
  const canonical = [
    ...[
      request.method,
      url.pathname.split('/').map(encodeURIComponent).join('/'),
      url.search.slice(1),
      lines.join(''),
      names,
    ],
    digest(body),
  ].join('\n');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    mac,
    `AWS4${secretOf(accessKeyId)}`,
  );
  const expected = mac(key, ['AWS4-HMAC-SHA256', at, scope, digest(canonical)].join('\n'));
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? { accessKeyId } : undefined;
}
