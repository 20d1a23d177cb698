/** Evidence that is attached to the image in its registry: OCI referrers, the newest first. */
import { ReleaseRejected, Throttled, Transient } from '../../core/errors.ts';
import { shortDigest } from '../../core/image.ts';
import type {
  Evidence,
  EvidenceFormat,
  EvidenceQuestion,
  EvidenceSource,
  NoEvidence,
} from '../../core/scan/evidence.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { ociManifestSchema } from '../../core/source/oci.ts';
import type { ecr } from '../ecr.ts';

type Ecr = Pick<ReturnType<typeof ecr>, 'referrers' | 'manifest' | 'blob'>;

/** By artifact type. The first is attached by `oras attach --artifact-type …`, as raw Trivy JSON. */
const formats: Readonly<Record<string, EvidenceFormat>> = {
  'application/vnd.aquasec.trivy.report.v2+json': 'trivy',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'sigstore-bundle',
};

/** Of the referrers, the newest so many are read. */
const maxCandidates = 20;

interface Candidate {
  digest: string;
  format: EvidenceFormat;
  createdAt: string;
}

export const referrers = (ecr: Ecr): EvidenceSource =>
  async function* (question) {
    for (const candidate of await candidates(ecr, question)) yield await read(ecr, question, candidate);
  };

async function candidates(ecr: Ecr, { repository, image }: EvidenceQuestion): Promise<Candidate[]> {
  const attached = await Promise.all(
    image.digests.map((digest) => ecr.referrers(repository, digest, Object.keys(formats))),
  );
  return attached
    .flat()
    .flatMap(({ digest, artifactType = '', annotations }) => {
      const format = formats[artifactType];
      const createdAt = annotations?.['org.opencontainers.image.created'] ?? '';
      return digest && format ? [{ digest, format, createdAt }] : [];
    })
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, maxCandidates);
}

async function read(
  ecr: Ecr,
  { repository, image }: EvidenceQuestion,
  { digest, format, createdAt }: Candidate,
): Promise<Evidence | NoEvidence> {
  const locator = `referrer ${shortDigest(digest)}`;
  const refused = (reason: string): NoEvidence => ({ locator, reason });
  try {
    const manifest = ociManifestSchema.safeParse(JSON.parse(await ecr.manifest(repository, digest)));
    if (!manifest.success) return refused('its manifest is not readable');
    const { subject, layers } = manifest.data;
    if (!subject || !image.digests.includes(subject.digest))
      return refused('it is attached to another image');
    const [layer] = layers;
    if (!layer) return refused('it has no content');
    if (layer.size > maxReportBytes) return refused(`it is larger than ${maxReportBytes / 1024 / 1024} MiB`);
    const bytes = await ecr.blob(repository, layer.digest, maxReportBytes);
    const producedAt = Date.parse(createdAt);
    return {
      ...{ format, bytes, subject: subject.digest, locator, contentDigest: layer.digest },
      ...(!Number.isNaN(producedAt) && { producedAt }),
    };
  } catch (error) {
    return refused(unreadable(error as Error));
  }
}

/** What cannot be read is no evidence; AWS that cannot be reached is no reason to say so. */
function unreadable(error: Error): string {
  if (error instanceof Transient || error instanceof Throttled) throw error;
  if (error instanceof ReleaseRejected) return 'it is gone';
  return `it cannot be read: ${error.message}`;
}
