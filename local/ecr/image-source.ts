/** The registry as ECS and the engines see it: they pull images, in the store itself, and need no login. */
import type { ImageConfig, ImageSource } from '../engine/image-source.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import { registryHost } from './repositories.ts';
import type { EcrStore, Image, Repository } from './store.ts';

interface Puller {
  store: EcrStore;
  address: () => string;
  /** As OCI names it: `amd64`, `arm64`. */
  architecture: string;
}

const reference = /^(?<host>[^/]+)\/(?<name>[^:@]+)(?::(?<tag>[^:@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

export function imageSource({ store, address, architecture }: Puller): ImageSource {
  const platform = `linux/${architecture}`;

  /** A digest wins over a tag; neither means `latest`. */
  function resolve(image: string): { repository: Repository; image: Image } {
    const { host, name = '', tag = 'latest', digest } = reference.exec(image)?.groups ?? {};
    if (host !== registryHost && host !== new URL(address()).host) {
      throw cannotPull(`failed to resolve ref ${image}: failed to do request: dial tcp: i/o timeout`);
    }
    const repository = store.repositories().find((each) => each.name === name);
    const found = repository && store.find(repository, digest ? { imageDigest: digest } : { imageTag: tag });
    if (!repository || !found) throw cannotPull(`failed to resolve ref ${image}: not found`);
    return { repository, image: found };
  }

  /** Attestations are children too, of platform `unknown/unknown`, which never is this machine's. */
  function imageFor(repository: Repository, { manifest }: Image): Manifest {
    if (manifest.config) return manifest;
    const child = manifest.children.find((each) => platformOf(each) === platform);
    const found = child && repository.images.get(child.digest);
    if (!found)
      throw cannotPull(`image Manifest does not contain descriptor matching platform '${platform}'`);
    return imageFor(repository, found);
  }

  function contentOf(digest: string) {
    const bytes = store.contents.get(digest);
    if (!bytes) throw cannotPull(`failed to copy: httpReadSeeker: failed open: ${digest}: not found`);
    return bytes;
  }

  function configOf({ config }: Manifest): ImageConfig {
    const file = readConfig(config ? contentOf(config.digest) : new Uint8Array());
    const own = file?.os && file.architecture ? `${file.os}/${file.architecture}` : platform;
    if (!file || own !== platform) {
      throw cannotPull(`image Manifest does not contain descriptor matching platform '${platform}'`);
    }
    return file.config ?? {};
  }

  return {
    pull(reference) {
      const { repository, image } = resolve(reference);
      const manifest = imageFor(repository, image);
      const layers = manifest.layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
      return { repository: repository.name, digest: image.digest, config: configOf(manifest), layers };
    },
    blob: contentOf,
  };
}

/** As Fargate words it after its retries. */
const cannotPull = (reason: string) =>
  new Error(`CannotPullContainerError: pull image manifest has been retried 7 time(s): ${reason}`);

const platformOf = ({ platform }: Descriptor) => platform && `${platform.os}/${platform.architecture}`;

interface ConfigFile {
  os?: string;
  architecture?: string;
  config?: ImageConfig;
}

function readConfig(bytes: Uint8Array): ConfigFile | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ConfigFile;
  } catch {
    return undefined;
  }
}
