/** Judges the Trivy report that is bound to this digest; waits for it until the policy's deadline. */
import * as z from 'zod';
import { ecr } from '../../aws/ecr.ts';
import type { Aws } from '../../aws/gateways.ts';
import { type ImageFacts, imageFacts } from '../../aws/images.ts';
import { environmentOf } from '../../core/config.ts';
import { ScanPending, Throttled, Transient } from '../../core/errors.ts';
import { repositoryOf } from '../../core/image.ts';
import { releaseSchema } from '../../core/release.ts';
import { unbound } from '../../core/scan/binding.ts';
import { parseReport } from '../../core/scan/report.ts';
import { judgeScan, type ScanVerdict, scanVerdictSchema, withoutReport } from '../../core/scan/verdict.ts';
import { ociManifestSchema } from '../../core/source/oci.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

/** Attached by `oras attach --artifact-type …`, as raw Trivy JSON. */
const reportType = 'application/vnd.aquasec.trivy.report.v2+json';
const maxReportBytes = 20 * 1024 * 1024;
/** Of the referrers, the newest so many are read. */
const maxCandidates = 20;

export const checkScan = defineStep({
  name: 'CheckScan',
  uses: { ecr },
  input: z.strictObject({ release: releaseSchema }),
  output: scanVerdictSchema,
  errors: ['Transient', 'Throttled', 'ScanPending', 'ReleaseRejected'],
  run: async ({ release }, aws) => {
    if (release.rollback) return passedBefore;
    const { scan: policy } = environmentOf(aws.config, release.service, release.environment).service;
    const repository = repositoryOf(release.image);
    const image = await imageFacts(aws.ecr, repository, release.digest, release);
    const refused: string[] = [];
    for (const candidate of await candidates(aws, repository, image)) {
      const read = await readReport(aws, repository, image, candidate).catch(unreadable);
      const reason = typeof read === 'string' ? read : unbound(read.report, image, policy, aws.now());
      if (typeof read !== 'string' && !reason) {
        return { ...judgeScan(read.report, policy, aws.now()), reportDigest: candidate };
      }
      refused.push(String(reason));
    }
    const waited = (aws.now() - release.pushedAt) / 1000;
    if (waited >= policy.waitFor) return withoutReport(policy, refused);
    const found = refused.length > 0 ? `; found and refused: ${refused.join(', ')}` : '';
    throw new ScanPending(
      `no scan report yet, ${Math.round(waited)} s after the push${found}`.slice(0, 1000),
    );
  },
});

/** In the middle of an outage nobody waits for a scanner, and what ran is not worse than what runs. */
const passedBefore: ScanVerdict = {
  status: 'pass',
  summary: 'not judged again: it was deployed here before',
  findings: [],
  waived: [],
};

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
