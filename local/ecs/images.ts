/** From the image that a container names to the exact one that runs: what ECS calls version consistency. */

import type { ImageSource } from '../engine/image-source.ts';
import type { RegisteredContainer } from './task-definition.ts';

export interface PinnedImage {
  /** What the engine is given: `<registry>/<repository>@sha256:…`. */
  image: string;
  digest: string;
}

/** Throws the registry's `CannotPullContainerError: …`. */
export function pin(images: ImageSource, { image, versionConsistency }: RegisteredContainer): PinnedImage {
  const { digest } = images.pull(image);
  return { digest, image: versionConsistency === 'disabled' ? image : `${withoutTag(image)}@${digest}` };
}

// A colon before the last slash belongs to the registry's port.
const withoutTag = (image: string) => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
