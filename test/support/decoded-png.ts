/** A PNG of eight bits of red, green and blue, read as any reader would: every check, every chunk, every filter that may be there. */
import { crc32, inflateSync } from 'node:zlib';

export interface Decoded {
  width: number;
  height: number;
  /** As `#ffffff`. */
  at(x: number, y: number): string;
}

export function decodedPng(bytes: Uint8Array): Decoded {
  const all = Buffer.from(bytes);
  if (all.toString('latin1', 1, 4) !== 'PNG') throw new Error('no PNG');
  const chunks = new Map<string, Buffer>();
  for (let from = 8; from < all.length; ) {
    const length = all.readUInt32BE(from);
    const body = all.subarray(from + 4, from + 8 + length);
    if (all.readUInt32BE(from + 8 + length) !== crc32(body)) throw new Error('a chunk is damaged');
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    from += 12 + length;
  }
  const header = chunks.get('IHDR');
  const data = chunks.get('IDAT');
  if (!header || !data || !chunks.has('IEND')) throw new Error('a chunk is missing');
  if (header.toString('hex', 8) !== '0802000000') throw new Error('another kind of PNG');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(data);
  const row = width * 3;
  const pixels = Buffer.alloc(height * row);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < row; x += 1) {
      const filter = rows[y * (row + 1)];
      if (filter !== 0 && filter !== 2) throw new Error(`a filter that is not read here: ${filter}`);
      const above = filter === 2 && y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0;
      pixels[y * row + x] = (rows[y * (row + 1) + 1 + x] ?? 0) + above;
    }
  const at = (x: number, y: number) => {
    const from = (Math.floor(y) * width + Math.floor(x)) * 3;
    return `#${pixels.toString('hex', from, from + 3)}`;
  };
  return { width, height, at };
}
