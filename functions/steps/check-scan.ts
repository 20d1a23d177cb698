/** Judges the Trivy report that is bound to this digest; waits for it until the policy's deadline. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { ecr, WrongContent } from '../../aws/ecr.ts';
import { evidence } from '../../aws/evidence/evidence.ts';
import type { Aws } from '../../aws/gateways.ts';
import { imageFacts } from '../../aws/images.ts';
import { scans } from '../../aws/scans.ts';
import { signingKeys } from '../../aws/signing-keys.ts';
import { abortSentence } from '../../core/abort.ts';
import { environmentOf } from '../../core/config.ts';
import { ReleaseRejected, ScanPending } from '../../core/errors.ts';
import { repositoryOf } from '../../core/image.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { isEvidence } from '../../core/scan/evidence.ts';
import type { ScanResult } from '../../core/scan/finding.ts';
import { opened } from '../../core/scan/opening.ts';
import { type ScanPolicy, scanPolicyOf } from '../../core/scan/policy.ts';
import {
  deployedBefore,
  passedBefore,
  type ScanVerdict,
  scanVerdictSchema,
  withoutReport,
} from '../../core/scan/verdict.ts';
import { judgedScan } from '../judged-scan.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const checkScan = defineStep({
  name: 'CheckScan',
  uses: { approvals, ecr, evidence, scans, signingKeys },
  input: z.strictObject({ release: releaseSchema }),
  output: scanVerdictSchema,
  errors: ['Transient', 'Throttled', 'ScanPending', 'ReleaseRejected'],
  aborted: (abort) => {
    throw new ReleaseRejected(abortSentence(abort));
  },
  run: async ({ release }, aws, { arn: execution }) => {
    const before = await aws.scans.passed(release);
    if (before?.execution === execution) return before.verdict;
    if (before) return passedBefore(before.verdict, before.at);
    if (release.rollback) return deployedBefore;

    const { service, environment } = environmentOf(aws.config, release.service, release.environment);
    const policy = scanPolicyOf(service, environment);
    const { found, refused, pending } = await evidenceFor(aws, release, release.digest, policy);
    if (found) {
      const { result, ...source } = found;
      const attached = (digest: string) => foundIn(digest, aws, release, policy);
      const verdict = { ...(await judgedScan(aws, release, policy, result, attached)), ...source };
      await aws.scans.keep(release, { execution, at: aws.now(), verdict, result });
      return verdict;
    }
    const waited = (aws.now() - release.pushedAt) / 1000;
    if (waited >= policy.waitFor) return withoutReport(policy, refused, pending);
    // Two people are asked whether it may go on without. Where nobody would be, one alone could outrun a report.
    const name = execution.slice(execution.lastIndexOf(':') + 1);
    const now = withoutReport({ ...policy, waitFor: waited }, refused, pending);
    if (now.status === 'fail' && environment.breakGlass && (await aws.approvals.wished(name))) return now;
    const others = [
      ...(pending.length > 0 ? [`; ${pending.join(', ')}`] : []),
      ...(refused.length > 0 ? [`; found and refused: ${refused.join(', ')}`] : []),
    ].join('');
    throw new ScanPending(
      `no scan report yet, ${Math.round(waited)} s after the push${others}`.slice(0, 1000),
    );
  },
});

type Found = Pick<ScanVerdict, 'reportDigest' | 'signedBy' | 'evidence'> & { result: ScanResult };

interface Looked {
  found?: Found;
  /** Why what is newer, or all there is, is no evidence. */
  refused: string[];
  /** What is not there yet. */
  pending: string[];
}

/**
 * The newest evidence that holds, and why each that is newer does not. In which order it lies there, whoever may push decides; what is
 * signed says itself when it was made, or an older report could be put before a worse one.
 */
async function evidenceFor(
  aws: Pick<Aws, 'ecr' | 'evidence' | 'signingKeys' | 'now'>,
  release: Release,
  digest: string,
  policy: ScanPolicy,
): Promise<Looked> {
  const looked: Looked = { refused: [], pending: [] };
  const repository = repositoryOf(release.image);
  const image = await imageFacts(aws.ecr, repository, digest, release).catch(changedContent);
  if (typeof image === 'string') return { ...looked, refused: [image] };
  // Evidence about the one would let the other through.
  if (image.ambiguous) return { ...looked, refused: [image.ambiguous] };
  const trusted = policy.signedBy.length > 0 ? await aws.signingKeys.of(policy.signedBy) : 'attached';
  let newest: Found | undefined;
  for await (const sighting of aws.evidence.of(policy.evidence, { repository, image })) {
    const { locator } = sighting;
    const read = isEvidence(sighting)
      ? opened(sighting, { image, policy, trusted, now: aws.now() })
      : sighting;
    if ('result' in read && isEvidence(sighting)) {
      const { result, signedBy } = read;
      const found = { result, reportDigest: sighting.contentDigest, evidence: locator };
      if (trusted === 'attached') return { ...looked, found };
      if (newest === undefined || madeAt(result) > madeAt(newest.result)) newest = { ...found, signedBy };
      continue;
    }
    if (!('reason' in read)) continue;
    if (read.pending) looked.pending.push(`${locator}: ${read.reason}`);
    else looked.refused.push(read.reason);
  }
  return { ...looked, ...(newest && { found: newest }) };
}

const madeAt = ({ createdAt = 0 }: ScanResult): number => createdAt;

/** Nothing is known of an image whose content is another one than its digest says. It may be right the next time. */
function changedContent(error: Error): string {
  if (error instanceof WrongContent) return error.message;
  throw error;
}

/** What was found in another image of the repository, however long ago; undefined where nothing says. */
async function foundIn(
  digest: string,
  aws: Pick<Aws, 'ecr' | 'evidence' | 'signingKeys' | 'now'>,
  release: Release,
  policy: ScanPolicy,
): Promise<ScanResult | undefined> {
  try {
    const ageless = { ...policy, maxReportAge: Number.POSITIVE_INFINITY };
    return (await evidenceFor(aws, release, digest, ageless)).found?.result;
  } catch (error) {
    if (error instanceof ReleaseRejected) return undefined;
    throw error;
  }
}

export const handler = lambda(checkScan);
