/** From evidence to a result that can be judged, or the reason why it is none. The one way in for every format and every source. */
import { attested, type Trusted } from '../attestation/attested.ts';
import type { ScannedImage } from './binding.ts';
import type { Evidence, EvidenceFormat } from './evidence.ts';
import type { ScanResult } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import { formatOf, type PlainFormat, read } from './reading.ts';
import { distrusted } from './wording.ts';

export interface Opening {
  image: ScannedImage;
  policy: Pick<ScanPolicy, 'maxReportAge' | 'denyScanners' | 'fixable'>;
  trusted: Trusted;
  /** ms since the epoch. */
  now: number;
}

/** `signedBy`: whose signature was verified. `reason`: the end of a sentence about the evidence. `pending`: it may be good later. */
export type Opened =
  | { ok: true; result: ScanResult; signedBy?: string }
  | { ok: false; reason: string; pending?: true };

/** Never throws. */
export function opened(evidence: Evidence, by: Opening): Opened {
  if (isEnvelope(evidence.format)) return sealed({ format: evidence.format, bytes: evidence.bytes }, by);
  const text = new TextDecoder().decode(evidence.bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('it is not JSON');
  }
  const format = evidence.format === 'stated' ? formatOf(value) : evidence.format;
  if (format === undefined) return refused('it is no report: neither of Trivy nor an attestation of one');
  if (isEnvelope(format)) return sealed({ format, bytes: evidence.bytes }, by);
  // Here and nowhere else: nothing without a signature is evidence where the policy asks for one.
  if (by.trusted !== 'attached') return refused('it is not signed, and the policy asks for that');
  // Who states that it is AWS's answer would speak for AWS.
  if (evidence.format === 'stated' && (format === 'ecr-enhanced' || format === 'ecr-basic')) {
    return refused("it is an answer of ECR's, which is asked itself");
  }
  return judgeable(format, value, text, by);
}

const isEnvelope = (format: EvidenceFormat): format is 'sigstore-bundle' | 'dsse-envelope' =>
  format === 'sigstore-bundle' || format === 'dsse-envelope';

/** An envelope: whose signature it is, and about what, is known before anything in it is read. */
function sealed(envelope: Parameters<typeof attested>[0], by: Opening): Opened {
  const said = attested(envelope, { trusted: by.trusted, digests: by.image.digests });
  if (!said.ok) return said;
  const inside = judgeable('cosign-vuln', said.predicate, said.payload, by);
  return inside.ok && said.signedBy ? { ...inside, signedBy: said.signedBy } : inside;
}

/** A result, if it is about this image, timely, and by a scanner that the policy goes by. */
function judgeable(
  format: PlainFormat,
  value: unknown,
  text: string,
  { image, policy, now }: Opening,
): Opened {
  const plain = read(format, value, text);
  if (!plain.ok) return plain;
  const [reason] = [plain.unbound(image, policy, now) ?? distrusted(plain.result, policy)].flat();
  return reason === undefined ? { ok: true, result: plain.result } : refused(reason);
}

const refused = (reason: string): Opened => ({ ok: false, reason });
