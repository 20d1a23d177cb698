import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  ambiguity,
  childFor,
  imageConfigSchema,
  imagesIn,
  type OciIndex,
  ociDocumentSchema,
  ociIndexSchema,
  ociManifestSchema,
} from '../../core/source/oci.ts';

const folder = join(import.meta.dirname, '../fixtures/events');
const { digests } = JSON.parse(readFileSync(join(folder, 'registry/manifest-map.json'), 'utf8'));
const blob = (digest: string) =>
  JSON.parse(readFileSync(join(folder, 'registry/blobs', digest.replace(':', '-')), 'utf8'));
const index = ociIndexSchema.parse(blob(digests.index));
const [amd64, arm64, attestation] = index.manifests;
if (!amd64 || !arm64 || !attestation) throw new Error('the sample index has lost its manifests');

const answers = readdirSync(join(folder, 'api')).flatMap((file) => {
  const { images } = JSON.parse(readFileSync(join(folder, 'api', file), 'utf8'));
  return images.map((image: object) => ({ file, ...image }));
});

test.each(answers)('the manifest $imageId.imageDigest in $file is read as what ECR says it is', (image) => {
  const document = ociDocumentSchema.parse(JSON.parse(image.imageManifest));

  expect(document.mediaType).toBe(image.imageManifestMediaType);
  expect(document.manifests !== undefined).toBe(/index|list/.test(image.imageManifestMediaType));
  expect(`sha256:${createHash('sha256').update(image.imageManifest).digest('hex')}`).toBe(
    image.imageId.imageDigest,
  );
});

test.each([
  { it: 'linux/amd64 by default', platform: undefined, digest: digests.amd64 },
  { it: 'linux/arm64 where wanted', platform: { os: 'linux', architecture: 'arm64' }, digest: digests.arm64 },
  {
    it: 'linux/amd64 instead of what is missing',
    platform: { os: 'linux', architecture: 's390x' },
    digest: digests.amd64,
  },
  {
    it: 'linux/amd64 instead of an attestation',
    platform: { os: 'unknown', architecture: 'unknown' },
    digest: digests.amd64,
  },
])('of the multi-platform index the child is $it', ({ platform, digest }) => {
  expect(childFor(index, platform)?.digest).toBe(digest);
});

const of = (...manifests: OciIndex['manifests']): OciIndex => ({ schemaVersion: 2, manifests });
const soci = {
  ...amd64,
  digest: digests.index,
  artifactType: 'application/vnd.amazon.soci.index.v2+json',
};

test.each([
  { it: 'the first, where none is for linux/amd64', from: of(attestation, arm64), child: arm64 },
  {
    it: 'one without a platform, where it is the only one',
    from: of({ ...amd64, platform: undefined }),
    child: amd64,
  },
  { it: 'the image, not its SOCI index for the same platform', from: of(soci, amd64), child: amd64 },
  {
    it: 'one that says it is an image',
    from: of({ ...amd64, artifactType: 'application/vnd.oci.image.config.v1+json' }),
    child: amd64,
  },
  { it: 'none of attestations', from: of(attestation), child: undefined },
  {
    it: 'none of an attestation that claims a real platform',
    from: of({ ...attestation, platform: amd64.platform }),
    child: undefined,
  },
  {
    it: 'none of a nested index',
    from: of({ ...amd64, mediaType: 'application/vnd.oci.image.index.v1+json' }),
    child: undefined,
  },
  { it: 'none of an empty index', from: of(), child: undefined },
])('the child is $it', ({ from, child }) => {
  expect(childFor(from as OciIndex)?.digest).toBe(child?.digest);
});

test('the child for a platform that is missing is the one for linux/amd64, wherever it stands', () => {
  expect(childFor(of(arm64, amd64), { os: 'linux', architecture: 's390x' })).toBe(amd64);
});

test.each([
  { os: 'unknown', architecture: 'amd64' },
  { os: 'linux', architecture: 'unknown' },
])('a child for $os/$architecture is no image', (platform) => {
  expect(imagesIn(of({ ...amd64, platform }))).toEqual([]);
});

const linux = { os: 'linux', architecture: 'amd64' };
const other = { ...amd64, digest: digests.arm64 };
test.each([
  { it: 'a second image for the platform', index: of(amd64, other) },
  { it: 'one of another variant', index: of({ ...other, platform: { ...linux, variant: 'v3' } }, amd64) },
  {
    it: 'one under another name of the platform',
    index: of(amd64, { ...other, platform: { os: 'Linux', architecture: 'x86_64' } }),
  },
  { it: 'one without a platform', index: of(amd64, { ...other, platform: undefined }) },
  {
    it: 'two without a platform',
    index: of({ ...amd64, platform: undefined }, { ...other, platform: undefined }),
  },
  {
    it: 'one that is called an attestation',
    index: of({ ...attestation, platform: linux }, amd64),
  },
  { it: 'one that is called a SOCI index, and stands before it', index: of(soci, amd64) },
  {
    it: 'a nested index for the platform',
    index: of(amd64, { ...other, mediaType: 'application/vnd.oci.image.index.v1+json' }),
  },
])('$it may run instead of the child that is read', ({ index }) => {
  expect(ambiguity(index, linux)).toMatch(
    /^it is an index of which \w{12} may run on linux\/amd64 as well as/,
  );
});

test.each([
  { it: 'images for other platforms and attestations', from: index, platform: linux },
  { it: 'the SOCI index behind it', from: of(amd64, soci), platform: linux },
  { it: 'the same image once more', from: of(amd64, { ...amd64 }), platform: linux },
  { it: 'a platform that is missing', from: index, platform: { os: 'linux', architecture: 's390x' } },
  { it: 'no image at all', from: of(attestation), platform: linux },
])('with $it, none may run instead', ({ from, platform }) => {
  expect(ambiguity(from, platform)).toBeUndefined();
});

test('the images in an index are its platforms, without attestations', () => {
  expect(imagesIn(index).map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64']);
});

test.each([
  { it: 'says what it is about', digest: digests.referrerTrivyRawIndex, subject: digests.index },
  { it: 'of a child says so', digest: digests.referrerTrivyRawArm64, subject: digests.arm64 },
])('a referrer $it', ({ digest, subject }) => {
  expect(ociManifestSchema.parse(blob(digest))).toMatchObject({
    artifactType: 'application/vnd.aquasec.trivy.report.v2+json',
    subject: { digest: subject },
  });
});

const manifest = blob(digests.amd64);
test.each([
  { it: 'of schema version 1', document: { ...manifest, schemaVersion: 1 } },
  { it: 'of another media type', document: { ...manifest, mediaType: 'text/plain' } },
  { it: 'that is an index and a manifest at once', document: { ...manifest, manifests: index.manifests } },
  { it: 'that is a manifest and an index at once', document: { ...manifest, ...index } },
  { it: 'that calls itself an index', document: { ...manifest, mediaType: index.mediaType } },
  {
    it: 'with a digest that is none',
    document: { ...manifest, config: { ...manifest.config, digest: 'sha256:ab' } },
  },
  { it: 'with neither layers nor manifests', document: { schemaVersion: 2 } },
])('a document $it is refused', ({ document }) => {
  expect(ociDocumentSchema.safeParse(document).success).toBe(false);
});

test('a document without a media type is told by its content', () => {
  const { mediaType, ...untyped } = manifest;

  expect(ociDocumentSchema.parse(untyped).manifests).toBeUndefined();
});

test.each([
  { it: 'with labels', config: blob(digests.configAmd64), version: '1.8.3' },
  { it: 'without labels', config: blob(digests.legacyConfig), version: undefined },
  {
    it: 'with no labels as Go writes it',
    config: { config: { Labels: null }, created: null },
    version: undefined,
  },
  {
    it: 'of an attestation',
    config: blob('sha256:70625b6da08c01af47574e978a66b4c830d37b26e9f921d896abb9a01637a261'),
    version: undefined,
  },
  { it: 'with nothing', config: { config: null }, version: undefined },
])('an image config $it is read', ({ config, version }) => {
  expect(imageConfigSchema.parse(config).config?.Labels?.['org.opencontainers.image.version']).toBe(version);
});
