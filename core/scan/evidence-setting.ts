/** Where a service's evidence comes from, as the configuration says it. One place: what lies in another is no evidence. */
import * as z from 'zod';
import type { EcrRepository } from '../image.ts';

/** S3's rule for the names of buckets. It is asked by path, so that a dot in one does no harm. */
const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'the name of an S3 bucket such as scan-reports',
});

const bucketSchema = z.strictObject({
  bucket,
  /** Before the keys of the reports, without a `/` at either end. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, {
      error: 'folders such as reports or security/reports: letters, digits, . _ and -',
    })
    .max(200)
    .default('reports'),
  /** That of the installation unless given. */
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: 'an AWS Region such as eu-west-1' })
    .optional(),
});

/**
 * `referrer`: attached to the image in its registry. `ecr-enhanced`: Amazon Inspector's findings, as ECR has them. `ecr-basic`: those of
 * ECR's basic scanning, which does not say what has a fix.
 */
export const evidenceSettingSchema = z.union(
  [z.enum(['referrer', 'ecr-enhanced', 'ecr-basic']), bucketSchema],
  {
    // Of a bucket that is none, its own mistake.
    error: ({ input }) =>
      typeof input === 'object' && input !== null && 'bucket' in input
        ? undefined
        : "'referrer', 'ecr-enhanced', 'ecr-basic' or { bucket: '…' }",
  },
);
export type EvidenceSetting = z.output<typeof evidenceSettingSchema>;
export type EvidenceBucket = Extract<EvidenceSetting, object>;

export const inBucket = (setting: EvidenceSetting): setting is EvidenceBucket => typeof setting === 'object';
/** Does AWS itself answer for it? Then nobody signs it. */
export const byEcr = (setting: EvidenceSetting): setting is 'ecr-enhanced' | 'ecr-basic' =>
  setting === 'ecr-enhanced' || setting === 'ecr-basic';

/** Where reports of a repository's images are: what has to be readable. `*` may stand for the digits of a digest. */
export function reportKey(
  { prefix }: EvidenceBucket,
  { registryId, repository }: Pick<EcrRepository, 'registryId' | 'repository'>,
  hexDigits: string,
): string {
  return `${prefix}/${registryId}/${repository}/sha256/${hexDigits}/trivy.json`;
}
