/** One normalised result of whatever a scanner, or who attested its report, has written. */
import { type ScannedImage, unbound, untimely } from './binding.ts';
import { reportIn } from './cosign-vuln.ts';
import { type EcrScanning, readEcrScan } from './ecr-scan.ts';
import type { EvidenceFormat } from './evidence.ts';
import { type ScanResult, scanResult } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import { type ParsedReport, readReport } from './report.ts';

/** Of no signature's concern: envelopes are opened first, and what is in them is read here. */
export type PlainFormat = Exclude<EvidenceFormat, 'stated' | 'sigstore-bundle' | 'dsse-envelope'>;

export type Read =
  | {
      ok: true;
      result: ScanResult;
      /** Why it is no evidence for this image, as the end of a sentence; undefined where it is. `now` in ms since the epoch. */
      unbound(image: ScannedImage, policy: Pick<ScanPolicy, 'maxReportAge'>, now: number): string | undefined;
    }
  /** `reason`: the end of a sentence about it. `pending`: it may be one later. */
  | { ok: false; reason: string; pending?: true };

/** Never throws. `text`: all that `value` was found in. */
export function read(format: PlainFormat, value: unknown, text: string): Read {
  if (format === 'trivy') return ofTrivy(readReport(value, text));
  if (format === 'cosign-vuln') return ofTrivy(reportIn(value, text));
  return ofEcr(format, value);
}

/** What a document is by its own words; undefined where they say nothing. */
export function formatOf(value: unknown): Exclude<EvidenceFormat, 'stated'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('SchemaVersion' in value) return 'trivy';
  if ('dsseEnvelope' in value) return 'sigstore-bundle';
  if ('payloadType' in value) return 'dsse-envelope';
  if ('scanner' in value) return 'cosign-vuln';
  if (!('imageScanStatus' in value)) return undefined;
  const { imageScanFindings: found } = value as { imageScanFindings?: object };
  return found && 'enhancedFindings' in found ? 'ecr-enhanced' : 'ecr-basic';
}

function ofTrivy(parsed: ParsedReport): Read {
  if (!parsed.ok) return { ok: false, reason: `it is ${parsed.reason}` };
  const { report } = parsed;
  return {
    ok: true,
    result: scanResult(report),
    unbound: (image, policy, now) => unbound(report, image, policy, now),
  };
}

function ofEcr(format: EcrScanning, value: unknown): Read {
  const answer = readEcrScan(format, value);
  if (!answer.ok) return { ...answer, reason: `it is ${answer.reason}` };
  const { digest, result } = answer.scan;
  return {
    ok: true,
    result,
    // An index is never scanned, only what will run of it.
    unbound: (image, policy, now) =>
      digest === image.digests.at(-1)
        ? untimely(result.createdAt, image, policy, now)
        : 'it is about another image',
  };
}
