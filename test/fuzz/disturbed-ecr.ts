/** ECR as a client of the SDK sees it, over a repository; of its answers, some may be wrong. */
import type { ImageReferrer } from '@aws-sdk/client-ecr';
import { ecr } from '../../aws/ecr.ts';
import type { Means, Opener } from '../../aws/means.ts';
import type { Repository } from './mutated-registry.ts';
import type { Random } from './mutations.ts';

type Answer = Record<string, unknown>;
type Input = { imageIds: { imageDigest: string }[]; layerDigest: string; subjectId: { imageDigest: string } };

function failed(name: string, httpStatusCode: number): never {
  throw Object.assign(new Error(name), { name, $metadata: { httpStatusCode }, $fault: 'client' });
}

/** What may come instead of an answer, by operation. */
const wrongAnswers: Record<string, Record<string, (right: Answer, random: Random) => Answer>> = {
  BatchGetImageCommand: {
    nothing: () => ({}),
    'no images': () => ({ images: [], failures: [] }),
    'a failure': () => ({ images: [], failures: [{ failureCode: 'ImageNotFound', failureReason: 'gone' }] }),
    'an image without a manifest': () => ({ images: [{}] }),
    'an empty manifest': () => ({ images: [{ imageManifest: '' }] }),
    'another manifest': () => ({ images: [{ imageManifest: '{"schemaVersion":2,"layers":[]}' }] }),
    'that the repository is gone': () => failed('RepositoryNotFoundException', 400),
    'that it is too much': () => failed('ThrottlingException', 400),
    'that it is broken': () => failed('ServerException', 500),
  },
  GetDownloadUrlForLayerCommand: {
    nothing: () => ({}),
    'that there is none': () => failed('LayersNotFoundException', 400),
    'that it is broken': () => failed('ServerException', 500),
  },
  ListImageReferrersCommand: {
    nothing: () => ({}),
    'no referrers': () => ({ referrers: [] }),
    'all twice': ({ referrers }) => ({ referrers: [referrers, referrers].flat() }),
    'referrers without digests': ({ referrers }) => ({
      referrers: (referrers as ImageReferrer[]).map(({ digest: _, ...referrer }) => referrer),
    }),
    'referrers without annotations': ({ referrers }) => ({
      referrers: (referrers as ImageReferrer[]).map(({ annotations: _, ...referrer }) => referrer),
    }),
    'two pages': ({ referrers }, random) => ({ referrers, ...(random() < 0.5 && { nextToken: 'more' }) }),
    'a hundred that are not there': ({ referrers }) => {
      const digest = (n: number) => `sha256:${String(n).padStart(64, '0')}`;
      return {
        referrers: [referrers, Array.from({ length: 100 }, (_, n) => ({ digest: digest(n) }))].flat(),
      };
    },
    'that it is too much': () => failed('ThrottlingException', 400),
  },
};

const wrongDownloads: Record<string, (right: Buffer) => Response> = {
  nothing: () => new Response(''),
  half: (right) => new Response(right.subarray(0, right.length / 2)),
  'twice as much': (right) => new Response(Buffer.concat([right, right])),
  'a clean report': () => new Response('{"SchemaVersion":2,"ArtifactType":"container_image","Results":[]}'),
  'an error page': () => new Response('<Error/>', { status: 403 }),
  'that it is broken': () => new Response('', { status: 503 }),
  'no connection': () => {
    throw new Error('socket hang up');
  },
};

/** `chance`: how often an answer is wrong. */
export function disturbedEcr(
  { contents, referrers, done }: Repository,
  random: Random,
  chance: number,
): ReturnType<typeof ecr> {
  const wrong = <Way>(of: string, ways: Record<string, Way>): Way | undefined => {
    if (random() >= chance) return undefined;
    const all = Object.entries(ways);
    const [name, way] = all[Math.floor(random() * all.length)] ?? [];
    done.push(`${of} answers ${name}`);
    return way;
  };
  const right: Record<string, (input: Input) => Answer> = {
    BatchGetImageCommand({ imageIds: [{ imageDigest } = { imageDigest: '' }] }) {
      const imageManifest = contents.get(imageDigest)?.toString();
      return imageManifest === undefined
        ? { images: [], failures: [{ failureReason: 'Requested image not found' }] }
        : { images: [{ imageManifest }], failures: [] };
    },
    GetDownloadUrlForLayerCommand: ({ layerDigest }) =>
      contents.has(layerDigest)
        ? { downloadUrl: `http://layers.test/${layerDigest}` }
        : failed('LayersNotFoundException', 400),
    ListImageReferrersCommand: ({ subjectId: { imageDigest } }) => ({
      referrers: referrers.get(imageDigest) ?? [],
    }),
  };
  const means = {
    makeClient: () => ({
      async send({ constructor: { name }, input }: { constructor: { name: string }; input: Input }) {
        const answer = right[name]?.(input) ?? {};
        return wrong(name, wrongAnswers[name] ?? {})?.(answer, random) ?? answer;
      },
    }),
    async fetch(address: string) {
      const bytes = contents.get(address.slice('http://layers.test/'.length)) ?? Buffer.of();
      return wrong('a download', wrongDownloads)?.(bytes) ?? new Response(bytes);
    },
    open: (opener: Opener) => opener(means),
  } as unknown as Means;
  return ecr(means);
}
