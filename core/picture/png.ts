/** Pixels as PNG: eight bits of red, green and blue, each row as its difference to the one above. */
import { crc32, deflateSync } from 'node:zlib';
import type { Pixels } from './paint.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Up. What a chart shows goes mostly straight down: what is left are zeros, which take no room. */
const filter = 2;

export function png({ width, height, data }: Pixels): Uint8Array {
  const row = width * 3;
  const filtered = Buffer.alloc(height * (row + 1));
  let above: Uint8Array = new Uint8Array(row);
  for (let y = 0; y < height; y += 1) {
    const own = data.subarray(y * row, (y + 1) * row);
    const start = y * (row + 1);
    filtered[start] = filter;
    // Most rows are as the one above.
    if (Buffer.compare(own, above) !== 0)
      for (let at = 0; at < row; at += 1) filtered[start + 1 + at] = (own[at] ?? 0) - (above[at] ?? 0);
    above = own;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, true colour; compression, filter and interlacing as there is only one of, or none.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
