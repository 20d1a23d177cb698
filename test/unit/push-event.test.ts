import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePush } from '../../core/push/event.ts';

const folder = join(import.meta.dirname, '../fixtures/events');
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const kindOf = (event: unknown) => Object.keys(parsePush(event)).join();
const reasonOf = (event: unknown) => Object.values(parsePush(event)).join();

/** What each recorded event is; the documentation's digests are too short to be real. */
const events = {
  'ecr-image-action-archive.json': /^ignored: the action UPDATE_STORAGE_CLASS is no push$/,
  'ecr-image-action-delete.json': /^ignored: the action DELETE is no push$/,
  'ecr-image-action-push-tagged-index-captured.json': /^ignored: the tag v4-soci belongs to a SOCI index$/,
  'ecr-image-action-push-tagged-manifest-captured.json': /^push: /,
  'ecr-image-action-push-tagged.json': /^malformed: detail.image-digest: a digest such as/,
  'ecr-image-action-push-untagged-captured-2.json': /^ignored: pushed without a tag/,
  'ecr-image-action-push-untagged-child-captured.json': /^ignored: pushed without a tag/,
  'ecr-image-action-restore.json': /^ignored: the action UPDATE_STORAGE_CLASS is no push$/,
  'ecr-image-scan-complete-all-severities.json': /^ignored: ECR Image Scan of aws.ecr is no push$/,
  'ecr-image-scan-complete-partial-severities.json': /^ignored: ECR Image Scan/,
  'ecr-pull-through-cache-action.json': /^ignored: ECR Pull Through Cache Action/,
  'ecr-referrer-action-restore.json': /^ignored: ECR Referrer Action/,
  'ecr-replication-action-success.json': /^malformed: detail.image-digest: a digest such as/,
} as const;

test('every recorded event is expected to be something', () => {
  expect(readdirSync(folder).filter((file) => file.startsWith('ecr-'))).toEqual(
    Object.keys(events).toSorted(),
  );
});

test.each(Object.entries(events))('%s: %s', (file, expected) => {
  const event = read(file);

  expect(`${kindOf(event)}: ${reasonOf(event)}`).toMatch(expected);
});

/** Which tags the pushes of a sequence start releases for, event by event. */
const sequences = {
  'cloudtrail-putimage.json': [undefined],
  'push-duplicate-delivery.json': ['1.8.3', '1.8.3'],
  'push-legacy-cosign-tag.json': [undefined],
  'push-missing-tag-and-media-fields.json': [undefined],
  'push-multi-arch-with-attestations.json': [undefined, undefined, undefined, undefined, '1.8.3'],
  'push-single-arch-with-provenance.json': [undefined, undefined, '1.8.4'],
  'push-then-referrer.json': ['1.8.3', undefined],
  'push-two-tags-same-digest.json': ['1.8.3', 'latest'],
};

test('every recorded sequence is expected to lead to something', () => {
  expect(readdirSync(join(folder, 'sequences'))).toEqual(Object.keys(sequences).toSorted());
});

test.each(Object.entries(sequences))('%s pushes the tags %j', (file, tags) => {
  const parsed = read(`sequences/${file}`).map(parsePush);

  expect(
    parsed.map((each: ReturnType<typeof parsePush>) => ('push' in each ? each.push.tag : undefined)),
  ).toEqual(tags);
  expect(parsed.filter((each: object) => 'malformed' in each)).toEqual([]);
});

const captured = read('ecr-image-action-push-tagged-manifest-captured.json');
const [index] = read('sequences/push-duplicate-delivery.json');
const replicated = read('ecr-replication-action-success.json');

test('a captured push is read whole', () => {
  expect(parsePush(captured)).toEqual({
    push: {
      eventId: '4f5ec4d5-4de4-7aad-a046-56d5cfe1df0e',
      time: Date.parse('2023-05-08T15:13:09Z'),
      registryId: '123456789012',
      region: 'eu-central-1',
      repository: 'node',
      tag: '20-alpine3.16',
      digest: 'sha256:3c949327e32569aff0c532905dcb9626892e4c9b109be08027bb1e44f7f96518',
      manifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: 'application/vnd.oci.image.config.v1+json',
    },
  });
});

test('a delivery that comes twice has the same event id', () => {
  const [first, second] = read('sequences/push-duplicate-delivery.json').map(parsePush);

  expect(first).toEqual(second);
});

test('a replicated image is a push to the registry that it arrived in', () => {
  const event = {
    ...replicated,
    detail: { ...replicated.detail, 'image-digest': index.detail['image-digest'] },
  };

  expect(parsePush(event)).toMatchObject({
    push: { registryId: '123456789012', region: 'us-east-1', repository: 'docker-hub/alpine', tag: '3.17.2' },
  });
});

const digest = 'a'.repeat(64);
test.each([
  {
    it: 'no media types, as in the documentation',
    detail: { 'manifest-media-type': undefined },
    kind: 'push',
  },
  {
    it: 'an OCI config',
    detail: { 'artifact-media-type': 'application/vnd.oci.image.config.v1+json' },
    kind: 'push',
  },
  {
    it: 'a Docker config',
    detail: { 'artifact-media-type': 'application/vnd.docker.container.image.v1+json' },
    kind: 'push',
  },
  { it: 'an empty artifact type', detail: { 'artifact-media-type': '' }, kind: 'push' },
  {
    it: 'a Helm chart',
    detail: { 'artifact-media-type': 'application/vnd.cncf.helm.config.v1+json' },
    kind: 'ignored',
  },
  {
    it: 'a signature',
    detail: { 'artifact-media-type': 'application/vnd.dev.sigstore.bundle.v0.3+json' },
    kind: 'ignored',
  },
  { it: 'an empty tag', detail: { 'image-tag': '' }, kind: 'ignored' },
  { it: 'no tag', detail: { 'image-tag': undefined }, kind: 'ignored' },
  { it: "cosign's signature tag", detail: { 'image-tag': `sha256-${digest}.sig` }, kind: 'ignored' },
  { it: 'the tag of the referrers fallback', detail: { 'image-tag': `sha256-${digest}` }, kind: 'ignored' },
  {
    it: 'a tag that only begins like those',
    detail: { 'image-tag': `sha256-${digest.slice(1)}` },
    kind: 'push',
  },
  { it: "SOCI's tag", detail: { 'image-tag': '1.8.3-soci' }, kind: 'ignored' },
  { it: 'a tag that has soci elsewhere', detail: { 'image-tag': '1.8.3-society' }, kind: 'push' },
  { it: 'a failed push', detail: { result: 'FAILURE' }, kind: 'ignored' },
  { it: 'another action', detail: { 'action-type': 'REPLICATE' }, kind: 'ignored' },
  { it: 'no action', detail: { 'action-type': undefined }, kind: 'malformed' },
  { it: 'no result', detail: { result: undefined }, kind: 'malformed' },
  { it: 'a tag that is a number', detail: { 'image-tag': 183 }, kind: 'malformed' },
  { it: 'a tag that no registry takes', detail: { 'image-tag': '-v1' }, kind: 'malformed' },
  { it: 'a short digest', detail: { 'image-digest': `sha256:${digest.slice(1)}` }, kind: 'malformed' },
  { it: 'no repository', detail: { 'repository-name': undefined }, kind: 'malformed' },
  { it: 'a repository in capitals', detail: { 'repository-name': 'Shop' }, kind: 'malformed' },
])('a push with $it is: $kind', ({ detail, kind }) => {
  expect(kindOf({ ...index, detail: { ...index.detail, ...detail } })).toBe(kind);
});

test.each([
  { it: 'another source', event: { ...index, source: 'my.app' }, kind: 'ignored' },
  {
    it: 'a detail type named like a property of every object',
    event: { ...index, 'detail-type': 'constructor' },
    kind: 'ignored',
  },
  { it: 'no id', event: { ...index, id: '' }, kind: 'malformed' },
  { it: 'a day that does not exist', event: { ...index, time: '2023-02-29T02:36:48Z' }, kind: 'malformed' },
  { it: 'an account that is none', event: { ...index, account: '1234' }, kind: 'malformed' },
  {
    it: 'a region that would lead to another host',
    event: { ...index, region: 'evil.example/' },
    kind: 'malformed',
  },
  { it: 'no detail', event: { ...index, detail: undefined }, kind: 'malformed' },
])('an event with $it is: $kind', ({ event, kind }) => {
  expect(kindOf(event)).toBe(kind);
});

test.each([[undefined], [null], ['push'], [[]], [{}]])('what is no event is malformed: %j', (event) => {
  expect(kindOf(event)).toBe('malformed');
});

test.each(['us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'eusc-de-east-1'])('%s is a region', (region) => {
  expect(parsePush({ ...index, region })).toMatchObject({ push: { region } });
});
