import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitLink, commitOf, compareLink } from '../../core/source/commit.ts';
import { imageConfigSchema } from '../../core/source/oci.ts';

const folder = join(import.meta.dirname, '../fixtures/events/registry');
const { digests } = JSON.parse(readFileSync(join(folder, 'manifest-map.json'), 'utf8'));
const configOf = (digest: string) =>
  imageConfigSchema.parse(JSON.parse(readFileSync(join(folder, 'blobs', digest.replace(':', '-')), 'utf8')));

const oci = (key: string, value: string) => ({ [`org.opencontainers.image.${key}`]: value });
const schema = (key: string, value: string) => ({ [`org.label-schema.${key}`]: value });

test('the labels of an image say which commit it is', () => {
  const configLabels = configOf(digests.configAmd64).config?.Labels;

  expect(commitOf({ configLabels, tag: '1.8.3' })).toEqual({
    revision: '4f9d2c1b8a7e6d5c4b3a29181716151413121110',
    source: 'https://github.com/example/shop-api',
    author: 'Ada Example <ada@example.com>',
    version: '1.8.3',
    createdAt: '2026-03-05T09:58:11.000Z',
    url: 'https://github.com/example/shop-api',
  });
});

test('of an image without labels nothing is known, and nothing is invented', () => {
  expect(commitOf({ configLabels: configOf(digests.legacyConfig).config?.Labels, tag: 'legacy' })).toEqual(
    {},
  );
});

test.each([
  {
    it: 'labels',
    texts: { configLabels: oci('revision', 'label'), indexAnnotations: oci('revision', 'index') },
    revision: 'label',
  },
  {
    it: 'the index',
    texts: { indexAnnotations: oci('revision', 'index'), manifestAnnotations: oci('revision', 'manifest') },
    revision: 'index',
  },
  {
    it: 'the manifest',
    texts: { manifestAnnotations: oci('revision', 'manifest'), configLabels: schema('vcs-ref', 'old') },
    revision: 'manifest',
  },
  { it: 'the older keys', texts: { configLabels: schema('vcs-ref', 'old') }, revision: 'old' },
  {
    it: 'the index, where the label is empty',
    texts: { configLabels: oci('revision', ' '), indexAnnotations: oci('revision', 'index') },
    revision: 'index',
  },
  { it: 'the tag', texts: { configLabels: null }, revision: 'abc1234' },
])('the revision comes from $it before anything later', ({ texts, revision }) => {
  expect(commitOf({ ...texts, tag: 'sha-abc1234' }).revision).toBe(revision);
});

test.each([
  { tag: `sha-${'a'.repeat(7)}`, revision: 'a'.repeat(7) },
  { tag: `sha-${'a'.repeat(64)}`, revision: 'a'.repeat(64) },
  { tag: `sha-${'a'.repeat(6)}`, revision: undefined },
  { tag: `sha-${'a'.repeat(65)}`, revision: undefined },
  { tag: 'sha-release', revision: undefined },
  { tag: 'main-sha-abc1234', revision: undefined },
  { tag: 'abc1234', revision: undefined },
])('the tag $tag names the revision $revision', ({ tag, revision }) => {
  expect(commitOf({ tag }).revision).toBe(revision);
});

test('the older keys give every value that they have', () => {
  const configLabels = {
    ...schema('vcs-url', 'git@github.com:example/shop-api.git'),
    ...schema('version', '1.0'),
    ...schema('build-date', '2020-01-01T00:00:00+01:00'),
    ...schema('url', 'https://example.com/'),
  };

  expect(commitOf({ configLabels, tag: 'x' })).toEqual({
    source: 'https://github.com/example/shop-api',
    version: '1.0',
    createdAt: '2019-12-31T23:00:00.000Z',
    url: 'https://example.com/',
  });
});

test.each([
  ['https://github.com/example/shop-api', 'https://github.com/example/shop-api'],
  ['https://github.com/example/shop-api.git', 'https://github.com/example/shop-api'],
  ['https://github.com/example/shop-api/', 'https://github.com/example/shop-api'],
  ['git@github.com:example/shop-api.git', 'https://github.com/example/shop-api'],
  ['ssh://git@github.com/example/shop-api.git', 'https://github.com/example/shop-api'],
  ['ssh://git@git.example.com:2222/shop/api.git', 'https://git.example.com/shop/api'],
  ['git://github.com/example/shop-api', 'https://github.com/example/shop-api'],
  ['git+https://github.com/example/shop-api.git', 'https://github.com/example/shop-api'],
  ['git+ssh://git@github.com/example/shop-api.git', 'https://github.com/example/shop-api'],
  ['https://user:ghp_secret@github.com/example/shop-api.git', 'https://github.com/example/shop-api'],
  ['https://ghp_secret@github.com/example/shop-api', 'https://github.com/example/shop-api'],
  ['https://github.com/example/shop-api?access_token=secret', 'https://github.com/example/shop-api'],
  ['https://github.com/example/shop-api.git#main:sub', 'https://github.com/example/shop-api'],
  ['http://git.internal:8080/shop/api', 'http://git.internal:8080/shop/api'],
  ['  https://github.com/example/shop-api\n', 'https://github.com/example/shop-api'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,<script>', undefined],
  ['file:///etc/passwd', undefined],
  ['ftp://example.com/x', undefined],
  ['//example.com/x', undefined],
  ['github.com/example/shop-api', undefined],
  ['https://', undefined],
  [`https://github.com/${'x'.repeat(200)}`, undefined],
])('the source %j is shown as %j', (source, shown) => {
  expect(commitOf({ configLabels: oci('source', source), tag: 'x' }).source).toBe(shown);
});

test('an unusable source gives way to the next', () => {
  const configLabels = {
    ...oci('source', 'javascript:alert(1)'),
    ...schema('vcs-url', 'https://github.com/a/b'),
  };

  expect(commitOf({ configLabels, tag: 'x' }).source).toBe('https://github.com/a/b');
});

test.each([
  { it: 'a bidirectional override', text: 'safe\u202Egnp.exe', shown: 'safegnp.exe' },
  { it: 'isolates and marks', text: '\u2066a\u2069\u200Fb\u061C', shown: 'ab' },
  { it: 'invisible characters', text: 'a\u200Bb\uFEFFc\u00ADd', shown: 'ab cd' },
  { it: 'terminal escapes', text: '\u001B[31mred\u0007', shown: '[31mred' },
  { it: 'line breaks of every kind', text: 'a\r\nb\u2028c\u0085d\te', shown: 'a b c d e' },
  { it: 'half a surrogate pair', text: 'a\uD83Db', shown: 'ab' },
  { it: 'names that are written from right to left', text: 'עדה', shown: 'עדה' },
  { it: 'exactly 200 characters', text: 'x'.repeat(200), shown: 'x'.repeat(200) },
  { it: '201 characters', text: 'x'.repeat(201), shown: `${'x'.repeat(199)}…` },
  { it: 'a cut through an emoji', text: `${'x'.repeat(198)}🚢🚢`, shown: `${'x'.repeat(198)}…` },
  { it: 'nothing but control characters', text: '\u0000\u202E', shown: undefined },
])('an author with $it is made harmless', ({ text, shown }) => {
  expect(commitOf({ configLabels: oci('authors', text), tag: 'x' }).author).toBe(shown);
});

test('a huge label takes no time', () => {
  const configLabels = {
    ...oci('authors', '\u202E'.repeat(500_000)),
    ...oci('source', `git@${'a.'.repeat(500_000)}`),
  };

  expect(commitOf({ configLabels, tag: 'x' })).toEqual({});
});

test.each([
  ['https://example.com/a|b', 'https://example.com/a%7cb'],
  ["https://example.com/a'b(c)*", 'https://example.com/a%27b%28c%29%2a'],
  ['https://example.com/<b>"', 'https://example.com/%3Cb%3E%22'],
  ['https://u:p@example.com/?q=1#top', 'https://example.com/?q=1#top'],
  ['https://ex\u202Eample.com/', undefined],
  ['mailto:ada@example.com', undefined],
])('the address %j is shown as %j', (url, shown) => {
  expect(commitOf({ configLabels: oci('url', url), tag: 'x' }).url).toBe(shown);
});

test.each([
  ['2026-03-05T09:58:11Z', '2026-03-05T09:58:11.000Z'],
  ['2026-03-05T09:58:11.123456789+02:00', '2026-03-05T07:58:11.123Z'],
  ['2026-13-05T09:58:11Z', undefined],
  ['yesterday', undefined],
  ['5', undefined],
])('the date %j is read as %j', (created, createdAt) => {
  expect(commitOf({ configLabels: oci('created', created), tag: 'x' }).createdAt).toBe(createdAt);
});

const [older, newer] = ['a'.repeat(40), 'b'.repeat(40)];
test.each([
  {
    source: 'https://github.com/example/shop-api',
    commit: `https://github.com/example/shop-api/commit/${newer}`,
    compare: `https://github.com/example/shop-api/compare/${older}...${newer}`,
  },
  {
    source: 'https://gitlab.com/group/sub/shop-api',
    commit: `https://gitlab.com/group/sub/shop-api/-/commit/${newer}`,
    compare: `https://gitlab.com/group/sub/shop-api/-/compare/${older}...${newer}`,
  },
  {
    source: 'https://bitbucket.org/example/shop-api',
    commit: `https://bitbucket.org/example/shop-api/commits/${newer}`,
    compare: `https://bitbucket.org/example/shop-api/branches/compare/${newer}%0D${older}`,
  },
])('$source has pages for a commit and for a comparison', ({ source, commit, compare }) => {
  expect(commitLink(source, newer)).toBe(commit);
  expect(compareLink(source, older, newer)).toBe(compare);
});

test.each([
  'https://github.com.evil.example/example/shop-api',
  'https://evil.example/github.com/shop-api',
  'https://github.com@evil.example/example/shop-api',
  'https://github.com:8443/example/shop-api',
  'https://github.com/example',
  'https://github.com/example/shop-api/tree/main',
  'https://gitlab.com/example/shop-api/-/tree/main',
  'https://git.example.com/example/shop-api',
  'https://constructor/example/shop-api',
  'not an address',
  undefined,
])('%s has no pages that we know', (source) => {
  expect(commitLink(source, newer)).toBeUndefined();
  expect(compareLink(source, older, newer)).toBeUndefined();
});

test.each([
  { revision: 'a'.repeat(7), linked: true },
  { revision: 'a'.repeat(64), linked: true },
  { revision: 'a'.repeat(6), linked: false },
  { revision: 'a'.repeat(65), linked: false },
  { revision: 'main', linked: false },
  { revision: '../../evil', linked: false },
  { revision: undefined, linked: false },
])('the revision $revision is linked: $linked', ({ revision, linked }) => {
  expect(commitLink('https://github.com/a/b', revision) !== undefined).toBe(linked);
  expect(compareLink('https://github.com/a/b', revision, older) !== undefined).toBe(linked);
});

test('there is nothing to compare between a commit and itself', () => {
  expect(compareLink('https://github.com/a/b', older, older)).toBeUndefined();
});
