/** From an envelope to what is attested of an image: whose signature it is comes first, and nothing is read before. */
import { shortDigest } from '../image.ts';
import { foreignText } from '../source/foreign-text.ts';
import { type Envelope, preAuthenticationEncoding, readBundle, readEnvelope } from './envelope.ts';
import type { PublicKey } from './public-key.ts';
import { readStatement, statementPayloadType, vulnerabilityPredicateType } from './statement.ts';

/** The holder of a key, or somebody whom a certificate names. */
export interface Signer {
  /** As the configuration has it. */
  name: string;
  /** What says that the signature is theirs, such as `key 0a1b2c3d4e5f`; undefined where it is not. Never throws. */
  signed(envelope: Envelope): string | undefined;
}

export const keySigner = (name: string, key: PublicKey): Signer => ({
  name,
  signed(envelope) {
    const message = preAuthenticationEncoding(envelope);
    const theirs = envelope.signatures.some((signature) => key.signed(message, signature));
    return theirs ? `key ${key.fingerprint.slice(0, 12)}` : undefined;
  },
});

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
  | { ok: true; signedBy?: string | undefined; predicate: Record<string, unknown>; payload: string }
  | { ok: false; reason: string };

/**
 * What one of the signers says that a scanner found in one of these images; never throws. Without `signedBy` nobody's signature was
 * asked for. `predicate` is what `trivy --format cosign-vuln` writes, and `payload` the text that it is in.
 */
export function attested(
  { format, bytes }: Sealed,
  { trusted, digests }: { trusted: Trusted; digests: readonly string[] },
): Attested {
  const text = new TextDecoder().decode(bytes);
  const read = format === 'sigstore-bundle' ? readBundle(text) : readEnvelope(text);
  if (!read.ok) return refused(`it is ${read.reason}`);
  const { payloadType, payload } = read.envelope;
  if (payloadType !== statementPayloadType) {
    return refused(`its payload is ${shown(payloadType)}, not ${statementPayloadType}`);
  }

  const signedBy = trusted === 'attached' ? undefined : signerOf(read.envelope, trusted);
  if (trusted !== 'attached' && signedBy === undefined) return refused(notSigned(trusted));

  const said = readStatement(payload.toString());
  if (!said.ok) return refused(`it is ${said.reason}`);
  const { predicateType, predicate, subjects } = said.statement;
  if (predicateType !== vulnerabilityPredicateType) {
    return refused(`it attests ${shown(predicateType)}, not ${vulnerabilityPredicateType}`);
  }
  if (!digests.some((digest) => subjects.includes(digest))) {
    const about = subjects.map(shortDigest).join(', ') || 'nothing with a SHA-256';
    return refused(
      `it is ${signedBy ? `signed by ${signedBy}, but ` : ''}about another image: ${shown(about)}, not ${digests.map(shortDigest).join(' or ')}`,
    );
  }
  return { ok: true, signedBy, predicate, payload: payload.toString() };
}

const refused = (reason: string) => ({ ok: false as const, reason });

/** `CI (key 0a1b2c3d4e5f)`. */
function signerOf(envelope: Envelope, { signers }: Keyring): string | undefined {
  for (const { name, signed } of signers) {
    const by = signed(envelope);
    if (by !== undefined) return foreignText(`${name} (${by})`);
  }
  return undefined;
}

function notSigned({ signers, unread }: Keyring): string {
  const names = signers.map(({ name }) => name);
  const by = names.length > 1 ? `any of ${names.join(', ')}` : names[0];
  const missing = unread.map((each) => `; ${each}`).join('');
  return `${by ? `its signature is not by ${by}` : 'its signature cannot be checked'}${missing}`;
}

const shown = (text: string) => foreignText(text, 120) ?? 'missing';
