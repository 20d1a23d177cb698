/** Answers stored bytes over HTTP, whole or the one range that was asked for. */
import type { Bytes } from './manifest.ts';

/** Honours a single `Range: bytes=…` of a GET; an unsatisfiable one is answered 416. HEAD gets no body. */
export function ranged(request: Request, bytes: Bytes, headers: Record<string, string>): Response {
  const all = { ...headers, 'accept-ranges': 'bytes' };
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '');
  if (request.method === 'HEAD')
    return new Response(null, { headers: { ...all, 'content-length': `${bytes.length}` } });
  if (!asked || (asked[1] === '' && asked[2] === '')) {
    return new Response(bytes, { headers: { ...all, 'content-length': `${bytes.length}` } });
  }

  const suffix = asked[1] === '';
  const first = suffix ? Math.max(0, bytes.length - Number(asked[2])) : Number(asked[1]);
  const last = suffix || asked[2] === '' ? bytes.length - 1 : Math.min(Number(asked[2]), bytes.length - 1);
  if (first > last)
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } });

  const part = bytes.subarray(first, last + 1);
  const range = {
    'content-range': `bytes ${first}-${last}/${bytes.length}`,
    'content-length': `${part.length}`,
  };
  return new Response(part, { status: 206, headers: { ...all, ...range } });
}
