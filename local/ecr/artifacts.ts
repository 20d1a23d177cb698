/** The operations of ECR's API on what belongs to an image: its layers and its referrers. */
import { account, type Operation } from '../aws-service.ts';
import type { Downloads } from './downloads.ts';
import { invalidParameter, layersNotFound } from './errors.ts';
import { isDigest } from './manifest.ts';
import { type PageRequest, pageOf } from './paging.ts';
import type { EcrStore, Image } from './store.ts';

export function artifactOperations(store: EcrStore, downloads: Downloads) {
  return {
    /** For any blob that an image here needs, configs and reports included. */
    GetDownloadUrlForLayer({ registryId, repositoryName, layerDigest }) {
      const repository = store.repository(repositoryName, registryId);
      if (!store.isReferenced(repository, layerDigest)) {
        throw layersNotFound([layerDigest], repositoryName, account);
      }
      return { downloadUrl: downloads.urlOf(layerDigest), layerDigest };
    },

    ListImageReferrers({ registryId, repositoryName, subjectId, filter, ...page }) {
      const repository = store.repository(repositoryName, registryId);
      const subject = subjectId?.imageDigest;
      if (typeof subject !== 'string' || !isDigest(subject)) {
        throw invalidParameter(
          'subjectId.imageDigest',
          "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        );
      }
      const types: string[] | undefined = filter?.artifactTypes;
      if (types && (types.length < 1 || types.length > 5)) {
        throw invalidParameter('filter.artifactTypes', 'Member must have length between 1 and 5, inclusive');
      }
      const wanted = store
        .referrersOf(repository, subject)
        .filter(({ manifest }) => !types || types.includes(manifest.artifactType ?? ''));
      const status = filter?.artifactStatus ?? 'ACTIVE';
      const active = status === 'ACTIVE' || status === 'ANY' ? wanted : [];
      const { items, ...token } = pageOf(active, ({ digest }) => digest, page as PageRequest, {
        most: 50,
        usual: 50,
      });
      return { referrers: items.map(referrer), ...token };
    },
  } satisfies Record<string, Operation>;
}

const referrer = ({ digest, bytes, manifest }: Image) => ({
  digest,
  mediaType: manifest.mediaType,
  ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
  size: bytes.length,
  ...(manifest.annotations && { annotations: manifest.annotations }),
  artifactStatus: 'ACTIVE',
});
