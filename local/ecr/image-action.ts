/** The events ECR puts on the bus, in the shape of captured ones: the documentation's sample lacks the media types. */
import type { Emit } from '../event.ts';
import type { Image } from './store.ts';

/** One manifest put or deleted. A manifest without a tag has `"image-tag": ""`; an index has no artifact media type. */
export function imageAction(
  action: 'PUSH' | 'DELETE',
  repository: string,
  { digest, manifest }: Image,
  tag: string | undefined,
): Parameters<Emit>[0] {
  const mediaTypes = {
    'manifest-media-type': manifest.mediaType,
    ...(manifest.artifactType !== undefined && { 'artifact-media-type': manifest.artifactType }),
  };
  return {
    source: 'aws.ecr',
    'detail-type': 'ECR Image Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': repository,
      'image-digest': digest,
      'action-type': action,
      'image-tag': tag ?? '',
      ...(action === 'PUSH' && mediaTypes),
    },
  };
}
