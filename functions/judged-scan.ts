/** A scan's result, judged by what the policy says and by what is remembered of this repository and of what runs. */
import type { Aws } from '../aws/gateways.ts';
import { repositoryOf } from '../core/image.ts';
import type { Release } from '../core/release.ts';
import type { ScanResult } from '../core/scan/finding.ts';
import type { ScanPolicy } from '../core/scan/policy.ts';
import { waitsForGrace } from '../core/scan/sorting.ts';
import { judgeScan, type ScanVerdict } from '../core/scan/verdict.ts';

/** `attached`: finds what was found in an image by its digest; asked only where that could change the verdict. */
export async function judgedScan(
  aws: Pick<Aws, 'scans' | 'now'>,
  release: Release,
  policy: ScanPolicy,
  result: ScanResult,
  attached: (digest: string) => Promise<ScanResult | undefined>,
): Promise<ScanVerdict> {
  const now = aws.now();
  const waiting = waitsForGrace(result, policy);
  const firstSeen =
    waiting.length > 0 ? await aws.scans.firstSeen(repositoryOf(release.image), waiting, now) : () => now;
  const alone = judgeScan(result, policy, { now, firstSeen });
  const { runningDigest: digest } = release;
  if (alone.findings.length === 0 || policy.baseline !== 'running' || digest === undefined) return alone;
  const running = (await attached(digest)) ?? (await aws.scans.result({ ...release, digest }));
  return judgeScan(result, policy, { now, firstSeen, running });
}
