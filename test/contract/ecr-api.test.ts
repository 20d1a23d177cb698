/** ECR's own API: what it refuses, in AWS's words, and how it pages. */
import { expect, test } from 'vitest';
import {
  address,
  digests,
  pushRecorded,
  pushSmallImage,
  recorded,
  world,
  worldWithImage,
} from './ecr-fixture.ts';

const repositoryName = 'shop/api';

test('an unknown repository is named, with the registry that was asked', () => {
  const made = world();

  const ask = () => made.call('DescribeImages', { repositoryName });

  expect(ask).toThrow(
    "The repository with name 'shop/api' does not exist in the registry with id '123456789012'",
  );
});

test("another account's registry has no repositories", () => {
  const made = world();
  made.createRepository(repositoryName);

  const ask = () => made.call('DescribeImages', { registryId: '999999999999', repositoryName });

  expect(ask).toThrow("does not exist in the registry with id '999999999999'");
});

test('a repository is described with the address that task definitions use', () => {
  const made = world();

  const { repository } = made.call('CreateRepository', { repositoryName, imageTagMutability: 'IMMUTABLE' });

  expect(repository).toMatchObject({
    repositoryArn: 'arn:aws:ecr:eu-west-1:123456789012:repository/shop/api',
    repositoryUri: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api',
    imageTagMutability: 'IMMUTABLE',
    createdAt: made.clock.now() / 1000,
  });
  expect(made.call('DescribeRepositories', {}).repositories).toEqual([repository]);
});

test.each([
  { it: 'the same again', input: { repositoryName: 'taken' }, code: 'RepositoryAlreadyExistsException' },
  { it: 'upper case', input: { repositoryName: 'Shop' }, code: 'InvalidParameterException' },
  {
    it: 'an option that is not there',
    input: { repositoryName: 'ab', imageTagMutability: 'NO' },
    code: 'InvalidParameterException',
  },
])('a repository cannot be created: $it', ({ input, code }) => {
  const made = world();
  made.createRepository('taken');

  expect(() => made.call('CreateRepository', input)).toThrow(expect.objectContaining({ code }));
});

test("DescribeImages refuses an unknown tag as AWS does, with 'null' for the digest", async () => {
  const made = await worldWithImage();

  const ask = () =>
    made.call('DescribeImages', { repositoryName, imageIds: [{ imageTag: '1.8.3' }, { imageTag: 'nope' }] });

  expect(ask).toThrow(
    "The image with imageId {imageDigest:'null', imageTag:'nope'} does not exist within the repository with name 'shop/api' in the registry with id '123456789012'",
  );
});

test('a further tag does not change when an image was pushed', async () => {
  const made = await worldWithImage();
  const pushedAt = made.clock.now() / 1000;
  await made.clock.advance(60_000);

  await pushRecorded(made, 'index', 'latest');

  const { imageDetails } = made.call('DescribeImages', {
    repositoryName,
    imageIds: [{ imageTag: 'latest' }],
  });
  expect(imageDetails[0]).toMatchObject({ imagePushedAt: pushedAt, imageTags: ['latest', '1.8.3'] });
});

test.each([
  { it: 'neither tag nor digest', id: {}, code: 'MissingDigestAndTag' },
  { it: 'what is no digest', id: { imageDigest: 'sha256:1' }, code: 'InvalidImageDigest' },
  {
    it: 'a tag of another image',
    id: { imageDigest: digests.amd64, imageTag: '1.8.3' },
    code: 'ImageTagDoesNotMatchDigest',
  },
  { it: 'an unknown tag', id: { imageTag: 'nope' }, code: 'ImageNotFound' },
])('BatchGetImage answers $it with a failure beside the images', async ({ id, code }) => {
  const made = await worldWithImage();

  const answer = made.call('BatchGetImage', { repositoryName, imageIds: [id, { imageTag: '1.8.3' }] });

  expect(answer.images).toHaveLength(1);
  expect(answer.failures).toEqual([{ imageId: id, failureCode: code, failureReason: expect.any(String) }]);
});

test('BatchGetImage finds only the media types that are accepted', async () => {
  const made = await worldWithImage();
  const ask = { repositoryName, imageIds: [{ imageTag: '1.8.3' }] };
  const [image] = recorded('api/ecr-batch-get-image-index.json').images;

  const accepted = made.call('BatchGetImage', { ...ask, acceptedMediaTypes: [image.imageManifestMediaType] });
  const other = made.call('BatchGetImage', {
    ...ask,
    acceptedMediaTypes: ['application/vnd.oci.image.manifest.v1+json'],
  });

  expect(accepted.images).toEqual([image]);
  expect(other).toMatchObject({ images: [], failures: [{ failureCode: 'ImageNotFound' }] });
});

test('pages continue where they ended, though an image was deleted meanwhile', async () => {
  const made = world();
  made.createRepository(repositoryName);
  const pushed = [];
  for (const content of ['a', 'b', 'c', 'd', 'e'])
    pushed.push(await pushSmallImage(made, repositoryName, content));
  const [first = '', second = '', ...rest] = pushed.toSorted();

  const page = made.call('DescribeImages', { repositoryName, maxResults: 2 });
  made.call('BatchDeleteImage', { repositoryName, imageIds: [{ imageDigest: second }] });
  const next = made.call('DescribeImages', { repositoryName, maxResults: 3, nextToken: page.nextToken });

  const seen = ({ imageDetails }: { imageDetails: { imageDigest: string }[] }) =>
    imageDetails.map(({ imageDigest }) => imageDigest);
  expect(seen(page)).toEqual([first, second]);
  expect(seen(next)).toEqual(rest);
  expect(next.nextToken).toBeUndefined();
});

test.each([{ maxResults: 0 }, { maxResults: 1001 }, { nextToken: 'mine' }, { imageIds: [] }])(
  'DescribeImages refuses %o',
  async (more) => {
    const made = await worldWithImage();

    const ask = () => made.call('DescribeImages', { repositoryName, ...more });

    expect(ask).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }));
  },
);

test('ListImages has an entry for each tag and one for an image without', async () => {
  const made = await worldWithImage();
  await pushRecorded(made, 'index', 'latest');

  const of = (tagStatus?: string) =>
    made.call('ListImages', { repositoryName, ...(tagStatus && { filter: { tagStatus } }) }).imageIds;

  expect(of('TAGGED')).toEqual([
    { imageDigest: digests.index, imageTag: '1.8.3' },
    { imageDigest: digests.index, imageTag: 'latest' },
  ]);
  expect(of('UNTAGGED')).toHaveLength(4);
  expect(of()).toHaveLength(6);
});

test('ListImageReferrers filters by artifact type', async () => {
  const made = await worldWithImage();
  for (const each of ['referrerSbom', 'referrerTrivyRawIndex', 'referrerSigned'])
    await pushRecorded(made, each);
  const artifactTypes = ['application/vnd.aquasec.trivy.report.v2+json', 'application/vnd.cyclonedx+json'];

  const { referrers } = made.call('ListImageReferrers', {
    repositoryName,
    subjectId: { imageDigest: digests.index },
    filter: { artifactTypes },
  });

  expect(referrers.map(({ digest }: { digest: string }) => digest).toSorted()).toEqual(
    [digests.referrerSbom, digests.referrerTrivyRawIndex].toSorted(),
  );
});

test('PutImage tags an image that is there, once', async () => {
  const made = await worldWithImage();
  const [image] = recorded('api/ecr-batch-get-image-index.json').images;
  const input = { repositoryName, imageManifest: image.imageManifest, imageTag: 'prod' };

  const answer = made.call('PutImage', input);

  expect(answer.image).toEqual({ ...image, imageId: { ...image.imageId, imageTag: 'prod' } });
  expect(made.events.at(-1)?.detail).toMatchObject({ 'image-tag': 'prod', 'action-type': 'PUSH' });
  expect(() => made.call('PutImage', input)).toThrow(
    expect.objectContaining({ code: 'ImageAlreadyExistsException' }),
  );
});

test.each([
  {
    it: 'a digest that is not its own',
    more: { imageDigest: digests.amd64 },
    code: 'ImageDigestDoesNotMatchException',
  },
  { it: 'what is not JSON', more: { imageManifest: '{' }, code: 'InvalidParameterException' },
  {
    it: 'more than 4 MiB',
    more: { imageManifest: ' '.repeat(4 * 1024 * 1024 + 1) },
    code: 'InvalidParameterException',
  },
  {
    it: 'another media type than its own',
    more: { imageManifestMediaType: 'application/json' },
    code: 'InvalidParameterException',
  },
])('PutImage refuses $it', async ({ more, code }) => {
  const made = await worldWithImage();
  const [image] = recorded('api/ecr-batch-get-image-index.json').images;

  const put = () =>
    made.call('PutImage', { repositoryName, imageManifest: image.imageManifest, imageTag: 'prod', ...more });

  expect(put).toThrow(expect.objectContaining({ code }));
});

test('an immutable tag cannot be moved', async () => {
  const made = await worldWithImage();
  made.call('PutImageTagMutability', { repositoryName, imageTagMutability: 'IMMUTABLE' });
  const [child] = recorded('api/ecr-batch-get-image-children.json').images;

  const put = () =>
    made.call('PutImage', { repositoryName, imageManifest: child.imageManifest, imageTag: '1.8.3' });

  expect(put).toThrow(
    "The image tag '1.8.3' already exists in the 'shop/api' repository and cannot be overwritten because the repository is immutable.",
  );
});

test('deleting by tag takes the tag, and the image with its last tag', async () => {
  const made = await worldWithImage();
  await pushRecorded(made, 'index', 'latest');
  const drop = (imageTag: string) =>
    made.call('BatchDeleteImage', { repositoryName, imageIds: [{ imageTag }] });

  drop('1.8.3');
  const between = made.call('ListImages', { repositoryName, filter: { tagStatus: 'TAGGED' } });
  const last = drop('latest');

  expect(between.imageIds).toEqual([{ imageDigest: digests.index, imageTag: 'latest' }]);
  expect(last).toEqual({ imageIds: [{ imageDigest: digests.index, imageTag: 'latest' }], failures: [] });
  expect(made.store.repository(repositoryName).images.has(digests.index ?? '')).toBe(false);
  const { detail } = recorded('events/ecr-image-action-delete.json');
  expect(made.events.at(-1)?.detail).toEqual({
    ...detail,
    'repository-name': repositoryName,
    'image-digest': digests.index,
  });
});

test('an image that an index needs is not deleted', async () => {
  const made = await worldWithImage();

  const answer = made.call('BatchDeleteImage', {
    repositoryName,
    imageIds: [{ imageDigest: digests.amd64 }],
  });

  expect(answer).toMatchObject({
    imageIds: [],
    failures: [{ failureCode: 'ImageReferencedByManifestList' }],
  });
});

test('a login for docker is good for twelve hours', () => {
  const made = world();

  const [data] = made.call('GetAuthorizationToken', {}).authorizationData;

  expect(Buffer.from(data.authorizationToken, 'base64').toString()).toMatch(/^AWS:.{40,}$/);
  expect(data).toMatchObject({ proxyEndpoint: address, expiresAt: made.clock.now() / 1000 + 12 * 3600 });
});
