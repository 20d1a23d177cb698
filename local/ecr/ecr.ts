/** Amazon ECR: one store of images with two doors, its AWS API and the OCI distribution API. */
import { randomBytes } from 'node:crypto';
import type { AwsService } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { ImageSource } from '../engine/image-source.ts';
import type { Emit } from '../event.ts';
import { artifactOperations } from './artifacts.ts';
import { layerDownloads } from './downloads.ts';
import { imageSource } from './image-source.ts';
import { imageOperations } from './images.ts';
import { registryApi } from './registry.ts';
import { repositoryOperations } from './repositories.ts';
import { type ImageScans, scanOperations } from './scans.ts';
import { type EcrStore, ecrStore, type Mutability } from './store.ts';
import { blobUploads } from './uploads.ts';

export interface EcrOptions {
  clock: Clock;
  emit: Emit;
  /** Where this world answers, such as `http://127.0.0.1:4747`; asked each time, since the port is known late. */
  address: () => string;
  random?: (length: number) => Buffer;
  /** The platform that `images` resolves an index to, as OCI names it; this machine's when absent. */
  architecture?: string;
  /** Of one blob, in bytes; AWS allows 52,000 MiB, but these are kept in memory. */
  blobLimit?: number;
}

export interface Ecr {
  service: AwsService;
  /** Answers what `owns` claims; any other path is 404. Waits for nothing but the request's body. */
  fetch(request: Request): Promise<Response>;
  /** Whether a path is the registry's: `/v2/…` and the pre-signed downloads. */
  owns(path: string): boolean;
  images: ImageSource;
  /** Throws as the API does: `RepositoryAlreadyExistsException`, `InvalidParameterException`. */
  createRepository(name: string, options?: { imageTagMutability?: Mutability }): void;
  /** What ECR found in images by itself: nothing, before somebody puts it here. */
  scans: ImageScans;
  /** The state itself, for the console and for tests. */
  store: EcrStore;
}

export function ecr(options: EcrOptions): Ecr {
  const { clock, emit, address, random = randomBytes, blobLimit = 1024 ** 3 } = options;
  const architecture = options.architecture ?? (process.arch === 'x64' ? 'amd64' : process.arch);
  const store = ecrStore({ clock, emit });
  const scans: ImageScans = new Map();
  const downloads = layerDownloads({ clock, address, contents: store.contents, secret: random(32) });
  const repositories = repositoryOperations({ store, clock, address, random });
  const registry = registryApi({
    store,
    address,
    uploads: blobUploads({ store, clock, random, limit: blobLimit }),
  });

  return {
    service: {
      target: 'AmazonEC2ContainerRegistry_V20150921',
      operations: {
        ...repositories.operations,
        ...imageOperations(store),
        ...artifactOperations(store, downloads),
        ...scanOperations(store, scans),
      },
    },
    owns: (path) => path === '/v2' || path.startsWith('/v2/') || downloads.owns(path),
    fetch(request) {
      const download = downloads.owns(new URL(request.url).pathname);
      return clock.during(download ? Promise.resolve(downloads.fetch(request)) : registry(request));
    },
    images: imageSource({ store, address, architecture }),
    createRepository(name, { imageTagMutability = 'MUTABLE' } = {}) {
      repositories.create({ repositoryName: name, imageTagMutability });
    },
    store,
    scans,
  };
}
