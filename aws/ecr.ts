/** ECR, as Tidegate uses it: which digest a tag stands for, an image's manifests and blobs, what refers to it. */
import { hash } from 'node:crypto';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  GetDownloadUrlForLayerCommand,
  type ImageReferrer,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import { ReleaseRejected, Transient } from '../core/errors.ts';
import type { EcrRepository } from '../core/image.ts';
import { bounded } from './bounded.ts';
import { calling, isAwsError } from './calling.ts';
import { ecrClients, named } from './ecr-clients.ts';
import type { Means } from './means.ts';

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const smallBytes = 64 * 1024;
const maxSmall = 100;

export interface TaggedImage extends EcrRepository {
  tag: string;
  digest: string;
  /** ms since the epoch. */
  pushedAt: number;
}

/** What came is not what was asked for, whoever changed it on its way or where it is kept. */
export class WrongContent extends Error {}

/** Blobs are read over plain HTTP from a signed address. */
export function ecr({ fetch, open }: Pick<Means, 'fetch' | 'open'>) {
  const clientFor = open(ecrClients);
  /** What a digest names never changes, and an image's config is asked for again and again. Its manifest says that it is there. */
  const small = new Map<string, Buffer>();

  return {
    /** The digest that a tag stands for now, and when it was pushed (ms); undefined when there is no such tag. */
    async tagged(
      repository: EcrRepository,
      imageTag: string,
    ): Promise<{ digest: string; pushedAt: number } | undefined> {
      const detail = await describe(repository, { imageTag });
      if (!detail?.imageDigest) return undefined;
      return { digest: detail.imageDigest, pushedAt: detail.imagePushedAt?.getTime() ?? 0 };
    },

    /** Every tag of a repository, with the digest it stands for. */
    async pushes(repository: EcrRepository): Promise<TaggedImage[]> {
      const found: TaggedImage[] = [];
      let nextToken: string | undefined;
      do {
        const command = new DescribeImagesCommand({
          ...named(repository),
          filter: { tagStatus: 'TAGGED' },
          maxResults: 1000,
          ...(nextToken && { nextToken }),
        });
        const page = await calling('DescribeImages', () => clientFor(repository).send(command));
        for (const { imageDigest: digest = '', imageTags = [], imagePushedAt } of page.imageDetails ?? []) {
          const pushedAt = imagePushedAt?.getTime() ?? 0;
          found.push(...imageTags.map((tag) => ({ ...repository, tag, digest, pushedAt })));
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },

    /** When an image was pushed (ms); undefined when it is gone. */
    async pushedAt(repository: EcrRepository, imageDigest: string): Promise<number | undefined> {
      const detail = await describe(repository, { imageDigest });
      return detail && (detail.imagePushedAt?.getTime() ?? 0);
    },

    /** A manifest's text, checked against its digest. Throws `ReleaseRejected` when it is gone. */
    async manifest(repository: EcrRepository, digest: string): Promise<string> {
      const command = new BatchGetImageCommand({
        ...named(repository),
        imageIds: [{ imageDigest: digest }],
        acceptedMediaTypes: manifestTypes,
      });
      const { images = [], failures = [] } = await calling('BatchGetImage', () =>
        clientFor(repository).send(command),
      );
      const manifest = images[0]?.imageManifest;
      if (!manifest) {
        throw new ReleaseRejected(
          `${repository.repository}@${digest}: ${failures[0]?.failureReason ?? 'no such image in ECR'}`,
        );
      }
      checkDigest(Buffer.from(manifest), digest);
      return manifest;
    },

    /** The manifests that these tags stand for now, checked against their digests; of tags that there are none of, nothing. */
    async taggedManifests(
      repository: EcrRepository,
      tags: readonly string[],
    ): Promise<{ tag: string; digest: string; manifest: string }[]> {
      const command = new BatchGetImageCommand({
        ...named(repository),
        imageIds: tags.map((imageTag) => ({ imageTag })),
        acceptedMediaTypes: manifestTypes,
      });
      const { images = [] } = await calling('BatchGetImage', () => clientFor(repository).send(command));
      return images.map(({ imageId, imageManifest: manifest = '' }) => {
        const { imageTag: tag = '', imageDigest: digest = '' } = imageId ?? {};
        checkDigest(Buffer.from(manifest), digest);
        return { tag, digest, manifest };
      });
    },

    /** Everything that refers to a digest and has one of these artifact types. */
    async referrers(
      repository: EcrRepository,
      imageDigest: string,
      artifactTypes: string[],
    ): Promise<ImageReferrer[]> {
      const found: ImageReferrer[] = [];
      let nextToken: string | undefined;
      do {
        const command = new ListImageReferrersCommand({
          ...named(repository),
          subjectId: { imageDigest },
          filter: { artifactTypes },
          ...(nextToken && { nextToken }),
        });
        const page = await calling('ListImageReferrers', () => clientFor(repository).send(command));
        found.push(...(page.referrers ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },

    /** A blob's bytes, checked against its digest. Throws where it is larger than `maxBytes`. Small ones are read once. */
    async blob(repository: EcrRepository, layerDigest: string, maxBytes: number): Promise<Buffer> {
      const key = `${repository.registryId}/${repository.repository}@${layerDigest}`;
      const known = small.get(key);
      if (known && known.length <= maxBytes) return known;
      const command = new GetDownloadUrlForLayerCommand({ ...named(repository), layerDigest });
      const { downloadUrl } = await calling('GetDownloadUrlForLayer', () =>
        clientFor(repository).send(command),
      );
      const answer = await fetch(String(downloadUrl)).catch((error: Error) => {
        throw new Transient(`download of ${layerDigest}: ${error.message}`);
      });
      if (!answer.ok) throw new Transient(`download of ${layerDigest}: HTTP ${answer.status}`);
      const bytes = await bounded(answer, maxBytes);
      checkDigest(bytes, layerDigest);
      if (bytes.length <= smallBytes) {
        if (small.size >= maxSmall) small.clear();
        small.set(key, bytes);
      }
      return bytes;
    },
  };

  async function describe(
    repository: EcrRepository,
    imageId: { imageTag: string } | { imageDigest: string },
  ) {
    try {
      const command = new DescribeImagesCommand({ ...named(repository), imageIds: [imageId] });
      return (await calling('DescribeImages', () => clientFor(repository).send(command))).imageDetails?.[0];
    } catch (error) {
      if (isAwsError(error, 'ImageNotFoundException')) return undefined;
      throw error;
    }
  }
}

function checkDigest(bytes: Buffer, digest: string) {
  const actual = `sha256:${hash('sha256', bytes)}`;
  if (actual !== digest) throw new WrongContent(`the content of ${digest} has the digest ${actual}`);
}
