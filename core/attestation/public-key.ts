/** A public key that attestations may be signed with, and what a signature by it is. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

export interface PublicKey {
  /** SHA-256 of its DER form, in hex: the same whatever the key is called. */
  fingerprint: string;
  /** Never throws. */
  signed(message: Buffer, signature: Buffer): boolean;
}

const leastRsaBits = 2048;

/** PEM as text, or DER as KMS answers it (SubjectPublicKeyInfo). Throws with the reason, as the end of a sentence about the key. */
export function publicKey(key: string | Uint8Array): PublicKey {
  const opened = open(key);
  const digests = digestsOf(opened);
  return {
    fingerprint: hash('sha256', opened.export({ type: 'spki', format: 'der' }), 'hex'),
    signed: (message, signature) =>
      digests.some((digest) => {
        try {
          return verify(digest, message, opened, signature);
        } catch {
          return false;
        }
      }),
  };
}

function open(key: string | Uint8Array): KeyObject {
  // Out of a private key or a certificate Node would make a public one: neither belongs into a configuration.
  if (
    typeof key === 'string' &&
    !/^\s*-----BEGIN PUBLIC KEY-----\s[\s\S]+-----END PUBLIC KEY-----\s*$/.test(key)
  ) {
    throw new Error('is no public key in PEM form (-----BEGIN PUBLIC KEY-----)');
  }
  try {
    return typeof key === 'string'
      ? createPublicKey(key)
      : createPublicKey({ key: Buffer.from(key), type: 'spki', format: 'der' });
  } catch (error) {
    throw new Error(`cannot be read: ${(error as Error).message}`);
  }
}

/**
 * The hashes that cosign signs with: by the size of the curve, except that before version 3 it was SHA-256 for every key.
 * Ed25519 hashes by itself. RSA is PKCS #1 v1.5.
 */
function digestsOf(key: KeyObject): (string | null)[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve, modulusLength = 0 } = {} } = key;
  if (type === 'ed25519') return [null];
  if (type === 'ec' && namedCurve === 'prime256v1') return ['sha256'];
  if (type === 'ec' && namedCurve === 'secp384r1') return ['sha384', 'sha256'];
  if (type === 'rsa' && modulusLength >= leastRsaBits) return ['sha256'];
  const what = namedCurve ?? (modulusLength > 0 ? `${type} of ${modulusLength} bits` : type);
  throw new Error(
    `is ${what}: what is verified here is ECDSA P-256 or P-384, Ed25519, and RSA of at least ${leastRsaBits} bits`,
  );
}
