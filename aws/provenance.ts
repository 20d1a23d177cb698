/** Which commit an image was made of, where the image itself does not say: BuildKit's provenance beside it is read, too. */
import { Throttled, Transient } from '../core/errors.ts';
import type { EcrRepository } from '../core/image.ts';
import { commitOf, type ImageCommit } from '../core/source/commit.ts';
import { ociManifestSchema } from '../core/source/oci.ts';
import { provenanceTexts } from '../core/source/provenance.ts';
import type { ecr } from './ecr.ts';
import type { ImageFacts } from './images.ts';

/** With `mode=max` BuildKit writes the whole build down; most are smaller. */
const maxBytes = 1024 * 1024;

/** Costs two calls, and only where source or revision are not known. What cannot be read is nothing that is known. */
export async function commitBehind(
  registry: ReturnType<typeof ecr>,
  repository: EcrRepository,
  { commit, texts, digests, attestation }: ImageFacts,
): Promise<ImageCommit> {
  if (attestation === undefined || (commit.source && commit.revision)) return commit;
  try {
    const manifest = ociManifestSchema.parse(JSON.parse(await registry.manifest(repository, attestation)));
    const layer = manifest.layers.find(({ annotations }) =>
      annotations?.['in-toto.io/predicate-type']?.startsWith('https://slsa.dev/provenance/'),
    );
    if (!layer) return commit;
    const written = JSON.parse((await registry.blob(repository, layer.digest, maxBytes)).toString());
    return commitOf({ ...texts, provenance: provenanceTexts(written, String(digests.at(-1))) });
  } catch (error) {
    if (error instanceof Transient || error instanceof Throttled) throw error;
    return commit;
  }
}
