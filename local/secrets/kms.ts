/** KMS, as far as Tidegate asks it: the public half of a key that signs. */
import type { KeyObject } from 'node:crypto';
import { AwsError, type AwsService } from '../aws-service.ts';

export interface KmsKey {
  publicKey: KeyObject;
  state?: 'Enabled' | 'Disabled' | 'PendingDeletion';
}

interface GetPublicKeyRequest {
  KeyId?: string;
}

/** By their ARNs. The map may change at any time. There are no aliases. */
export function kms(keys: ReadonlyMap<string, KmsKey>): AwsService {
  return {
    target: 'TrentService',
    operations: {
      GetPublicKey({ KeyId: asked }: GetPublicKeyRequest) {
        if (!asked) throw new AwsError('ValidationException', noKey);
        const [arn, key] = [...keys].find(([name]) => name === asked || name.endsWith(`:key/${asked}`)) ?? [];
        if (!arn || !key) throw new AwsError('NotFoundException', `Key '${asked}' does not exist`);
        if (key.state === 'Disabled') throw new AwsError('DisabledException', `${arn} is disabled.`);
        if (key.state === 'PendingDeletion') {
          throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
        }
        return {
          KeyId: arn,
          KeyUsage: 'SIGN_VERIFY',
          PublicKey: key.publicKey.export({ type: 'spki', format: 'der' }),
          ...specOf(key.publicKey),
        };
      },
    },
  };
}

function specOf({ asymmetricKeyType, asymmetricKeyDetails: { namedCurve, modulusLength } = {} }: KeyObject) {
  const kinds = {
    prime256v1: { KeySpec: 'ECC_NIST_P256', SigningAlgorithms: ['ECDSA_SHA_256'] },
    secp384r1: { KeySpec: 'ECC_NIST_P384', SigningAlgorithms: ['ECDSA_SHA_384'] },
    rsa: {
      KeySpec: `RSA_${modulusLength}`,
      SigningAlgorithms: ['PKCS1_V1_5', 'PSS'].flatMap((padding) =>
        ['256', '384', '512'].map((bits) => `RSASSA_${padding}_SHA_${bits}`),
      ),
    },
  };
  const kind = kinds[(namedCurve ?? asymmetricKeyType) as keyof typeof kinds];
  if (!kind) throw new Error(`the local KMS has no keys of the kind ${namedCurve ?? asymmetricKeyType}`);
  return { ...kind, CustomerMasterKeySpec: kind.KeySpec };
}

const noKey =
  "1 validation error detected: Value at 'keyId' failed to satisfy constraint: Member must not be null";
