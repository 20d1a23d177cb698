/** A signature without a key of one's own: a certificate of Fulcio's says which workflow or person it was, and a log that it is in says when. */
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Signer } from './attested.ts';

export interface Identity {
  name: string;
  /** Who vouched for it to Fulcio, such as `https://token.actions.githubusercontent.com`. */
  issuer: string;
  /** Of the certificate; `*` stands for any text. */
  subject: string;
  /** Sigstore's own JSON: the authorities and logs that count. Nothing is fetched. */
  trustedRoot: object;
}

/** Throws where the trusted root cannot be read. */
export function keylessSigner({ name, issuer, subject, trustedRoot }: Identity): Signer {
  // One entry in a transparency log, one in a certificate log, and the time of the former within the certificate's.
  const thresholds = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot)), thresholds);
  const matches = matcher(subject);
  return {
    name,
    signed({ bundle, payload, payloadType }) {
      if (bundle === undefined) return undefined;
      try {
        const read = bundleFromJSON(bundle);
        const { content } = read;
        // What is verified must be what is read afterwards.
        if (content.$case !== 'dsseEnvelope') return undefined;
        if (!payload.equals(content.dsseEnvelope.payload)) return undefined;
        if (payloadType !== content.dsseEnvelope.payloadType) return undefined;
        const { identity } = verifier.verify(toSignedEntity(read));
        const who = identity?.subjectAlternativeName;
        return identity?.extensions?.issuer === issuer && who !== undefined && matches(who) ? who : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (text) => expression.test(text);
}
