/** What recorded images, in a registry, say of themselves: by their labels, and where there are none by what BuildKit wrote beside them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ecr } from '../../aws/ecr.ts';
import { imageFacts } from '../../aws/images.ts';
import { openAws } from '../../aws/open.ts';
import { commitBehind } from '../../aws/provenance.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { surroundings } from '../support/surroundings.ts';
import { digestOf, digests, pushRecorded, type World, worldWithImage } from './ecr-fixture.ts';

const repository = { registryId: '123456789012', region: 'us-east-1', repository: 'shop/api' };
const textOf = (digest = '') =>
  readFileSync(
    new URL(`../fixtures/events/registry/blobs/${digest.replace(':', '-')}`, import.meta.url),
    'utf8',
  );
const blob = (name: string) => JSON.parse(textOf(digests[name]));

function reading(made: World, operations: string[] = []) {
  const client = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: inProcessHandler(
      answering({
        services: [made.service],
        log: () => {},
        around({ operation }, next) {
          operations.push(operation);
          return next();
        },
      }),
    ),
  };
  const fetch = ((address: string) => made.fetch(new Request(address))) as typeof globalThis.fetch;
  const registry = openAws(surroundings({ client, fetch }), { ecr }).ecr;
  return async (digest: string, architecture = 'amd64') => {
    const facts = await imageFacts(registry, repository, digest, { tag: 'v1', architecture });
    return { facts, commit: await commitBehind(registry, repository, facts) };
  };
}

/** An index of one image without labels, with what BuildKit says of it. Answers the digests of both. */
async function pushUnlabelled(made: World, statement: (image: string) => unknown) {
  const put = async (manifest: object) => {
    const body = JSON.stringify(manifest);
    const { mediaType } = manifest as { mediaType: string };
    await made.http('PUT', `/v2/shop/api/manifests/${digestOf(body)}`, {
      body,
      headers: { 'content-type': mediaType },
    });
    return { digest: digestOf(body), size: body.length };
  };
  const { config: _labels, ...bare } = blob('configAmd64');
  const text = JSON.stringify(bare);
  const child = blob('amd64');
  const image = await put({
    ...child,
    config: { ...child.config, digest: await made.upload('shop/api', text), size: text.length },
  });
  const written = JSON.stringify(statement(image.digest));
  const attestation = blob('attestationAmd64');
  const [layer] = attestation.layers;
  const beside = await put({
    ...attestation,
    layers: [{ ...layer, digest: await made.upload('shop/api', written), size: written.length }],
  });
  const index = blob('index');
  const [first, , attached] = index.manifests;
  const annotations = { ...attached.annotations, 'vnd.docker.reference.digest': image.digest };
  return put({
    ...index,
    manifests: [
      { ...first, ...image },
      { ...attached, ...beside, annotations },
    ],
  });
}

const statement = JSON.parse(textOf(blob('attestationAmd64').layers[0].digest));
const about = (image: string) => ({
  ...statement,
  subject: [{ name: 'x', digest: { sha256: image.slice(7) } }],
});

describe('of a recorded image', () => {
  test.each([
    { it: 'an index', name: 'index', architecture: 'amd64', child: 'amd64' },
    { it: 'an index, for the other platform', name: 'index', architecture: 'arm64', child: 'arm64' },
    { it: 'an index, for a platform that it has not', name: 'index', architecture: 's390x', child: 'amd64' },
    {
      it: 'one platform with provenance',
      name: 'singleArchIndexWithProvenance',
      architecture: 'amd64',
      child: 'amd64',
    },
    { it: 'a manifest alone', name: 'amd64', architecture: 'amd64', child: 'amd64' },
  ])('$it: the right one is read, and its labels say the commit', async ({ name, architecture, child }) => {
    const made = await worldWithImage();
    await pushRecorded(made, 'singleArchIndexWithProvenance', '1.8.4');

    const { facts, commit } = await reading(made)(String(digests[name]), architecture);

    expect(facts.digests.at(-1)).toBe(digests[child]);
    expect(commit.revision).toBe('4f9d2c1b8a7e6d5c4b3a29181716151413121110');
    expect(commit.source).toBe('https://github.com/example/shop-api');
  });

  test('of Docker v2 without labels nothing is known', async () => {
    const made = await worldWithImage();
    await pushRecorded(made, 'legacyDockerV2NoLabels', 'legacy');

    const { facts, commit } = await reading(made)(String(digests.legacyDockerV2NoLabels));

    expect(facts.configDigest).toBe(digests.legacyConfig);
    expect(commit).toEqual({});
  });

  test('what is attached to it is none', async () => {
    const made = await worldWithImage();
    await pushRecorded(made, 'referrerSbom');

    await expect(reading(made)(String(digests.referrerSbom))).rejects.toThrow('no container image');
  });
});

describe('of an image without labels', () => {
  test("BuildKit's provenance beside it says the commit, and is asked only then", async () => {
    const made = await worldWithImage();
    const { digest } = await pushUnlabelled(made, about);
    const asked: string[] = [];

    const { commit } = await reading(made, asked)(digest);
    const calls = asked.length;
    await reading(made, asked)(String(digests.index));

    expect(commit).toEqual({
      revision: '4f9d2c1b8a7e6d5c4b3a29181716151413121110',
      source: 'https://github.com/example/shop-api',
    });
    // Two manifests and a config; for provenance another manifest and its blob.
    expect([calls, asked.length - calls]).toEqual([5, 3]);
  });

  test.each([
    { it: 'is about another image', of: () => statement },
    {
      it: 'is no provenance',
      of: (image: string) => ({ ...about(image), predicateType: 'https://example.com' }),
    },
    { it: 'is a list', of: () => [] },
    {
      it: 'is larger than is read',
      of: (image: string) => ({ ...about(image), x: 'x'.repeat(1024 * 1024) }),
    },
  ])('what $it says nothing', async ({ of }) => {
    const made = await worldWithImage();
    const { digest } = await pushUnlabelled(made, of);

    expect((await reading(made)(digest)).commit).toEqual({});
  });
});
