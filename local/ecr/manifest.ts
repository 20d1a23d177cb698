/** Reads the manifests that ECR stores: OCI images and indexes, Docker v2 images and lists. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { invalidParameter } from './errors.ts';

/** Bytes that are not shared with another thread: what a `Response` can be made of. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** ECR's limit for a manifest. */
export const manifestLimit = 4 * 1024 * 1024;

const digestPattern = /^sha256:[0-9a-f]{64}$/;
export const isDigest = (text: string) => digestPattern.test(text);

export const sha256 = (bytes: Uint8Array) => `sha256:${hash('sha256', bytes)}`;

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(digestPattern),
  size: z.int().nonnegative(),
  platform: z.looseObject({ os: z.string(), architecture: z.string() }).optional(),
  urls: z.array(z.string()).optional(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  subject: descriptorSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
};
const imageSchema = z.looseObject({ ...common, config: descriptorSchema, layers: z.array(descriptorSchema) });
const indexSchema = z.looseObject({ ...common, manifests: z.array(descriptorSchema) });

const schemas: Record<string, typeof imageSchema | typeof indexSchema> = {
  'application/vnd.oci.image.manifest.v1+json': imageSchema,
  'application/vnd.docker.distribution.manifest.v2+json': imageSchema,
  'application/vnd.oci.image.index.v1+json': indexSchema,
  'application/vnd.docker.distribution.manifest.list.v2+json': indexSchema,
};

export interface Manifest {
  mediaType: string;
  /** What the manifest is of: its `artifactType`, else its config's media type. An index only has the former. */
  artifactType: string | undefined;
  /** Of an image; absent for an index. */
  config: Descriptor | undefined;
  layers: Descriptor[];
  /** Of an index, in its order. */
  children: Descriptor[];
  subject: Descriptor | undefined;
  annotations: Record<string, string> | undefined;
}

/**
 * `declared` is the media type that came with the manifest; it must be the manifest's own where that says one.
 * Throws `InvalidParameterException` in ECR's words.
 */
export function parseManifest(bytes: Uint8Array, declared: string | undefined): Manifest {
  const json = parseJson(bytes);
  const own = (json as { mediaType?: unknown } | null)?.mediaType;
  const mediaType = typeof own === 'string' ? own : (declared ?? '');
  const schema = Object.hasOwn(schemas, mediaType) ? schemas[mediaType] : undefined;
  if (!schema || (declared && declared !== mediaType)) {
    throw invalidParameter('ImageManifest', 'Unsupported image manifest media type');
  }

  const read = schema.safeParse(json);
  if (!read.success) throw invalidParameter('ImageManifest', 'Invalid JSON syntax');
  const { subject, annotations, artifactType } = read.data;
  const shared = { mediaType, subject, annotations };
  if ('manifests' in read.data) {
    const children = read.data.manifests as Descriptor[];
    return { ...shared, artifactType, config: undefined, layers: [], children };
  }
  const { config, layers } = read.data as z.infer<typeof imageSchema>;
  return { ...shared, artifactType: artifactType ?? config.mediaType, config, layers, children: [] };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalidParameter('ImageManifest', 'Invalid JSON syntax');
  }
}

/** The blobs a manifest cannot do without. Layers with `urls` are fetched from elsewhere. */
export const requiredBlobs = ({ config, layers }: Manifest) =>
  [...(config ? [config] : []), ...layers.filter(({ urls }) => !urls)].map(({ digest }) => digest);
