/** From evidence to a result that can be judged, or the reason why it is none. The one way in for every format and every source. */
import { type ScannedImage, unbound } from './binding.ts';
import type { Evidence } from './evidence.ts';
import { type ScanResult, scanResult } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import { parseReport, type Report } from './report.ts';
import { deniedScanner } from './wording.ts';

export interface Opening {
  image: ScannedImage;
  policy: Pick<ScanPolicy, 'maxReportAge' | 'denyScanners'>;
  /** ms since the epoch. */
  now: number;
}

/** `reason`: the end of a sentence about the evidence. */
export type Opened = { ok: true; result: ScanResult } | { ok: false; reason: string };

export function opened(evidence: Evidence, by: Opening): Opened {
  switch (evidence.format) {
    case 'trivy':
      return trivy(evidence, by);
    // Envelopes: whose signature it is, and over what, is decided here before anything in them is read.
    case 'sigstore-bundle':
    case 'dsse-envelope':
      return { ok: false, reason: `it is a ${evidence.format}, which is not read yet` };
    default:
      return { ok: false, reason: `it is of the format ${evidence.format}, which is not read yet` };
  }
}

function trivy({ bytes }: Evidence, by: Opening): Opened {
  const parsed = parseReport(new TextDecoder().decode(bytes));
  return parsed.ok ? bound(parsed.report, by) : { ok: false, reason: `it is ${parsed.reason}` };
}

/** A report of Trivy, wherever it was taken from, if it is about this image. */
export function bound(report: Report, { image, policy, now }: Opening): Opened {
  const result = scanResult(report);
  const [reason] = [unbound(report, image, policy, now) ?? deniedScanner(result, policy)].flat();
  return reason === undefined ? { ok: true, result } : { ok: false, reason };
}
