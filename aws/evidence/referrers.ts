/** Evidence that is kept beside the image in its registry: OCI referrers, the newest first, and then cosign 2's tags. */
import { ReleaseRejected, Throttled, Transient } from '../../core/errors.ts';
import type {
  Evidence,
  EvidenceFormat,
  EvidenceQuestion,
  EvidenceSource,
  NoEvidence,
} from '../../core/scan/evidence.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { type Descriptor, type OciManifest, ociManifestSchema } from '../../core/source/oci.ts';
import type { ecr } from '../ecr.ts';

type Ecr = Pick<ReturnType<typeof ecr>, 'referrers' | 'manifest' | 'blob' | 'taggedManifests'>;

/**
 * By artifact type. The first is attached by `oras attach --artifact-type …`, as raw Trivy JSON; the other is how cosign 3 and
 * GitHub's attestations come.
 */
const ofReferrers: Readonly<Record<string, EvidenceFormat>> = {
  'application/vnd.aquasec.trivy.report.v2+json': 'trivy',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'sigstore-bundle',
};
/** By the media type of a layer, of which cosign 2 adds one for each attestation, the newest last. */
const ofLayers: Readonly<Record<string, EvidenceFormat>> = {
  'application/vnd.dsse.envelope.v1+json': 'dsse-envelope',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'sigstore-bundle',
};

/** Strangers choose the type: `constructor` is none. */
const formatIn = (formats: typeof ofLayers, type: string): EvidenceFormat | undefined =>
  Object.hasOwn(formats, type) ? formats[type] : undefined;

/** Of the referrers, and of the layers behind a tag, the newest so many are read. */
const maxCandidates = 20;

export const referrers = (ecr: Ecr): EvidenceSource =>
  async function* (question) {
    for (const candidate of await candidates(ecr, question)) yield await read(ecr, question, candidate);
    // Fetched only where no referrer holds.
    yield* tagged(ecr, question);
  };

interface Candidate {
  digest: string;
  format: EvidenceFormat;
  createdAt: string;
}

async function candidates(ecr: Ecr, { repository, image }: EvidenceQuestion): Promise<Candidate[]> {
  const attached = await Promise.all(
    image.digests.map((digest) => ecr.referrers(repository, digest, Object.keys(ofReferrers))),
  );
  return attached
    .flat()
    .flatMap(({ digest, artifactType = '', annotations = {} }) => {
      const format = formatIn(ofReferrers, artifactType);
      const createdAt = annotations['org.opencontainers.image.created'] ?? '';
      const wanted = isOfScan(annotations['dev.sigstore.bundle.predicateType']);
      return digest && format && wanted ? [{ digest, format, createdAt }] : [];
    })
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, maxCandidates);
}

/** Provenance and SBOMs are attested beside it: they are no reports that had to be refused. Where nothing is said, it may be one. */
const isOfScan = (predicateType: string | undefined) =>
  predicateType === undefined ||
  /^(https:\/\/)?cosign\.sigstore\.dev\/attestation\/vuln\//.test(predicateType);

async function read(ecr: Ecr, question: EvidenceQuestion, candidate: Candidate) {
  const { repository, image } = question;
  const { digest, format, createdAt } = candidate;
  const locator = `referrer ${digest}`;
  return unlessUnreadable(locator, async (): Promise<Evidence | NoEvidence> => {
    const manifest = ociManifestSchema.safeParse(JSON.parse(await ecr.manifest(repository, digest)));
    if (!manifest.success) return { locator, reason: 'its manifest is not readable' };
    const { subject, layers } = manifest.data;
    if (!subject || !image.digests.includes(subject.digest)) {
      return { locator, reason: 'it is attached to another image' };
    }
    const [layer] = layers;
    if (!layer) return { locator, reason: 'it has no content' };
    const producedAt = Date.parse(createdAt);
    return fetched(ecr, question, layer, {
      ...{ format, subject: subject.digest, locator },
      ...(!Number.isNaN(producedAt) && { producedAt }),
    });
  });
}

/** What `cosign attest` left before version 3: layers of one manifest, under a tag that names the image. */
async function* tagged(ecr: Ecr, question: EvidenceQuestion): AsyncGenerator<Evidence | NoEvidence> {
  const subjects = new Map<string, string>(
    question.image.digests.map((digest) => [`${digest.replace(':', '-')}.att`, digest]),
  );
  const locator = `tag ${[...subjects.keys()].join(' or ')}`;
  const found = await unlessUnreadable(locator, () =>
    ecr.taggedManifests(question.repository, [...subjects.keys()]),
  );
  if (!Array.isArray(found)) {
    yield found;
    return;
  }
  for (const { tag, manifest } of found) {
    const subject = subjects.get(tag);
    if (subject === undefined) continue;
    const at = `tag ${tag}`;
    const layers = await unlessUnreadable(at, async () =>
      attestations(ociManifestSchema.parse(JSON.parse(manifest))),
    );
    if (!Array.isArray(layers)) {
      yield layers;
      continue;
    }
    for (const [format, layer] of layers) {
      yield await unlessUnreadable(at, () => fetched(ecr, question, layer, { format, subject, locator: at }));
    }
  }
}

const attestations = ({ layers }: OciManifest) =>
  layers
    .flatMap((layer): [EvidenceFormat, Descriptor][] => {
      const format = formatIn(ofLayers, layer.mediaType);
      return format && isOfScan(layer.annotations?.predicateType) ? [[format, layer]] : [];
    })
    .reverse()
    .slice(0, maxCandidates);

async function fetched(
  ecr: Ecr,
  { repository }: EvidenceQuestion,
  { digest, size }: Descriptor,
  about: Omit<Evidence, 'bytes' | 'contentDigest'>,
): Promise<Evidence | NoEvidence> {
  if (size > maxReportBytes) {
    return { locator: about.locator, reason: `it is larger than ${maxReportBytes / 1024 / 1024} MiB` };
  }
  return { ...about, bytes: await ecr.blob(repository, digest, maxReportBytes), contentDigest: digest };
}

/** What cannot be read is no evidence; AWS that cannot be reached is no reason to say so. */
async function unlessUnreadable<Found>(
  locator: string,
  find: () => Promise<Found>,
): Promise<Found | NoEvidence> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Transient || error instanceof Throttled) throw error;
    if (error instanceof ReleaseRejected) return { locator, reason: 'it is gone' };
    return { locator, reason: `it cannot be read: ${(error as Error).message}` };
  }
}
