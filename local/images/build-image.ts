/** Builds a real OCI image without an engine: gzipped tar layers, a config, a manifest. The same input, the same digest. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/** Content and what names it: a descriptor with its bytes. */
export interface Blob {
  mediaType: string;
  digest: string;
  size: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface BuiltImage {
  manifest: Blob;
  config: Blob;
  layers: (Blob & { diffId: string })[];
  /** As OCI names it: `amd64`, `arm64`. */
  architecture: string;
  created: Date;
}

export interface ImageToBuild {
  /** Lowest layer first; each is a list of files with absolute paths without the leading slash. */
  layers: { path: string; content: string }[][];
  config: {
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    WorkingDir?: string;
    ExposedPorts?: Record<string, object>;
    Labels?: Record<string, string>;
  };
  created: Date;
  architecture: string;
}

export async function buildImage({
  layers,
  config,
  created,
  architecture,
}: ImageToBuild): Promise<BuiltImage> {
  const built = await Promise.all(layers.map(layer));
  const configFile = {
    created: created.toISOString(),
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: built.map(({ diffId }) => diffId) },
    history: built.map(() => ({ created: created.toISOString(), created_by: 'tidegate push' })),
  };
  const configBlob = jsonBlob(mediaTypes.config, configFile);
  const manifest = jsonBlob(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf(configBlob),
    layers: built.map(descriptorOf),
  });
  return { manifest, config: configBlob, layers: built, architecture, created };
}

/** What other documents refer to a blob by. */
export const descriptorOf = ({ mediaType, digest, size }: Blob) => ({ mediaType, digest, size });

export function blobOf(mediaType: string, bytes: Uint8Array<ArrayBuffer>): Blob {
  return { mediaType, digest: sha256(bytes), size: bytes.length, bytes };
}

export const jsonBlob = (mediaType: string, document: unknown) =>
  blobOf(mediaType, new TextEncoder().encode(JSON.stringify(document)));

const sha256 = (bytes: Uint8Array) => `sha256:${hash('sha256', bytes)}`;

type Files = ImageToBuild['layers'][number];
type Layer = BuiltImage['layers'][number];

/** By its files: worlds of one process push the same few layers again and again. */
const knownLayers = new Map<string, Promise<Layer>>();

function layer(files: Files): Promise<Layer> {
  const key = JSON.stringify(files);
  const known = knownLayers.get(key) ?? layerOf(files);
  knownLayers.set(key, known);
  return known;
}

/** Owner, mode and time are fixed, so that only the content decides the digest. */
async function layerOf(files: Files): Promise<Layer> {
  const archive = pack();
  for (const { path, content } of files)
    archive.entry({ name: path, mode: 0o644, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  return { ...blobOf(mediaTypes.layer, gzipSync(tar, { level: 9 })), diffId: sha256(tar) };
}
