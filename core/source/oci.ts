/** What a registry answers: OCI and Docker v2 manifests, indexes and image configs, as far as they are read. */
import * as z from 'zod';
import { digestSchema, shortDigest } from '../image.ts';

export const indexMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
export const manifestMediaTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;
export const configMediaTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
] as const;

/** Does this artifact type mean a container image? Charts, SBOMs, signatures and models are pushed to ECR too. */
export const isImageConfig = (mediaType: string): boolean =>
  (configMediaTypes as readonly string[]).includes(mediaType);

// Go programs write an empty map as null.
const textMap = z.record(z.string(), z.string()).nullish();

const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: digestSchema,
  size: z.int().nonnegative(),
  artifactType: z.string().optional(),
  annotations: textMap,
  platform: platformSchema.optional(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

// A document that is an index and a manifest at once means two things to two readers (CVE-2021-41190).
export const ociIndexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.enum(indexMediaTypes).optional(),
  manifests: z.array(descriptorSchema),
  annotations: textMap,
  config: z.never().optional(),
  layers: z.never().optional(),
});
export type OciIndex = z.infer<typeof ociIndexSchema>;

export const ociManifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.enum(manifestMediaTypes).optional(),
  /** What the manifest is, where it is no image: a report, a signature. */
  artifactType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  /** The manifest that this one is about. */
  subject: descriptorSchema.optional(),
  annotations: textMap,
  manifests: z.never().optional(),
});
export type OciManifest = z.infer<typeof ociManifestSchema>;

/** What a digest or a tag leads to; `manifests` is there only in an index. */
export const ociDocumentSchema = z.union([ociIndexSchema, ociManifestSchema]);

export const imageConfigSchema = z.object({
  os: z.string().optional(),
  architecture: z.string().optional(),
  /** RFC 3339. Builds that are reproducible say 1970. */
  created: z.string().nullish(),
  config: z.object({ Labels: textMap }).nullish(),
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;

export interface Platform {
  os: string;
  architecture: string;
}

const linuxAmd64: Platform = { os: 'linux', architecture: 'amd64' };

/** The images in an index: no attestations of buildx, no SOCI indexes (which name a real platform), no nested indexes. */
export function imagesIn({ manifests }: OciIndex): Descriptor[] {
  return manifests.filter(
    ({ mediaType, artifactType, annotations, platform }) =>
      (manifestMediaTypes as readonly string[]).includes(mediaType) &&
      (!artifactType || isImageConfig(artifactType)) &&
      annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest' &&
      platform?.os !== 'unknown' &&
      platform?.architecture !== 'unknown',
  );
}

/** What BuildKit says of one of the images in an index. */
export const attestationOf = ({ manifests }: OciIndex, image: string): string | undefined =>
  manifests.find(
    ({ annotations }) =>
      annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
      annotations['vnd.docker.reference.digest'] === image,
  )?.digest;

/**
 * The image for a platform; where there is none, the one for linux/amd64, else the first.
 * So its labels can be read in any case: whether it can run there is asked before a deployment.
 */
export function childFor(index: OciIndex, platform: Platform = linuxAmd64): Descriptor | undefined {
  const images = imagesIn(index);
  const forPlatform = ({ os, architecture }: Platform) =>
    images.find((image) => image.platform?.os === os && image.platform.architecture === architecture);
  return forPlatform(platform) ?? forPlatform(linuxAmd64) ?? images[0];
}

/**
 * Why a node may run another image of the index than `childFor` answers, as the end of a sentence about it; undefined where it may not.
 * A node goes by the platform alone: it has more than one word for it, and does not know attestations from images.
 */
export function ambiguity(index: OciIndex, wanted: Platform): string | undefined {
  const child = childFor(index, wanted);
  if (!child) return undefined;
  const mayRun = index.manifests.filter(({ platform }) => !platform || samePlatform(platform, wanted));
  const at = mayRun.indexOf(child);
  // Of several, the first runs: what says that it is no image, as SOCI's indexes do, may stand behind it.
  const other = mayRun.find(
    ({ digest, artifactType }, place) =>
      digest !== child.digest && !(at >= 0 && place > at && artifactType && !isImageConfig(artifactType)),
  );
  if (!other) return undefined;
  const { os, architecture } = wanted;
  return `it is an index of which ${shortDigest(other.digest)} may run on ${os}/${architecture} as well as ${shortDigest(child.digest)}: push one image for each platform`;
}

/** As containerd reads them. */
const sameArchitecture: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
};

function samePlatform(one: Platform, other: Platform): boolean {
  const [a, b] = [one, other].map(({ os, architecture }) => {
    const name = architecture.toLowerCase();
    return `${os.toLowerCase()}/${Object.hasOwn(sameArchitecture, name) ? sameArchitecture[name] : name}`;
  });
  return a === b;
}
