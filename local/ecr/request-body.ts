/** Reads a request's body as it streams in, and stops as soon as it is too large. */
import type { Bytes } from './manifest.ts';
import { RegistryError } from './registry-errors.ts';

/** Throws 413 `SIZE_INVALID` for more than `limit` bytes without reading the rest. */
export async function readBody(request: Request, limit: number): Promise<Bytes> {
  const tooLarge = () => new RegistryError(413, 'SIZE_INVALID', `the content is larger than ${limit} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();

  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
