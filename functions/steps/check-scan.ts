/** Judges the Trivy report that is bound to this digest; waits for it until the policy's deadline. */
import * as z from 'zod';
import { ecr } from '../../aws/ecr.ts';
import { evidence } from '../../aws/evidence/evidence.ts';
import type { Aws } from '../../aws/gateways.ts';
import { type ImageFacts, imageFacts } from '../../aws/images.ts';
import { scans } from '../../aws/scans.ts';
import { signingKeys } from '../../aws/signing-keys.ts';
import { environmentOf } from '../../core/config.ts';
import { ReleaseRejected, ScanPending } from '../../core/errors.ts';
import { repositoryOf } from '../../core/image.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { isEvidence } from '../../core/scan/evidence.ts';
import type { ScanResult } from '../../core/scan/finding.ts';
import { opened } from '../../core/scan/opening.ts';
import { type ScanPolicy, scanPolicyOf } from '../../core/scan/policy.ts';
import { deployedBefore, passedBefore, scanVerdictSchema, withoutReport } from '../../core/scan/verdict.ts';
import { judgedScan } from '../judged-scan.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const checkScan = defineStep({
  name: 'CheckScan',
  uses: { ecr, evidence, scans, signingKeys },
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
    const { found, refused } = await evidenceFor(aws, release, image, policy);
    if (found) {
      const { result, ...source } = found;
      const attached = (digest: string) => foundIn(digest, aws, release, policy);
      const verdict = { ...(await judgedScan(aws, release, policy, result, attached)), ...source };
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

interface Found {
  result: ScanResult;
  reportDigest: string;
  signedBy?: string;
}

/** The newest evidence that holds, and why each that is newer does not. */
async function evidenceFor(
  aws: Pick<Aws, 'evidence' | 'signingKeys' | 'now'>,
  release: Release,
  image: ImageFacts,
  policy: ScanPolicy,
): Promise<{ found?: Found; refused: string[] }> {
  const question = { repository: repositoryOf(release.image), image };
  const trusted = policy.signedBy.length > 0 ? await aws.signingKeys.of(policy.signedBy) : 'attached';
  const refused: string[] = [];
  for await (const sighting of aws.evidence.of(policy.evidence, question)) {
    const read = isEvidence(sighting)
      ? opened(sighting, { image, policy, trusted, now: aws.now() })
      : sighting;
    if ('result' in read && isEvidence(sighting)) {
      const { result, signedBy } = read;
      const found = { result, reportDigest: sighting.contentDigest, ...(signedBy && { signedBy }) };
      return { found, refused };
    }
    if ('reason' in read) refused.push(read.reason);
  }
  return { refused };
}

/** What was found in another image of the repository, however long ago; undefined where nothing says. */
async function foundIn(
  digest: string,
  aws: Pick<Aws, 'ecr' | 'evidence' | 'signingKeys' | 'now'>,
  release: Release,
  policy: ScanPolicy,
): Promise<ScanResult | undefined> {
  try {
    const image = await imageFacts(aws.ecr, repositoryOf(release.image), digest, release);
    const ageless = { ...policy, maxReportAge: Number.POSITIVE_INFINITY };
    return (await evidenceFor(aws, release, image, ageless)).found?.result;
  } catch (error) {
    if (error instanceof ReleaseRejected) return undefined;
    throw error;
  }
}

export const handler = lambda(checkScan);
