/** Root filesystems of images, unpacked once per digest into a directory that later runs use again. */
import { access, mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource, PulledImage } from './image-source.ts';
import { applyLayer } from './layer.ts';

export type RootfsOf = (image: PulledImage) => Promise<string>;

/** Rejects as ECS words it when a layer cannot be unpacked. Asking again tries again. */
export function rootfsStore(images: ImageSource, directory: string): RootfsOf {
  const unpacking = new Map<string, Promise<string>>();

  async function unpack({ digest, layers }: PulledImage): Promise<string> {
    const place = join(directory, digest.replace(':', '-'));
    if (await exists(place)) return realpath(place);
    await mkdir(directory, { recursive: true });
    const partial = await realpath(await mkdtemp(`${place}.`));
    try {
      for (const layer of layers) {
        await applyLayer(partial, { mediaType: layer.mediaType, bytes: images.blob(layer.digest) });
      }
      await rename(partial, place);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw new Error(`CannotPullContainerError: failed to register layer: ${(error as Error).message}`);
    }
    return realpath(place);
  }

  return (image) => {
    const known = unpacking.get(image.digest);
    if (known) return known;
    const work = unpack(image);
    unpacking.set(image.digest, work);
    work.catch(() => unpacking.delete(image.digest));
    return work;
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
