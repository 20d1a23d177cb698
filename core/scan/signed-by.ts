/** Whose signature a report must have: public keys, by the names under which people know who holds them. */
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

const signerSchema = z.strictObject({
  /** As people read it: `signed by CI`. */
  name: z.string().regex(/^\w(?:[\w .@/-]{0,58}\w)?$/, {
    error: 'a name of up to 60 letters, digits, spaces and ._@/-, such as CI',
  }),
  /** A public key as PEM text, or the ARN of a key in KMS. */
  key: keySchema,
});
export type SignerSetting = z.output<typeof signerSchema>;

export const signedBySchema = z
  .array(signerSchema)
  .max(10)
  .refine((signers) => new Set(signers.map(({ name }) => name)).size === signers.length, {
    error: 'two keys have the same name: nobody could tell whose signature it was',
  });
