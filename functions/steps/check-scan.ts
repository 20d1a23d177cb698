/** Judges the Trivy report that is bound to this digest; waits for it until the policy's deadline. */
import * as z from 'zod';
import { ecr } from '../../aws/ecr.ts';
import type { Aws } from '../../aws/gateways.ts';
import { type ImageFacts, imageFacts } from '../../aws/images.ts';
import { scans } from '../../aws/scans.ts';
import { environmentOf } from '../../core/config.ts';
import { ReleaseRejected, ScanPending, Throttled, Transient } from '../../core/errors.ts';
import { repositoryOf } from '../../core/image.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { unbound } from '../../core/scan/binding.ts';
import { type ScanResult, scanResult } from '../../core/scan/finding.ts';
import { type ScanPolicy, scanPolicyOf } from '../../core/scan/policy.ts';
import { maxReportBytes, parseReport } from '../../core/scan/report.ts';
import { deployedBefore, passedBefore, scanVerdictSchema, withoutReport } from '../../core/scan/verdict.ts';
import { deniedScanner } from '../../core/scan/wording.ts';
import { ociManifestSchema } from '../../core/source/oci.ts';
import { judgedScan } from '../judged-scan.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

/** Attached by `oras attach --artifact-type …`, as raw Trivy JSON. */
const reportType = 'application/vnd.aquasec.trivy.report.v2+json';
/** Of the referrers, the newest so many are read. */
const maxCandidates = 20;

export const checkScan = defineStep({
  name: 'CheckScan',
  uses: { ecr, scans },
  input: z.strictObject({ release: releaseSchema }),
  output: scanVerdictSchema,
  errors: ['Transient', 'Throttled', 'ScanPending', 'ReleaseRejected'],
  run: async ({ release }, aws, { arn: execution }) => {
    const before = await aws.scans.passed(release);
    if (before?.execution === execution) return before.verdict;
    if (before) return passedBefore(before.verdict, before.at);
    if (release.rollback) return deployedBefore;

    const { service, environment } = environmentOf(aws.config, release.service, release.environment);
    const policy = scanPolicyOf(service, environment);
    const image = await imageFacts(aws.ecr, repositoryOf(release.image), release.digest, release);
    const { found, refused } = await evidence(aws, release, image, policy);
    if (found) {
      const { result, reportDigest } = found;
      const attached = (digest: string) => attachedTo(digest, aws, release, policy);
      const verdict = { ...(await judgedScan(aws, release, policy, result, attached)), reportDigest };
      await aws.scans.keep(release, { execution, at: aws.now(), verdict, result });
      return verdict;
    }
    const waited = (aws.now() - release.pushedAt) / 1000;
    if (waited >= policy.waitFor) return withoutReport(policy, refused);
    const others = refused.length > 0 ? `; found and refused: ${refused.join(', ')}` : '';
    throw new ScanPending(
      `no scan report yet, ${Math.round(waited)} s after the push${others}`.slice(0, 1000),
    );
  },
});

/** The newest report that is evidence for the image, and why each that is newer is not. */
async function evidence(
  aws: Pick<Aws, 'ecr' | 'now'>,
  release: Release,
  image: ImageFacts,
  policy: ScanPolicy,
): Promise<{ found?: { result: ScanResult; reportDigest: string }; refused: string[] }> {
  const repository = repositoryOf(release.image);
  const refused: string[] = [];
  for (const candidate of await candidates(aws, repository, image)) {
    const read = await readReport(aws, repository, image, candidate).catch(unreadable);
    if (typeof read === 'string') {
      refused.push(read);
      continue;
    }
    const result = scanResult(read.report);
    const [reason] = [unbound(read.report, image, policy, aws.now()) ?? deniedScanner(result, policy)].flat();
    if (reason === undefined) return { found: { result, reportDigest: candidate }, refused };
    refused.push(reason);
  }
  return { refused };
}

/** What was found in another image of the repository, however long ago; undefined where nothing says. */
async function attachedTo(
  digest: string,
  aws: Pick<Aws, 'ecr' | 'now'>,
  release: Release,
  policy: ScanPolicy,
): Promise<ScanResult | undefined> {
  try {
    const image = await imageFacts(aws.ecr, repositoryOf(release.image), digest, release);
    const ageless = { ...policy, maxReportAge: Number.POSITIVE_INFINITY };
    return (await evidence(aws, release, image, ageless)).found?.result;
  } catch (error) {
    if (error instanceof ReleaseRejected) return undefined;
    throw error;
  }
}

/** Digests of the attached reports, newest first. */
async function candidates(
  { ecr }: Pick<Aws, 'ecr'>,
  repository: ReturnType<typeof repositoryOf>,
  { digests }: ImageFacts,
): Promise<string[]> {
  const attached = await Promise.all(
    digests.map((digest) => ecr.referrers(repository, digest, [reportType])),
  );
  const created = (annotations: Record<string, string> | undefined) =>
    annotations?.['org.opencontainers.image.created'] ?? '';
  return attached
    .flat()
    .sort((one, other) => created(other.annotations).localeCompare(created(one.annotations)))
    .flatMap(({ digest }) => digest ?? [])
    .slice(0, maxCandidates);
}

/** A referrer that cannot be read is no evidence; AWS that cannot be reached is no reason to say so. */
function unreadable(error: Error): string {
  if (error instanceof Transient || error instanceof Throttled) throw error;
  return `it cannot be read: ${error.message}`;
}

/** The report in a referrer, or why there is none. */
async function readReport(
  { ecr }: Pick<Aws, 'ecr'>,
  repository: ReturnType<typeof repositoryOf>,
  { digests }: ImageFacts,
  referrer: string,
) {
  const manifest = ociManifestSchema.safeParse(JSON.parse(await ecr.manifest(repository, referrer)));
  if (!manifest.success) return 'its manifest is not readable';
  const { subject, layers } = manifest.data;
  if (!subject || !digests.includes(subject.digest)) return 'it is attached to another image';
  const [layer] = layers;
  if (!layer) return 'it has no content';
  if (layer.size > maxReportBytes) return `it is larger than ${maxReportBytes / 1024 / 1024} MiB`;
  const parsed = parseReport((await ecr.blob(repository, layer.digest, maxReportBytes)).toString());
  return parsed.ok ? { report: parsed.report } : `it is ${parsed.reason}`;
}

export const handler = lambda(checkScan);
