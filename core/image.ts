/** How images are named: digests, tags, repositories and the references made of them. */
import * as z from 'zod';

/** `sha256:` and 64 hex digits. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest such as sha256:4f2c… (64 hex digits)' });

/** ECR's rule for repository names: 2 to 256 characters, lower case, with `/`, `.`, `_` and `-` between. */
export const repositorySchema = z
  .string()
  .min(2)
  .max(256)
  .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/, {
    error: 'an ECR repository name such as shop/api',
  });

/** The OCI distribution rule for tags. */
export const tagSchema = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, { error: 'an image tag such as v1.4.2' });

/** `…@sha256:…`: what a task definition gets, so that a moved tag can never change what runs. */
export const pinnedImageSchema = z
  .string()
  .regex(/^[^@\s]+@sha256:[0-9a-f]{64}$/, { error: 'an image pinned by digest' });

export interface EcrRepository {
  registryId: string;
  region: string;
  repository: string;
}

/** The image reference ECS pulls, pinned by digest. */
export function pinnedImage({ registryId, region, repository }: EcrRepository, digest: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${registryId}.dkr.ecr.${region}.${domain}/${repository}@${digest}`;
}

/** The other way round. Throws where the image is not from ECR. */
export function repositoryOf(image: string): EcrRepository {
  const [, registryId, region, repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(image) ?? [];
  if (!registryId || !region || !repository) throw new Error(`${image} is not an image in ECR`);
  return { registryId, region, repository };
}

/** Are two references of one repository? The same name in another registry is another one. */
export const ofOneRepository = (one: string, other: string): boolean => nameIn(one) === nameIn(other);

/** Without digest and tag; the registry's port is no tag. */
const nameIn = (image: string) => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');

/** The digest of an image reference, where it names one. */
export function digestOf(image: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
}

/** `sha256:4f2c9a1b…` as people read it: the first 12 hex digits. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
