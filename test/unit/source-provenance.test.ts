/** BuildKit's provenance, in both of its versions: source, revision and base image. */
import { expect, test } from 'vitest';
import { commitOf } from '../../core/source/commit.ts';
import { provenanceTexts } from '../../core/source/provenance.ts';

const sha256 = 'a'.repeat(64);
const image = `sha256:${sha256}`;
const sha1 = 'b'.repeat(40);
const statement = (version: '0.2' | '1', predicate: object) => ({
  predicateType: `https://slsa.dev/provenance/v${version}`,
  subject: [{ name: 'pkg:docker/shop/api@v1', digest: { sha256 } }],
  predicate,
});
const commit = (document: unknown) => commitOf({ provenance: provenanceTexts(document, image), tag: 'v1' });
const configSource = { uri: 'https://github.com/example/shop.git#refs/heads/main', digest: { sha1 } };
const vcs = { source: 'git@github.com:example/shop.git', revision: sha1 };
const node = { uri: 'pkg:docker/node@22-alpine?platform=linux%2Famd64', digest: { sha256: 'c'.repeat(64) } };
const dockerfile = { uri: 'pkg:docker/docker/dockerfile@1', digest: { sha256: 'd'.repeat(64) } };

test.each([
  { it: '0.2 of a build from git', document: statement('0.2', { invocation: { configSource } }) },
  {
    it: '0.2 of a local build',
    document: statement('0.2', {
      invocation: { configSource: { entryPoint: 'Dockerfile' } },
      metadata: { 'https://mobyproject.org/buildkit@v1#metadata': { vcs } },
    }),
  },
  {
    it: '1 of a build from git',
    document: statement('1', { buildDefinition: { externalParameters: { configSource } } }),
  },
  {
    it: '1 of a local build',
    document: statement('1', { runDetails: { metadata: { buildkit_metadata: { vcs } } } }),
  },
  {
    it: '1 of which another part is broken',
    document: statement('1', {
      buildDefinition: { externalParameters: { configSource }, resolvedDependencies: [null] },
      runDetails: 5,
    }),
  },
])('version $it names the commit', ({ document }) => {
  expect(commit(document)).toMatchObject({ source: 'https://github.com/example/shop', revision: sha1 });
});

test.each([
  { it: 'one image', materials: [node], base: `node:22-alpine@sha256:${'c'.repeat(64)}` },
  { it: 'beside what reads the Dockerfile', materials: [dockerfile, node], base: /^node:22-alpine@/ },
  { it: 'without a digest', materials: [{ uri: node.uri }], base: 'node:22-alpine' },
])('the base image is named: $it', ({ materials, base }) => {
  expect(commit(statement('0.2', { materials })).base).toMatch(base);
});

test('of several images nobody could tell which one it is built on', () => {
  const materials = [node, { ...node, uri: 'pkg:docker/golang@1.26' }];

  expect(
    commit(statement('1', { buildDefinition: { resolvedDependencies: materials } })).base,
  ).toBeUndefined();
});

test.each([
  { it: 'of another image', document: { ...statement('1', {}), subject: [] } },
  { it: 'of another kind', document: { ...statement('1', {}), predicateType: 'https://spdx.dev/Document' } },
  { it: 'that is no document', document: null },
])('a statement $it says nothing', ({ document }) => {
  expect(provenanceTexts(document, image)).toBeUndefined();
});

test('what labels say goes before it', () => {
  const configLabels = { 'org.opencontainers.image.revision': 'label' };
  const provenance = provenanceTexts(statement('0.2', { invocation: { configSource } }), image);

  expect(commitOf({ configLabels, provenance, tag: 'v1' })).toEqual({
    revision: 'label',
    source: 'https://github.com/example/shop',
  });
});
