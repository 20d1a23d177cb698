/** The results of ECR's own scans: nothing is scanned here, a result is what somebody puts in its place. */
import { AwsError, account, type Operation } from '../aws-service.ts';
import * as errors from './errors.ts';
import { type PageRequest, pageOf } from './paging.ts';
import type { EcrStore } from './store.ts';

/** Of one image, as ECR answers it, all findings in one. Times in seconds since the epoch. */
export interface ImageScan {
  imageScanStatus: { status: string; description?: string };
  imageScanFindings?: {
    imageScanCompletedAt?: number;
    vulnerabilitySourceUpdatedAt?: number;
    findingSeverityCounts?: Record<string, number>;
    findings?: object[];
    enhancedFindings?: object[];
  };
}

/** By the digest of an image: an index is never scanned. */
export type ImageScans = Map<string, ImageScan>;

const pages = { most: 1000, usual: 100 };

export function scanOperations(store: EcrStore, scans: ImageScans) {
  return {
    DescribeImageScanFindings({ registryId, repositoryName, imageId, ...page }) {
      const repository = store.repository(repositoryName, registryId);
      const image = store.find(repository, imageId);
      if (!image) throw errors.imageNotFound(imageId, repositoryName, account);
      const scan = scans.get(image.digest);
      if (!scan) throw scanNotFound(image.digest, repositoryName);
      const { imageScanStatus, imageScanFindings } = scan;
      const about = {
        ...{ registryId: account, repositoryName, imageScanStatus },
        imageId: { ...imageId, imageDigest: image.digest },
      };
      if (!imageScanFindings) return about;
      const kind = imageScanFindings.enhancedFindings ? 'enhancedFindings' : 'findings';
      const all = (imageScanFindings[kind] ?? []).map((finding, index) => ({ finding, index }));
      const key = ({ index }: { index: number }) => String(index).padStart(6, '0');
      const { items, ...token } = pageOf(all, key, page as PageRequest, pages);
      return {
        ...about,
        imageScanFindings: { ...imageScanFindings, [kind]: items.map(({ finding }) => finding) },
        ...token,
      };
    },
  } satisfies Record<string, Operation>;
}

const scanNotFound = (digest: string, name: string) =>
  new AwsError(
    'ScanNotFoundException',
    `Image scan does not exist for the image with '{imageDigest:'${digest}'}' in the repository with name '${name}' in the registry with id '${account}'`,
  );
