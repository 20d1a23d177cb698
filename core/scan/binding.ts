/** Is a report evidence for this image? Whoever may push to the repository can attach any report to any image. */
import { spoken } from '../duration.ts';
import { shortDigest } from '../image.ts';
import { foreignText } from '../source/foreign-text.ts';
import type { ScanPolicy } from './policy.ts';
import { createdAt, type Report } from './report.ts';

export interface ScannedImage {
  /** Of what was pushed and, where that is an index, of the child that will run. */
  digests: readonly string[];
  configDigest: string;
  /** Such as `amd64`, where known. */
  architecture?: string | undefined;
  /** From the image's config, ms since the epoch. */
  createdAt?: number | undefined;
}

/** How far the clocks of two machines may differ. */
export const clockSkewSeconds = 300;

/** Why the report is no evidence for the image, as the end of a sentence; undefined where it is. `now` in ms since the epoch. */
export function unbound(
  report: Report,
  image: ScannedImage,
  { maxReportAge }: Pick<ScanPolicy, 'maxReportAge'>,
  now: number,
): string | undefined {
  const { ArtifactType, Metadata: { ImageID = '', RepoDigests = [], ImageConfig } = {} } = report;
  if (ArtifactType !== 'container_image')
    return `its ArtifactType is ${shown(ArtifactType)}, not container_image`;

  // With Docker's containerd store the image's id is the digest of its index or manifest.
  const byId = [image.configDigest, ...image.digests].includes(ImageID);
  const byDigest = image.digests.some((digest) => names(RepoDigests, digest));
  if (!byId && !byDigest) {
    const about = RepoDigests.find((name) => name !== '') ?? ImageID;
    if (about === '') return 'it does not say which image it is about';
    return `it is about another image: ${shown(about)}, not ${image.digests.map(shortDigest).join(' or ')}`;
  }

  // The digest of an index says nothing about which of its images was looked into.
  const scanned = ImageConfig?.architecture;
  const child = image.digests[1];
  const certain =
    child === undefined || ImageID === image.configDigest || ImageID === child || names(RepoDigests, child);
  if (!certain && image.architecture && !scanned) {
    return `it is about an index, and does not say which of its images was looked into`;
  }
  if (ImageID !== image.configDigest && image.architecture && scanned && scanned !== image.architecture) {
    return `it is about the image for ${shown(scanned)}, not for ${image.architecture}`;
  }

  return untimely(createdAt(report), image, { maxReportAge }, now);
}

/** Why a report that was made then is none for the image now, as the end of a sentence; undefined where it is. Times in ms since the epoch. */
export function untimely(
  made: number | undefined,
  image: Pick<ScannedImage, 'createdAt'>,
  { maxReportAge }: Pick<ScanPolicy, 'maxReportAge'>,
  now: number,
): string | undefined {
  const skew = clockSkewSeconds * 1000;
  if (made === undefined) return 'it does not say when it was made';
  if (made > now + skew) return `it was made ${spoken((made - now) / 1000)} in the future`;
  if (now - made > maxReportAge * 1000) {
    return `it is ${spoken((now - made) / 1000)} old, and at most ${spoken(maxReportAge)} are allowed`;
  }
  if (image.createdAt !== undefined && made < image.createdAt - skew) {
    return `it was made ${spoken((image.createdAt - made) / 1000)} before the image`;
  }
  return undefined;
}

const names = (repoDigests: readonly string[], digest: string) =>
  repoDigests.some((name) => name.endsWith(`@${digest}`));
const shown = (text: string | undefined) => foreignText(text ?? '', 120) ?? 'missing';
