/** The operations of ECR's API on images. */
import { account, type Operation } from '../aws-service.ts';
import type { ImageId } from './errors.ts';
import * as errors from './errors.ts';
import { isDigest, manifestLimit, sha256 } from './manifest.ts';
import { type PageRequest, pageOf } from './paging.ts';
import { byDigest, type EcrStore, type Image, type Repository, tagsOf } from './store.ts';

const pages = { most: 1000, usual: 100 };

export function imageOperations(store: EcrStore) {
  /** Each id is either answered by `act` or a failure; the call itself succeeds. */
  function each(
    imageIds: ImageId[],
    repository: Repository,
    act: (image: Image, id: ImageId) => Failure | undefined,
  ) {
    limitIds(imageIds);
    return imageIds.flatMap((imageId): Failure[] => {
      const image = store.find(repository, imageId);
      const failure = image ? act(image, imageId) : missing(repository, imageId);
      return failure ? [{ ...failure, imageId }] : [];
    });
  }

  return {
    DescribeImages({ registryId, repositoryName, imageIds, filter, ...page }) {
      const repository = store.repository(repositoryName, registryId);
      if (imageIds) {
        if (page.nextToken !== undefined || page.maxResults !== undefined) {
          throw errors.invalidParameter('imageIds', 'must not be used together with nextToken or maxResults');
        }
        limitIds(imageIds);
        const found = (imageIds as ImageId[]).map((id) => {
          const image = store.find(repository, id);
          if (!image) throw errors.imageNotFound(id, repositoryName, account);
          return image;
        });
        return { imageDetails: [...new Set(found)].map((image) => detail(repository, image)) };
      }
      const all = withTagStatus(repository, filter?.tagStatus);
      const { items, ...token } = pageOf(all, ({ digest }) => digest, page as PageRequest, pages);
      return { imageDetails: items.map((image) => detail(repository, image)), ...token };
    },

    /** One entry a tag; an image without tags has one entry of its digest. */
    ListImages({ registryId, repositoryName, filter, ...page }) {
      const repository = store.repository(repositoryName, registryId);
      const ids = withTagStatus(repository, filter?.tagStatus).flatMap(({ digest }) => {
        const tags = tagsOf(repository, digest).sort();
        return tags.length > 0
          ? tags.map((imageTag) => ({ imageDigest: digest, imageTag }))
          : [{ imageDigest: digest }];
      });
      const key = (id: ImageId) => `${id.imageDigest} ${id.imageTag ?? ''}`;
      const { items, ...token } = pageOf(ids, key, page as PageRequest, pages);
      return { imageIds: items, ...token };
    },

    BatchGetImage({ registryId, repositoryName, imageIds, acceptedMediaTypes }) {
      const repository = store.repository(repositoryName, registryId);
      const images: unknown[] = [];
      const failures = each(imageIds, repository, (image, { imageTag }) => {
        if (acceptedMediaTypes?.length > 0 && !acceptedMediaTypes.includes(image.manifest.mediaType)) {
          return notFound;
        }
        images.push(answer(repository, image, imageTag));
        return undefined;
      });
      return { images, failures };
    },

    PutImage({ registryId, repositoryName, imageManifest, imageManifestMediaType, imageTag, imageDigest }) {
      const repository = store.repository(repositoryName, registryId);
      const bytes = new TextEncoder().encode(imageManifest);
      if (bytes.length < 1 || bytes.length > manifestLimit) {
        const constraint = `Member must have length between 1 and ${manifestLimit}, inclusive`;
        throw errors.invalidParameter('imageManifest', constraint);
      }
      const digest = sha256(bytes);
      const tagged =
        imageTag === undefined ? repository.images.has(digest) : repository.tags.get(imageTag) === digest;
      if (tagged) throw errors.imageAlreadyExists(digest, imageTag, repositoryName, account);
      const push = { bytes, mediaType: imageManifestMediaType, tag: imageTag, digest: imageDigest };
      return { image: answer(repository, store.putImage(repository, push), imageTag) };
    },

    BatchDeleteImage({ registryId, repositoryName, imageIds }) {
      const repository = store.repository(repositoryName, registryId);
      const deleted: ImageId[] = [];
      const failures = each(imageIds, repository, (image, { imageTag }) => {
        const parents = store.parentsOf(repository, image.digest).map(({ digest }) => digest);
        const lastTag = imageTag === undefined || tagsOf(repository, image.digest).length === 1;
        if (parents.length > 0 && lastTag) {
          const failureReason = `Requested image referenced by manifest list: [${parents.join(', ')}]`;
          return { failureCode: 'ImageReferencedByManifestList', failureReason };
        }
        const tags = store.deleteImage(repository, image, imageTag);
        const tagged = tags.map((tag) => ({ imageDigest: image.digest, imageTag: tag }));
        deleted.push(...(tagged.length > 0 ? tagged : [{ imageDigest: image.digest }]));
        return undefined;
      });
      return { imageIds: deleted, failures };
    },
  } satisfies Record<string, Operation>;
}

interface Failure {
  imageId?: ImageId;
  failureCode: string;
  failureReason: string;
}

const notFound: Failure = { failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };

function missing({ images, tags }: Repository, { imageDigest, imageTag }: ImageId): Failure {
  const invalid = 'Invalid request parameters: ';
  if (imageDigest === undefined && imageTag === undefined) {
    return {
      failureCode: 'MissingDigestAndTag',
      failureReason: `${invalid}both tag and digest cannot be null`,
    };
  }
  if (imageDigest !== undefined && !isDigest(imageDigest)) {
    const rule = "image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
    return { failureCode: 'InvalidImageDigest', failureReason: `${invalid}${rule}` };
  }
  if (imageDigest !== undefined && imageTag !== undefined && images.has(imageDigest) && tags.has(imageTag)) {
    const failureReason = 'Requested image tag does not map to the requested image digest';
    return { failureCode: 'ImageTagDoesNotMatchDigest', failureReason };
  }
  return notFound;
}

function limitIds(imageIds: unknown) {
  if (Array.isArray(imageIds) && imageIds.length >= 1 && imageIds.length <= 100) return;
  throw errors.invalidParameter('imageIds', 'Member must have length between 1 and 100, inclusive');
}

function withTagStatus(repository: Repository, status: 'TAGGED' | 'UNTAGGED' | 'ANY' = 'ANY') {
  const tagged = new Set(repository.tags.values());
  const all = byDigest([...repository.images.values()]);
  return all.filter(({ digest }) => status === 'ANY' || tagged.has(digest) === (status === 'TAGGED'));
}

const answer = ({ name }: Repository, { digest, bytes, manifest }: Image, imageTag: string | undefined) => ({
  registryId: account,
  repositoryName: name,
  imageId: { imageDigest: digest, ...(imageTag !== undefined && { imageTag }) },
  imageManifest: new TextDecoder().decode(bytes),
  imageManifestMediaType: manifest.mediaType,
});

function detail(repository: Repository, image: Image) {
  const { digest, manifest, pushedAt } = image;
  const imageTags = tagsOf(repository, digest);
  return {
    registryId: account,
    repositoryName: repository.name,
    imageDigest: digest,
    ...(imageTags.length > 0 && { imageTags }),
    imageSizeInBytes: sizeOf(repository, image),
    imagePushedAt: new Date(pushedAt),
    imageManifestMediaType: manifest.mediaType,
    ...(manifest.artifactType !== undefined && { artifactMediaType: manifest.artifactType }),
    ...(manifest.subject && { subjectManifestDigest: manifest.subject.digest }),
    imageStatus: 'ACTIVE',
  };
}

/** The layers' bytes; of an index the largest of its images (API reference, `ImageDetail`). */
function sizeOf(repository: Repository, { manifest }: Image): number {
  const children = manifest.children.flatMap(({ digest }) => repository.images.get(digest) ?? []);
  if (manifest.config === undefined)
    return Math.max(0, ...children.map((child) => sizeOf(repository, child)));
  return manifest.layers.reduce((total, { size }) => total + size, 0);
}
