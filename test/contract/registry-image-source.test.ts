/** What ECS and the engines get from the registry. */
import { expect, test } from 'vitest';
import { digests, pushRecorded, worldWithBlobs, worldWithImage } from './ecr-fixture.ts';

const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

test.each([
  { architecture: 'amd64', layers: 'application/vnd.oci.image.layer.v1.tar+gzip' },
  { architecture: 'arm64', layers: 'application/vnd.oci.image.layer.v1.tar+zstd' },
])('an index is resolved to $architecture, and keeps its own digest', async ({ architecture, layers }) => {
  const { images } = await worldWithImage({ architecture });

  const pulled = images.pull(`${registry}/shop/api:1.8.3`);

  expect(pulled).toMatchObject({ repository: 'shop/api', digest: digests.index });
  expect(pulled.layers.map(({ mediaType }) => mediaType)).toEqual([layers, layers]);
  expect(pulled.config.Labels).toHaveProperty(['org.opencontainers.image.revision']);
});

test.each([
  ['a pinned image', `${registry}/shop/api@${digests.amd64}`, digests.amd64],
  ['a digest over a tag', `${registry}/shop/api:1.8.3@${digests.amd64}`, digests.amd64],
  ['latest', `${registry}/shop/api`, digests.index],
  ['by the address of the world', '127.0.0.1:4747/shop/api:1.8.3', digests.index],
])('%s is pulled', async (_it, image, digest) => {
  const made = await worldWithImage({ architecture: 'amd64' });
  await pushRecorded(made, 'index', 'latest');

  expect(made.images.pull(image).digest).toBe(digest);
});

test('blobs are the bytes that were pushed', async () => {
  const { images } = await worldWithImage();

  const config = JSON.parse(new TextDecoder().decode(images.blob(digests.configAmd64 ?? '')));

  expect(config.architecture).toBe('amd64');
});

const refused = 'CannotPullContainerError: pull image manifest has been retried 7 time(s): ';
test.each([
  [`${registry}/shop/api:nope`, `failed to resolve ref ${registry}/shop/api:nope: not found`],
  [`${registry}/shop/web:1.8.3`, `failed to resolve ref ${registry}/shop/web:1.8.3: not found`],
  ['docker.io/library/node:24', 'failed to resolve ref docker.io/library/node:24: failed to do request'],
])('%s cannot be pulled', async (image, reason) => {
  const { images } = await worldWithImage();

  expect(() => images.pull(image)).toThrow(refused + reason);
});

test.each(['1.8.3', digests.arm64])(
  '%s of another platform only cannot be pulled',
  async (reference = '') => {
    const made = await worldWithBlobs({ architecture: reference === '1.8.3' ? 's390x' : 'amd64' });
    for (const child of ['amd64', 'arm64', 'attestationAmd64', 'attestationArm64'])
      await pushRecorded(made, child);
    await pushRecorded(made, 'index', '1.8.3');

    const pull = () =>
      made.images.pull(`${registry}/shop/api${reference.includes(':') ? '@' : ':'}${reference}`);

    expect(pull).toThrow(`${refused}image Manifest does not contain descriptor matching platform`);
  },
);
