/** The JSON in a request. */
import type { IncomingMessage } from 'node:http';

export const maxBodyBytes = 16 * 1024;

export type Body = { ok: true; value: unknown } | { ok: false; status: 400 | 413; error: string };

export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return { ok: false, status: 413, error: `more than ${maxBodyBytes} bytes` };
    chunks.push(chunk);
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch {
    return { ok: false, status: 400, error: 'not JSON' };
  }
}
