/** Pushes an image as every client does: the blobs first, the manifest with the tag last. */
import type { BuiltImage } from './build-image.ts';
import { type RegistryAccess, registryClient } from './registry-client.ts';

export interface ImageToPush extends RegistryAccess {
  image: BuiltImage;
  tag: string;
}

/** Answers how many blobs were not there yet. Throws with the registry's words, e.g. for an immutable tag. */
export async function pushImage({ image, tag, ...access }: ImageToPush): Promise<{ uploaded: number }> {
  const client = registryClient(access);
  let uploaded = 0;
  for (const blob of [...image.layers, image.config]) if (await client.putBlob(blob)) uploaded += 1;
  await client.putManifest(image.manifest, tag);
  return { uploaded };
}
