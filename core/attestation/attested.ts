/** From an envelope to what is attested of an image: whose signature it is comes first, and nothing is read before. */
import { shortDigest } from '../image.ts';
import { foreignText } from '../source/foreign-text.ts';
import { preAuthenticationEncoding, readBundle, readEnvelope } from './envelope.ts';
import type { PublicKey } from './public-key.ts';
import { readStatement, statementPayloadType, vulnerabilityPredicateType } from './statement.ts';

/** A key, and how the configuration calls it. */
export interface Signer {
  name: string;
  key: PublicKey;
}

/** Those whose signature counts. */
export interface Keyring {
  signers: readonly Signer[];
  /** Keys that belong to it and could not be had, each with the reason. */
  unread: readonly string[];
}

/** `attached`: whoever could attach it is believed, so its signature, which they could leave out, is not looked at. */
export type Trusted = 'attached' | Keyring;

export interface Sealed {
  format: 'sigstore-bundle' | 'dsse-envelope';
  bytes: Uint8Array;
}

/** `reason`: the end of a sentence about the attestation. */
export type Attested =
  | { ok: true; signer?: Signer | undefined; predicate: Record<string, unknown>; payload: string }
  | { ok: false; reason: string };

/**
 * What one of the signers says that a scanner found in one of these images; never throws. Without a `signer` nobody's signature was
 * asked for. `predicate` is what `trivy --format cosign-vuln` writes, and `payload` the text that it is in.
 */
export function attested(
  { format, bytes }: Sealed,
  { trusted, digests }: { trusted: Trusted; digests: readonly string[] },
): Attested {
  const text = new TextDecoder().decode(bytes);
  const read = format === 'sigstore-bundle' ? readBundle(text) : readEnvelope(text);
  if (!read.ok) return refused(`it is ${read.reason}`);
  const { payloadType, payload, signatures } = read.envelope;
  if (payloadType !== statementPayloadType) {
    return refused(`its payload is ${shown(payloadType)}, not ${statementPayloadType}`);
  }

  let signer: Signer | undefined;
  if (trusted !== 'attached') {
    const message = preAuthenticationEncoding(read.envelope);
    signer = trusted.signers.find(({ key }) =>
      signatures.some((signature) => key.signed(message, signature)),
    );
    if (!signer) return refused(notSigned(trusted));
  }

  const said = readStatement(payload.toString());
  if (!said.ok) return refused(`it is ${said.reason}`);
  const { predicateType, predicate, subjects } = said.statement;
  if (predicateType !== vulnerabilityPredicateType) {
    return refused(`it attests ${shown(predicateType)}, not ${vulnerabilityPredicateType}`);
  }
  if (!digests.some((digest) => subjects.includes(digest))) {
    const about = subjects.map(shortDigest).join(', ') || 'nothing with a SHA-256';
    return refused(
      `it is ${signer ? `signed by ${signer.name}, but ` : ''}about another image: ${shown(about)}, not ${digests.map(shortDigest).join(' or ')}`,
    );
  }
  return { ok: true, signer, predicate, payload: payload.toString() };
}

const refused = (reason: string) => ({ ok: false as const, reason });

function notSigned({ signers, unread }: Keyring): string {
  const names = signers.map(({ name }) => name);
  const by = names.length > 1 ? `any of ${names.join(', ')}` : names[0];
  const missing = unread.map((each) => `; ${each}`).join('');
  return `${by ? `its signature is not by ${by}` : 'its signature cannot be checked'}${missing}`;
}

const shown = (text: string) => foreignText(text, 120) ?? 'missing';
