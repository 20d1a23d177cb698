/** What an image says of itself: read from the registry's manifests and configs, never by pulling it. */
import { ReleaseRejected } from '../core/errors.ts';
import type { EcrRepository } from '../core/image.ts';
import { type BuilderTexts, commitOf, type ImageCommit } from '../core/source/commit.ts';
import {
  ambiguity,
  attestationOf,
  childFor,
  imageConfigSchema,
  imagesIn,
  isImageConfig,
  type OciManifest,
  ociDocumentSchema,
  ociManifestSchema,
} from '../core/source/oci.ts';
import type { ecr } from './ecr.ts';

export interface ImageFacts {
  /** Of what was pushed and, where that is an index, of the image that was read. */
  digests: string[];
  configDigest: string;
  /** Why another image of an index may run than the one that was read, as the end of a sentence. */
  ambiguous: string | undefined;
  /** Every architecture it offers, as `amd64`. */
  architectures: string[];
  /** Of the image that was read. */
  architecture: string | undefined;
  commit: ImageCommit;
  /** What says so. */
  texts: BuilderTexts;
  /** The manifest of what BuildKit says of that image, where it is in the index. */
  attestation: string | undefined;
  /** ms since the epoch. */
  createdAt: number | undefined;
}

const maxConfigBytes = 1024 * 1024;

/**
 * Reads the image behind a digest: for an index, the image for Linux on `architecture`.
 * Throws `ReleaseRejected` where the digest is gone, or is no container image.
 */
export async function imageFacts(
  registry: ReturnType<typeof ecr>,
  repository: EcrRepository,
  digest: string,
  { tag, architecture }: { tag: string; architecture: string },
): Promise<ImageFacts> {
  const pushed = parse(ociDocumentSchema, await registry.manifest(repository, digest), digest);
  const index = pushed.manifests ? pushed : undefined;
  const platform = { os: 'linux', architecture };
  const child = index && childFor(index, platform);
  if (index && !child) throw new ReleaseRejected(`${digest} is an index without a container image`);
  const manifest: OciManifest = child
    ? parse(ociManifestSchema, await registry.manifest(repository, child.digest), child.digest)
    : parse(ociManifestSchema, JSON.stringify(pushed), digest);
  if (!isImageConfig(manifest.artifactType ?? manifest.config.mediaType)) {
    throw new ReleaseRejected(
      `${digest} is a ${manifest.artifactType ?? manifest.config.mediaType}, no container image`,
    );
  }

  const { digest: configDigest } = manifest.config;
  const config = parse(
    imageConfigSchema,
    (await registry.blob(repository, configDigest, maxConfigBytes)).toString(),
    configDigest,
  );
  const texts: BuilderTexts = {
    configLabels: config.config?.Labels,
    indexAnnotations: index?.annotations,
    manifestAnnotations: manifest.annotations,
    tag,
  };
  const offered = index
    ? imagesIn(index).flatMap(({ platform: of }) => of?.architecture ?? [])
    : [config.architecture ?? []].flat();
  const created = config.created ? Date.parse(config.created) : Number.NaN;
  return {
    digests: child ? [digest, child.digest] : [digest],
    configDigest,
    ambiguous: index && ambiguity(index, platform),
    architectures: [...new Set(offered)],
    architecture: config.architecture,
    commit: commitOf(texts),
    texts,
    attestation: child && index && attestationOf(index, child.digest),
    createdAt: Number.isNaN(created) ? undefined : created,
  };
}

function parse<Value>(
  schema: {
    safeParse(
      value: unknown,
    ): { success: true; data: Value } | { success: false; error: { issues: { message: string }[] } };
  },
  text: string,
  digest: string,
): Value {
  const parsed = schema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new ReleaseRejected(
    `${digest} is no container image: ${parsed.error.issues[0]?.message ?? 'unreadable'}`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
