/** Evidence that is kept in a bucket of S3, under a key that names the image. */
import { hash } from 'node:crypto';
import { Throttled, Transient } from '../../core/errors.ts';
import type { Evidence, EvidenceSource, NoEvidence } from '../../core/scan/evidence.ts';
import { type EvidenceBucket, reportKey } from '../../core/scan/evidence-setting.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { bounded, TooLarge } from '../bounded.ts';
import { within } from '../deadline.ts';
import { ecrClients } from '../ecr-clients.ts';
import type { Means } from '../means.ts';
import { signedHeaders } from '../signed-request.ts';

/** A report of 20 MiB takes a second or two. */
const timeoutMs = 15_000;
const maxErrorBytes = 64 * 1024;

export const bucketOf = (means: Means, setting: EvidenceBucket): EvidenceSource =>
  async function* ({ repository, image }) {
    for (const digest of image.digests) {
      const key = reportKey(setting, repository, digest.slice('sha256:'.length));
      const found = await within(timeoutMs, (signal) => get(means, setting, key, signal));
      const locator = `s3://${setting.bucket}/${key}${found.version ? `?versionId=${found.version}` : ''}`;
      yield 'reason' in found ? { locator, ...found.reason } : { ...found.content, subject: digest, locator };
    }
  };

interface Got {
  version?: string | undefined;
}
type Answer = Got &
  (
    | { reason: Omit<NoEvidence, 'locator'> }
    | { content: Pick<Evidence, 'format' | 'bytes' | 'contentDigest' | 'producedAt'> }
  );

async function get(
  means: Means,
  { bucket, region }: EvidenceBucket,
  key: string,
  signal: AbortSignal,
): Promise<Answer> {
  const at = region ?? means.home.region;
  const url = `${means.environment.S3_URL ?? endpointIn(at)}/${bucket}/${key}`;
  // Whose credentials they are, and how they are had, is what every client of the SDK knows.
  const credentials = await means.open(ecrClients)({ region: at }).config.credentials();
  const headers = signedHeaders({
    ...{ url, region: at, credentials, service: 's3', now: means.now() },
    headers: { 'x-amz-checksum-mode': 'ENABLED' },
  });
  const answer = await means.fetch(url, { headers, signal, redirect: 'manual' }).catch(brokenOff);
  if (answer.status !== 200) return { reason: await refusal(answer, bucket, at) };

  const version = answer.headers.get('x-amz-version-id') ?? undefined;
  const bytes = await bounded(answer, maxReportBytes).catch((error: Error) =>
    error instanceof TooLarge ? undefined : brokenOff(error),
  );
  if (!bytes) return { version, reason: { reason: `it is larger than ${maxReportBytes / 1024 / 1024} MiB` } };
  const contentDigest = `sha256:${hash('sha256', bytes)}`;
  // S3 has one where whoever uploaded it gave one, or let S3 make it.
  const expected = checksumOf(answer.headers);
  if (expected !== undefined && expected !== contentDigest) {
    return {
      version,
      reason: { reason: `its content has the digest ${contentDigest}, and S3 says ${expected}` },
    };
  }
  const producedAt = Date.parse(answer.headers.get('last-modified') ?? '');
  return {
    version,
    content: { format: 'stated', bytes, contentDigest, ...(!Number.isNaN(producedAt) && { producedAt }) },
  };
}

const endpointIn = (region: string) =>
  `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Of an upload in parts it is one of parts. */
function checksumOf(headers: Headers): string | undefined {
  const checksum = headers.get('x-amz-checksum-sha256');
  if (checksum === null || checksum.includes('-')) return undefined;
  return `sha256:${Buffer.from(checksum, 'base64').toString('hex')}`;
}

/** Throws what may work later, and what somebody has to put right in the configuration. */
async function refusal(
  answer: Response,
  bucket: string,
  region: string,
): Promise<Omit<NoEvidence, 'locator'>> {
  const text = (await bounded(answer, maxErrorBytes).catch(() => '')).toString();
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${answer.status}`;
  if (code === 'NoSuchKey') return { reason: 'it is not there', pending: true };
  // S3 says so of what is not there, too, to who may not list the bucket: Tidegate may not.
  if (code === 'AccessDenied') {
    return { reason: 'it is not there, or may not be read: S3 says AccessDenied of both', pending: true };
  }
  if (code === 'InvalidObjectState') return { reason: 'it is archived' };
  if (code === 'SlowDown' || answer.status === 429) throw new Throttled(`GetObject: ${code}`);
  if (answer.status >= 500 || code === 'RequestTimeout') throw new Transient(`GetObject: ${code}`);
  const elsewhere = answer.headers.get('x-amz-bucket-region');
  const right =
    elsewhere && elsewhere !== region
      ? `it is in ${elsewhere}: set scan.evidence.region to that`
      : 'does scan.evidence name the right one?';
  throw new Error(`the bucket ${bucket} answered ${code} in ${region}; ${right}`);
}

function brokenOff(error: Error): never {
  const { message, cause } = error;
  throw new Transient(`GetObject: ${cause instanceof Error ? cause.message : message}`, { cause: error });
}
