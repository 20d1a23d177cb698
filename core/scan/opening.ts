/** From evidence to a result that can be judged, or the reason why it is none. The one way in for every format and every source. */
import { attested, type Trusted } from '../attestation/attested.ts';
import { type ScannedImage, unbound } from './binding.ts';
import { reportIn } from './cosign-vuln.ts';
import type { Evidence } from './evidence.ts';
import { type ScanResult, scanResult } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import { parseReport, type Report } from './report.ts';
import { deniedScanner } from './wording.ts';

export interface Opening {
  image: ScannedImage;
  policy: Pick<ScanPolicy, 'maxReportAge' | 'denyScanners'>;
  trusted: Trusted;
  /** ms since the epoch. */
  now: number;
}

/** `signedBy`: whose signature was verified. `reason`: the end of a sentence about the evidence. */
export type Opened = { ok: true; result: ScanResult; signedBy?: string } | { ok: false; reason: string };

export function opened(evidence: Evidence, by: Opening): Opened {
  const { format, bytes } = evidence;
  if (format === 'sigstore-bundle' || format === 'dsse-envelope') return sealed({ format, bytes }, by);
  // Here and nowhere else: nothing without a signature is evidence where the policy asks for one.
  if (by.trusted !== 'attached')
    return { ok: false, reason: 'it is not signed, and the policy asks for that' };
  switch (format) {
    case 'trivy':
      return trivy(evidence, by);
    default:
      return { ok: false, reason: `it is of the format ${format}, which is not read yet` };
  }
}

/** An envelope: whose signature it is, and about what, is known before anything in it is read. */
function sealed(envelope: Parameters<typeof attested>[0], by: Opening): Opened {
  const said = attested(envelope, { trusted: by.trusted, digests: by.image.digests });
  if (!said.ok) return said;
  const parsed = reportIn(said.predicate, said.payload);
  if (!parsed.ok) return { ok: false, reason: `it is ${parsed.reason}` };
  const read = bound(parsed.report, by);
  return read.ok && said.signer ? { ...read, signedBy: said.signer.name } : read;
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
