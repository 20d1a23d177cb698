/** Whose signature a report must have: public keys, or identities, by the names under which people know who holds them. */
import * as z from 'zod';
import { publicKey } from '../attestation/public-key.ts';

/** KMS lets nobody at a key by its alias alone, and who may move an alias would say whose signature counts. */
const kmsKeyArn = /^arn:[^:]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

export const isKmsKey = (key: string): boolean => key.startsWith('arn:');

const keySchema = z.string().superRefine((key, { addIssue }) => {
  if (isKmsKey(key)) {
    if (kmsKeyArn.test(key)) return;
    const message = /:alias\//.test(key)
      ? 'names an alias, which can be moved to another key: give the ARN of the key itself (aws kms describe-key)'
      : 'must be the ARN of a key in KMS such as arn:aws:kms:eu-central-1:111122223333:key/…';
    addIssue({ code: 'custom', message });
    return;
  }
  try {
    publicKey(key);
  } catch (error) {
    addIssue({ code: 'custom', message: `${(error as Error).message}, nor the ARN of a key in KMS` });
  }
});

/** As far as a mistake can be told from it; whether its certificates can be read is found where they are needed. */
const trustedRootSchema = z.looseObject(
  {
    mediaType: z
      .string()
      .regex(/^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.1|\.v0\.[12]\+json)$/),
    certificateAuthorities: z.array(z.looseObject({})).min(1),
    tlogs: z.array(z.looseObject({})).min(1),
    ctlogs: z.array(z.looseObject({})).min(1),
  },
  {
    error: "must be Sigstore's trusted root: what cosign trusted-root create --with-default-services writes",
  },
);

const signerSchema = z
  .strictObject({
    /** As people read it: `signed by CI`. */
    name: z.string().regex(/^\w(?:[\w .@/-]{0,58}\w)?$/, {
      error: 'a name of up to 60 letters, digits, spaces and ._@/-, such as CI',
    }),
    /** A public key as PEM text, or the ARN of a key in KMS. */
    key: keySchema.optional(),
    /** Instead of a key: whom a certificate of Sigstore's must name, and who vouched for them. */
    issuer: z
      .url({
        protocol: /^https$/,
        error: 'must be an address such as https://token.actions.githubusercontent.com',
      })
      .optional(),
    /** `*` stands for any text, but not for whose it is. */
    subject: z
      .string()
      .regex(/^(https:\/\/[^*/]+\/[^*/]+\/.+|[^*/\s]+@[^*/\s]+)$/, {
        error:
          'must say whose it is, such as https://github.com/my-org/my-api/.github/workflows/deploy.yml@refs/tags/*, or a person as in me@example.com',
      })
      .optional(),
    trustedRoot: trustedRootSchema.optional(),
  })
  .refine(
    ({ key, issuer, subject, trustedRoot }) =>
      key === undefined ? issuer && subject && trustedRoot : !issuer && !subject && !trustedRoot,
    { error: 'must have a key, or issuer, subject and trustedRoot' },
  );
export type SignerSetting = z.output<typeof signerSchema>;

export const signedBySchema = z
  .array(signerSchema)
  .max(10)
  .refine((signers) => new Set(signers.map(({ name }) => name)).size === signers.length, {
    error: 'two signers have the same name: nobody could tell whose signature it was',
  });
