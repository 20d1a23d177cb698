/** The one store behind ECR's two doors: repositories, their blobs, their images and their tags. */
import { account } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { Emit } from '../event.ts';
import type { ImageId } from './errors.ts';
import * as errors from './errors.ts';
import { imageAction } from './image-action.ts';
import { type Bytes, type Manifest, parseManifest, requiredBlobs, sha256 } from './manifest.ts';

export type Mutability = 'MUTABLE' | 'IMMUTABLE';

export interface Repository {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  mutability: Mutability;
  /** Digests of the blobs that were uploaded or mounted here; their bytes are in `contents`. */
  readonly blobs: Set<string>;
  readonly images: Map<string, Image>;
  /** Tag → digest, oldest tag first. */
  readonly tags: Map<string, string>;
}

export interface Image {
  readonly digest: string;
  readonly bytes: Bytes;
  readonly manifest: Manifest;
  /** Milliseconds since the epoch, of the first push: a further tag does not change it. */
  readonly pushedAt: number;
}

export interface ImagePush {
  bytes: Bytes;
  /** What the client says the manifest is; the manifest's own `mediaType` must agree. */
  mediaType: string | undefined;
  tag: string | undefined;
  /** What the client says its digest is. */
  digest: string | undefined;
}

export type EcrStore = ReturnType<typeof ecrStore>;

export function ecrStore({ clock, emit }: { clock: Clock; emit: Emit }) {
  const repositories = new Map<string, Repository>();
  /** Blobs of all repositories by digest: the same layer is kept once. */
  const contents = new Map<string, Bytes>();

  /** Throws `RepositoryNotFoundException`: ECR creates nothing on push. */
  function repository(name: string, registryId = account): Repository {
    const found = registryId === account ? repositories.get(name) : undefined;
    if (!found) throw errors.repositoryNotFound(name, registryId);
    return found;
  }

  /** `undefined` where the digest or the tag is not there, or they name different images. */
  function find({ images, tags }: Repository, { imageDigest, imageTag }: ImageId): Image | undefined {
    const tagged = imageTag === undefined ? imageDigest : tags.get(imageTag);
    if (tagged === undefined || (imageDigest !== undefined && imageDigest !== tagged)) return undefined;
    return images.get(tagged);
  }

  function refuseUnknownReferences({ name, blobs, images }: Repository, manifest: Manifest) {
    const layers = requiredBlobs(manifest).filter((digest) => !blobs.has(digest));
    if (layers.length > 0) throw errors.layersNotFound(layers, name, account);
    const children = manifest.children.map(({ digest }) => digest).filter((digest) => !images.has(digest));
    if (children.length > 0) throw errors.referencedImagesNotFound(children, name, account);
  }

  return {
    contents,
    repository,
    find,
    repositories: () => [...repositories.values()],

    createRepository(name: string, mutability: Mutability): Repository {
      if (repositories.has(name)) throw errors.repositoryAlreadyExists(name, account);
      const created: Repository = {
        name,
        createdAt: clock.now(),
        mutability,
        blobs: new Set(),
        images: new Map(),
        tags: new Map(),
      };
      repositories.set(name, created);
      return created;
    },

    addBlob({ blobs }: Repository, digest: string, bytes: Bytes) {
      if (!contents.has(digest)) contents.set(digest, bytes);
      blobs.add(digest);
    },

    /** Whether an image here needs the blob. ECR hands out and mounts no others. */
    isReferenced: ({ images }: Repository, digest: string) =>
      images.values().some(({ manifest }) => requiredBlobs(manifest).includes(digest)),

    /** Stores a manifest, moves the tag to it and emits the push event; also when nothing changed. */
    putImage(repository: Repository, { bytes, mediaType, tag, digest: wanted }: ImagePush): Image {
      const digest = sha256(bytes);
      const manifest = parseManifest(bytes, mediaType);
      if (wanted !== undefined && wanted !== digest) throw errors.imageDigestDoesNotMatch(wanted, digest);
      refuseUnknownReferences(repository, manifest);
      if (tag !== undefined && repository.tags.has(tag) && repository.mutability === 'IMMUTABLE') {
        throw errors.imageTagAlreadyExists(tag, repository.name);
      }

      const image = repository.images.get(digest) ?? { digest, bytes, manifest, pushedAt: clock.now() };
      repository.images.set(digest, image);
      if (tag !== undefined) repository.tags.set(tag, digest);
      emit(imageAction('PUSH', repository.name, image, tag));
      return image;
    },

    /** Takes the tag away; with its last tag an image is deleted. Without `imageTag` the image and all its tags. */
    deleteImage(repository: Repository, image: Image, imageTag: string | undefined) {
      const all = tagsOf(repository, image.digest);
      const removed = imageTag === undefined ? all : [imageTag];
      for (const tag of removed) repository.tags.delete(tag);
      if (removed.length === all.length) repository.images.delete(image.digest);
      for (const tag of removed.length > 0 ? removed : [undefined]) {
        emit(imageAction('DELETE', repository.name, image, tag));
      }
      return removed;
    },

    /** Indexes that list the image. */
    parentsOf: ({ images }: Repository, digest: string) =>
      [...images.values()].filter(({ manifest }) =>
        manifest.children.some((child) => child.digest === digest),
      ),

    /** Manifests whose `subject` is the digest, in the order of their own digests; the subject need not exist. */
    referrersOf: ({ images }: Repository, digest: string) =>
      byDigest([...images.values()].filter(({ manifest }) => manifest.subject?.digest === digest)),
  };
}

/** Newest first, as recorded. */
export const tagsOf = ({ tags }: Repository, digest: string) =>
  [...tags].flatMap(([tag, target]) => (target === digest ? [tag] : [])).reverse();

/** AWS promises no order; this one is stable for paging and never the order of pushing. */
export const byDigest = (images: Image[]) => images.sort((a, b) => (a.digest < b.digest ? -1 : 1));
