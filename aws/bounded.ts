/** The bytes of an answer to a request of `fetch`, up to a limit. */

export class TooLarge extends Error {}

/** Throws `TooLarge` where there are more. */
export async function bounded(answer: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new TooLarge(`larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
