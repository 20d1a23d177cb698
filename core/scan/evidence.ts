/** What there is to go by about an image, wherever it is kept: asked of one source, and not looked into yet. */
import type { EcrRepository } from '../image.ts';
import type { ScannedImage } from './binding.ts';

export interface EvidenceQuestion {
  repository: EcrRepository;
  /** `digests`: what was pushed first, then, where that is an index, its image for the platform that will run. */
  image: ScannedImage;
}

/**
 * How the bytes are to be read. `trivy`: Trivy's own JSON. `cosign-vuln`: what `trivy --format cosign-vuln` writes. The next two are
 * envelopes with a signature, and a statement about a `cosign-vuln` in them. `stated`: one of these four, whichever it says it is.
 * The last two are answers of ECR's API.
 */
export const evidenceFormats = [
  ...(['trivy', 'cosign-vuln', 'sigstore-bundle', 'dsse-envelope', 'stated'] as const),
  ...(['ecr-enhanced', 'ecr-basic'] as const),
] as const;
export type EvidenceFormat = (typeof evidenceFormats)[number];

/** Something that could be evidence: its bytes are what `contentDigest` says, and no more is known of it. */
export interface Evidence {
  format: EvidenceFormat;
  /** Bounded by who fetched it. */
  bytes: Uint8Array;
  /** The digest that it was found beside: one of the image's. */
  subject: string;
  /** By the word of who put it there, ms since the epoch: good for an order and for nothing else. */
  producedAt?: number | undefined;
  /** Where it is kept, for people: `referrer sha256:…`, `s3://…?versionId=…`. */
  locator: string;
  contentDigest: string;
}

/** Something that is none, or not yet, and why: the end of a sentence about it. */
export interface NoEvidence {
  locator: string;
  reason: string;
  /** It is on its way. Without, it was refused. */
  pending?: true;
}

/**
 * The newest first, each fetched when it is asked for: who reads stops at the first that holds. Throws only what may work later
 * (`Transient`, `Throttled`), and what somebody has to put right, such as a permission.
 */
export type Sightings = AsyncIterable<Evidence | NoEvidence>;

export type EvidenceSource = (question: EvidenceQuestion) => Sightings;

export const isEvidence = (sighting: Evidence | NoEvidence): sighting is Evidence => 'bytes' in sighting;
