/** Images in memory for engines to run: any tar entries, any compression. */
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { ImageConfig, ImageSource, PulledImage } from '../../local/engine/image-source.ts';

type Header = Parameters<Pack['entry']>[0];
export type Entry = Header & { content?: string };

export interface LayerToBuild {
  entries: Entry[];
  compression?: 'gzip' | 'zstd';
}

export async function layerBytes({ entries, compression }: LayerToBuild) {
  const tar = pack();
  for (const { content, ...given } of entries) {
    // The same image, the same digest, whenever it is made.
    const header = { mtime: new Date(0), ...given };
    if (content === undefined) tar.entry(header);
    else tar.entry(header, content);
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  const plain = Buffer.concat(chunks);
  const bytes =
    compression === 'gzip' ? gzipSync(plain) : compression === 'zstd' ? zstdCompressSync(plain) : plain;
  const mediaType = `application/vnd.oci.image.layer.v1.tar${compression ? `+${compression}` : ''}`;
  return { mediaType, bytes };
}

/** One image under any reference, or the error that pulling answers. */
export async function imageOf(config: ImageConfig, layers: LayerToBuild[]): Promise<ImageSource> {
  const blobs = new Map<string, Uint8Array>();
  const described: PulledImage['layers'] = [];
  for (const layer of layers) {
    const { mediaType, bytes } = await layerBytes(layer);
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    described.push({ mediaType, digest, size: bytes.length });
  }
  const digest = digestOf(JSON.stringify([config, described]));
  return {
    pull: () => ({ repository: 'my-api', digest, config, layers: described }),
    blob: (wanted) => blobs.get(wanted) ?? new Uint8Array(),
  };
}

const digestOf = (content: string | Uint8Array) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
