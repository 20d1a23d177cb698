/** ECR's errors, in ECR's own words. The registry's HTTP API answers the same sentences under OCI's codes. */
import { AwsError } from '../aws-service.ts';

/** As callers of the API name an image; either part may be missing. */
export interface ImageId {
  imageDigest?: string | undefined;
  imageTag?: string | undefined;
}

const inRegistry = (registryId: string) => `in the registry with id '${registryId}'`;

export const repositoryNotFound = (name: string, registryId: string) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist ${inRegistry(registryId)}`,
  );

export const repositoryAlreadyExists = (name: string, registryId: string) =>
  new AwsError(
    'RepositoryAlreadyExistsException',
    `The repository with name '${name}' already exists ${inRegistry(registryId)}`,
  );

/** ECR writes the part that was not asked for as 'null'. */
export const imageNotFound = ({ imageDigest, imageTag }: ImageId, name: string, registryId: string) =>
  new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${imageDigest ?? null}', imageTag:'${imageTag ?? null}'} does not exist within the repository with name '${name}' ${inRegistry(registryId)}`,
  );

export const imageAlreadyExists = (
  digest: string,
  tag: string | undefined,
  name: string,
  registryId: string,
) =>
  new AwsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}' and tag '${tag ?? null}' already exists in the repository with name '${name}' ${inRegistry(registryId)}`,
  );

export const imageTagAlreadyExists = (tag: string, name: string) =>
  new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the repository is immutable.`,
  );

export const imageDigestDoesNotMatch = (wanted: string, digest: string) =>
  new AwsError(
    'ImageDigestDoesNotMatchException',
    `The provided image digest '${wanted}' does not match the calculated image digest '${digest}'`,
  );

export const layersNotFound = (digests: string[], name: string, registryId: string) =>
  new AwsError(
    'LayersNotFoundException',
    `The layers with digests '[${digests.join(', ')}]' do not exist in the repository with name '${name}' ${inRegistry(registryId)}`,
  );

export const referencedImagesNotFound = (digests: string[], name: string, registryId: string) =>
  new AwsError(
    'ReferencedImagesNotFoundException',
    `The images with digests '[${digests.join(', ')}]' do not exist in the repository with name '${name}' ${inRegistry(registryId)}`,
  );

export const invalidParameter = (parameter: string, constraint: string) =>
  new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  );
