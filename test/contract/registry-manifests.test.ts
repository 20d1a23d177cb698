/** The registry's HTTP API on manifests, tags and referrers, as the OCI distribution specification and ECR have it. */
import { expect, test } from 'vitest';
import {
  bytesOf,
  digestOf,
  digests,
  ociIndex,
  ociManifest,
  pushRecorded,
  pushSmallImage,
  type World,
  world,
  worldWithBlobs,
  worldWithImage,
} from './ecr-fixture.ts';

const at = (reference: string) => `/v2/shop/api/manifests/${reference}`;
const errorOf = async (answer: Response) => {
  const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
  return { status: answer.status, code: errors[0]?.code, message: errors[0]?.message };
};
const put = (it: World, name: string, reference: string, mediaType: string) =>
  it.http('PUT', at(reference), {
    body: bytesOf(digests[name] ?? ''),
    headers: { 'content-type': mediaType },
  });

test('a manifest is read by tag and by digest, as it was pushed', async () => {
  const it = await worldWithImage();

  const byTag = await it.http('GET', at('1.8.3'));
  const byDigest = await it.http('HEAD', at(digests.index ?? ''));

  expect(new Uint8Array(await byTag.arrayBuffer())).toEqual(bytesOf(digests.index ?? ''));
  expect(byTag.headers.get('content-type')).toBe(ociIndex);
  expect(byDigest.status).toBe(200);
  expect(byDigest.headers.get('docker-content-digest')).toBe(digests.index);
  expect(byDigest.headers.get('content-length')).toBe('1260');
});

test('a manifest that is not there is unknown', async () => {
  const it = await worldWithImage();

  expect(await errorOf(await it.http('GET', at('nope')))).toMatchObject({
    status: 404,
    code: 'MANIFEST_UNKNOWN',
  });
});

test('a manifest whose blobs are not there is refused, and emits nothing', async () => {
  const it = world();
  it.createRepository('shop/api');

  const answer = await put(it, 'amd64', 'v1', ociManifest);

  expect(await errorOf(answer)).toMatchObject({ status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
  expect(it.events).toEqual([]);
});

test('an index whose images are not there is refused', async () => {
  const it = await worldWithBlobs();

  const answer = await put(it, 'index', 'v1', ociIndex);

  expect(await errorOf(answer)).toMatchObject({ status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
});

test('a manifest pushed under another digest is refused', async () => {
  const it = await worldWithBlobs();

  const answer = await put(it, 'amd64', digests.arm64 ?? '', ociManifest);

  expect(await errorOf(answer)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
});

test.each([
  { it: 'no JSON', body: '{', mediaType: ociManifest },
  {
    it: 'a manifest without a config',
    body: `{"schemaVersion":2,"mediaType":"${ociManifest}","layers":[]}`,
    mediaType: ociManifest,
  },
  { it: 'a media type ECR does not know', body: '{"schemaVersion":2}', mediaType: 'application/json' },
  {
    it: 'a media type that only Object has',
    body: '{"mediaType":"constructor"}',
    mediaType: 'constructor',
  },
  {
    it: 'a manifest that says it is something else',
    body: `{"mediaType":"${ociIndex}"}`,
    mediaType: ociManifest,
  },
])('$it is refused with the words of ECR', async ({ body, mediaType }) => {
  const made = await worldWithBlobs();

  const answer = await made.http('PUT', at('v1'), { body, headers: { 'content-type': mediaType } });

  expect(await errorOf(answer)).toMatchObject({
    status: 405,
    code: 'UNSUPPORTED',
    message: /Invalid parameter at/,
  });
});

test('a manifest larger than 4 MiB is refused', async () => {
  const it = await worldWithBlobs();

  const answer = await it.http('PUT', at('v1'), {
    body: ' '.repeat(4 * 1024 * 1024 + 1),
    headers: { 'content-type': ociManifest },
  });

  expect(await errorOf(answer)).toMatchObject({ status: 413, code: 'SIZE_INVALID' });
});

test('pushing the same again is another event, unless tags are immutable', async () => {
  const it = world();
  it.createRepository('free');
  it.createRepository('fixed', { imageTagMutability: 'IMMUTABLE' });
  const again = async (repository: string) => {
    await pushSmallImage(it, repository, 'a', 'v1');
    return pushSmallImage(it, repository, 'a', 'v1');
  };

  await again('free');
  const refused = again('fixed');

  await expect(refused).rejects.toThrow(
    "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the repository is immutable.",
  );
  expect(it.events).toHaveLength(3);
});

test('a moved tag leaves the old image untagged', async () => {
  const it = world();
  it.createRepository('shop/api');
  const old = await pushSmallImage(it, 'shop/api', 'old', 'v1');

  const fresh = await pushSmallImage(it, 'shop/api', 'new', 'v1');

  const { imageDetails } = it.call('DescribeImages', {
    repositoryName: 'shop/api',
    imageIds: [{ imageDigest: old }],
  });
  expect(imageDetails[0]).not.toHaveProperty('imageTags');
  expect((await it.http('HEAD', at('v1'))).headers.get('docker-content-digest')).toBe(fresh);
});

test('a referrer is answered with its subject and listed with its annotations', async () => {
  const it = await worldWithImage();

  const pushed = await pushRecorded(it, 'referrerTrivyRawIndex');
  const listed = await it.http('GET', `/v2/shop/api/referrers/${digests.index}`);

  expect(pushed.headers.get('oci-subject')).toBe(digests.index);
  expect(listed.headers.get('content-type')).toBe(ociIndex);
  expect(await listed.json()).toMatchObject({
    schemaVersion: 2,
    manifests: [
      {
        digest: digests.referrerTrivyRawIndex,
        size: 758,
        artifactType: 'application/vnd.aquasec.trivy.report.v2+json',
        annotations: { 'org.opencontainers.image.created': '2026-03-05T10:00:45Z' },
      },
    ],
  });
});

test('referrers are filtered by artifact type, and the answer says so', async () => {
  const it = await worldWithImage();
  for (const each of ['referrerSbom', 'referrerTrivyRawIndex']) await pushRecorded(it, each);

  const listed = await it.http(
    'GET',
    `/v2/shop/api/referrers/${digests.index}?artifactType=application/vnd.cyclonedx%2Bjson`,
  );

  expect(listed.headers.get('oci-filters-applied')).toBe('artifactType');
  const { manifests } = (await listed.json()) as { manifests: { digest: string }[] };
  expect(manifests.map(({ digest }) => digest)).toEqual([digests.referrerSbom]);
});

test('an image has no referrers until one is pushed, known or not', async () => {
  const it = await worldWithImage();

  const listed = await it.http('GET', `/v2/shop/api/referrers/${digestOf('nothing')}`);

  expect(listed.status).toBe(200);
  expect(await listed.json()).toMatchObject({ manifests: [] });
});

test('tags are listed in order, page by page', async () => {
  const it = world();
  it.createRepository('shop/api');
  for (const tag of ['v2', 'v10', 'v1']) await pushSmallImage(it, 'shop/api', tag, tag);

  const first = await it.http('GET', '/v2/shop/api/tags/list?n=2');
  const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const second = await it.http('GET', next);

  expect(await first.json()).toEqual({ name: 'shop/api', tags: ['v1', 'v10'] });
  expect(await second.json()).toEqual({ name: 'shop/api', tags: ['v2'] });
  expect(second.headers.has('link')).toBe(false);
});

test('a manifest is deleted by digest with all its tags, but not while an index needs it', async () => {
  const it = await worldWithImage();

  const needed = await it.http('DELETE', at(digests.amd64 ?? ''));
  const index = await it.http('DELETE', at(digests.index ?? ''));
  const free = await it.http('DELETE', at(digests.amd64 ?? ''));

  expect([needed.status, index.status, free.status]).toEqual([405, 202, 202]);
  expect((await it.http('GET', at('1.8.3'))).status).toBe(404);
  expect(it.events.slice(-2).map(({ detail }) => detail)).toMatchObject([
    { 'action-type': 'DELETE', 'image-tag': '1.8.3' },
    { 'action-type': 'DELETE', 'image-tag': '' },
  ]);
});
