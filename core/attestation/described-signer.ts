/** A signer, from what the configuration says of them. */
import type { SignerSetting } from '../scan/signed-by.ts';
import { isKmsKey } from '../scan/signed-by.ts';
import { keySigner, type Signer } from './attested.ts';
import { keylessSigner } from './keyless.ts';
import { publicKey } from './public-key.ts';

/** Undefined where it takes KMS to know the key. Throws with the reason, as the end of a sentence about the signer. */
export function describedSigner({ name, key, ...identity }: SignerSetting): Signer | undefined {
  if (key !== undefined) return isKmsKey(key) ? undefined : keySigner(name, publicKey(key));
  const { issuer = '', subject = '', trustedRoot = {} } = identity;
  try {
    return keylessSigner({ name, issuer, subject, trustedRoot });
  } catch (error) {
    throw new Error(`has a trustedRoot that cannot be read: ${(error as Error).message}`);
  }
}
