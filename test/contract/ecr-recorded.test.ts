/** The recorded image goes in through the registry; ECR's API and the bus answer what AWS answered. */
import { expect, test } from 'vitest';
import {
  digests,
  manifests,
  pushRecorded,
  recorded,
  type World,
  worldWithBlobs,
  worldWithImage,
} from './ecr-fixture.ts';

const get = (made: World, ids: object[], more: object = {}) =>
  made.call('BatchGetImage', { repositoryName: 'shop/api', imageIds: ids, ...more });
const byName = (...names: string[]) => names.map((name) => ({ imageDigest: digests[name] }));

test.each([
  { file: 'index', ids: [{ imageTag: '1.8.3' }] },
  { file: 'children', ids: byName('amd64', 'arm64') },
  { file: 'attestation-manifest', ids: byName('attestationAmd64') },
  { file: 'referrers', ids: byName('referrerTrivyRawIndex', 'referrerSigned', 'referrerSbom') },
  { file: 'docker-v2-no-labels', ids: [{ imageTag: 'legacy' }] },
  { file: 'single-arch-with-provenance', ids: [{ imageTag: '1.8.4' }] },
])('BatchGetImage answers the recorded $file', async ({ file, ids }) => {
  const made = await worldWithImage();
  for (const referrer of manifests.referrers) await pushRecorded(made, referrer);
  await pushRecorded(made, 'legacyDockerV2NoLabels', 'legacy');
  await pushRecorded(made, 'singleArchIndexWithProvenance', '1.8.4');

  const answer = get(made, ids);

  expect(answer).toEqual(recorded(`api/ecr-batch-get-image-${file}.json`));
});

test('BatchGetImage answers a missing image with 200 and the recorded failure', async () => {
  const made = await worldWithImage();
  const missing = recorded('api/ecr-batch-get-image-not-found.json');

  const answer = get(made, [missing.failures[0].imageId]);

  expect(answer).toEqual(missing);
});

test('DescribeImages answers the recorded details, but for what an index has none of', async () => {
  const made = await worldWithImage();
  await pushRecorded(made, 'referrerSigned');
  const [index, child, referrer] = recorded('api/ecr-describe-images.json').imageDetails;
  const pushed = { imagePushedAt: Date.UTC(2026, 0, 5, 9) / 1000 };
  // Captured events of an index have no artifact media type, and the API reference says its size is its largest image's.
  const { artifactMediaType: _none, ...indexDetail } = index;

  const { imageDetails } = made.call('DescribeImages', {
    repositoryName: 'shop/api',
    imageIds: [{ imageTag: '1.8.3' }, ...byName('amd64', 'referrerSigned')],
  });

  expect(imageDetails).toEqual([
    { ...indexDetail, ...pushed, imageSizeInBytes: child.imageSizeInBytes },
    { ...child, ...pushed },
    { ...referrer, ...pushed },
  ]);
});

test('ListImageReferrers answers all recorded referrers, page by page', async () => {
  const made = await worldWithImage();
  for (const referrer of manifests.referrers) await pushRecorded(made, referrer);
  const pages = [1, 2].flatMap((page) => recorded(`api/ecr-list-image-referrers-page${page}.json`).referrers);
  const ask = { repositoryName: 'shop/api', subjectId: { imageDigest: digests.index }, maxResults: 4 };

  const first = made.call('ListImageReferrers', ask);
  const second = made.call('ListImageReferrers', { ...ask, nextToken: first.nextToken });

  expect(first.referrers).toHaveLength(4);
  expect(second.nextToken).toBeUndefined();
  expect(new Set([...first.referrers, ...second.referrers])).toEqual(new Set(pages));
});

test('ListImageReferrers of a child answers only its own, and none before one is attached', async () => {
  const made = await worldWithImage();
  const ask = { repositoryName: 'shop/api', subjectId: { imageDigest: digests.arm64 } };

  const before = made.call('ListImageReferrers', ask);
  await pushRecorded(made, 'referrerTrivyRawArm64');
  const after = made.call('ListImageReferrers', ask);

  expect(before).toEqual(recorded('api/ecr-list-image-referrers-empty.json'));
  expect(after).toEqual(recorded('api/ecr-list-image-referrers-arm64-child.json'));
});

const details = (file: string) =>
  recorded(`events/${file}.json`).map((event: { detail: unknown }) => event.detail);

test('pushing several platforms with attestations emits the recorded events', async () => {
  const made = await worldWithImage();

  expect(made.events.map(({ detail }) => detail)).toEqual(details('push-multi-arch-with-attestations'));
});

test('pushing one platform with provenance emits the recorded events', async () => {
  const made = await worldWithBlobs();

  for (const child of ['amd64', 'attestationAmd64']) await pushRecorded(made, child);
  await pushRecorded(made, 'singleArchIndexWithProvenance', '1.8.4');

  expect(made.events.map(({ detail }) => detail)).toEqual(details('push-single-arch-with-provenance'));
});

test('each tag of the same image is an event of its own', async () => {
  const made = await worldWithImage();

  await pushRecorded(made, 'index', 'latest');

  expect(made.events.slice(-2).map(({ detail }) => detail)).toEqual(details('push-two-tags-same-digest'));
});

test.each(['tagged-index', 'tagged-manifest', 'untagged-child'])(
  'a push event has the fields of the captured %s',
  async (file) => {
    const made = await worldWithImage();
    await pushRecorded(made, 'amd64', '20-alpine3.16');
    const captured = recorded(`events/ecr-image-action-push-${file}-captured.json`);
    const names = {
      'tagged-index': digests.index,
      'untagged-child': digests.arm64,
      'tagged-manifest': digests.amd64,
    };

    const events = made.events.filter(
      ({ detail }) =>
        (detail as Record<string, unknown>)['image-digest'] === names[file as keyof typeof names],
    );
    const { detail, ...event } = events.at(-1) ?? { detail: {} };

    expect(event).toEqual({ source: 'aws.ecr', 'detail-type': captured['detail-type'], resources: [] });
    expect(Object.keys(detail as object).sort()).toEqual(Object.keys(captured.detail).sort());
  },
);
