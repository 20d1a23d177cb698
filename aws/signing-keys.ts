/** Those whose signature counts: KMS is asked for its keys, everybody else is in the configuration. */
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keyring, keySigner, type Signer } from '../core/attestation/attested.ts';
import { describedSigner } from '../core/attestation/described-signer.ts';
import { type PublicKey, publicKey } from '../core/attestation/public-key.ts';
import { Throttled, Transient } from '../core/errors.ts';
import type { SignerSetting } from '../core/scan/signed-by.ts';
import { calling } from './calling.ts';
import type { Means } from './means.ts';

/** A key never changes, but may be disabled: that counts after so many milliseconds, as with cosign. */
const trustedFor = 300_000;

export function signingKeys({ makeClient, now }: Means) {
  const clients = new Map<string, KMSClient>();
  const known = new Map<string, { key: PublicKey; readAt: number }>();

  return {
    /** Only reads: may be repeated. A key that cannot be had is named in `unread`; throws only what may work later. */
    async of(settings: readonly SignerSetting[]): Promise<Keyring> {
      const signers: Signer[] = [];
      const unread: string[] = [];
      for (const setting of settings) {
        const { name, key = '' } = setting;
        try {
          signers.push(describedSigner(setting) ?? keySigner(name, await fromKms(key)));
        } catch (error) {
          if (error instanceof Transient || error instanceof Throttled) throw error;
          unread.push(`the key of ${name} cannot be had: ${told(error as Error)}`);
        }
      }
      return { signers, unread };
    },
  };

  async function fromKms(arn: string): Promise<PublicKey> {
    const before = known.get(arn);
    if (before && now() - before.readAt < trustedFor) return before.key;
    const { PublicKey: der, KeyUsage } = await calling('GetPublicKey', () =>
      clientFor(arn).send(new GetPublicKeyCommand({ KeyId: arn })),
    );
    if (KeyUsage !== 'SIGN_VERIFY' || !der) throw new Error(`its use is ${KeyUsage}, not SIGN_VERIFY`);
    const key = publicKey(der);
    known.set(arn, { key, readAt: now() });
    return key;
  }

  function clientFor(arn: string): KMSClient {
    const region = arn.split(':')[3] ?? '';
    const client = clients.get(region) ?? makeClient(KMSClient, { region });
    clients.set(region, client);
    return client;
  }
}

/** What KMS calls it says more than its words. */
const told = ({ name, message }: Error) => (name === 'Error' ? message : `${name}: ${message}`);
