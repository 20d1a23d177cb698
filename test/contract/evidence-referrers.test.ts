/** Which of what lies beside the recorded image is taken for a report, in which order, and what each comes to. */
import { expect, test } from 'vitest';
import { referrers } from '../../aws/evidence/referrers.ts';
import { Transient } from '../../core/errors.ts';
import { type Evidence, isEvidence, type NoEvidence } from '../../core/scan/evidence.ts';
import { opened } from '../../core/scan/opening.ts';
import { scanDefaults } from '../../core/scan/policy.ts';
import { bytesOf, digests, recorded } from './ecr-fixture.ts';

type Ecr = Parameters<typeof referrers>[0];

const image = {
  digests: [digests.index, digests.amd64] as string[],
  configDigest: digests.configAmd64 ?? '',
  architecture: 'amd64',
};
const repository = { registryId: '123456789012', region: 'us-east-1', repository: 'shop/api' };
const textOf = (digest: string) => new TextDecoder().decode(bytesOf(digest));
const pages = [1, 2].flatMap((page) => recorded(`api/ecr-list-image-referrers-page${page}.json`).referrers);

/** The recorded registry, or what is otherwise in it. */
const registry = (over: Partial<Ecr> = {}): Ecr => ({
  referrers: async (_repository, digest, types) =>
    digest === digests.index ? pages.filter(({ artifactType }) => types.includes(artifactType)) : [],
  manifest: async (_repository, digest) => textOf(digest),
  blob: async (_repository, digest) => Buffer.from(bytesOf(digest)),
  taggedManifests: async () => [],
  ...over,
});

async function seen(ecr: Ecr) {
  const found: (Evidence | NoEvidence)[] = [];
  for await (const sighting of referrers(ecr)({ repository, image })) found.push(sighting);
  return found;
}

const named = (locator: string) =>
  Object.entries(digests).find(([, digest]) => locator.endsWith(digest))?.[0] ?? locator;

test('reports and attestations are read, the newest first, and an SBOM is passed over', async () => {
  const found = await seen(registry());

  expect(found.map(({ locator }) => named(locator))).toEqual([
    'referrerSignedReplayOtherSubject',
    'referrerSignedTampered',
    'referrerTrivyRawForeignReport',
    'referrerSigned',
    'referrerTrivyRawIndex',
  ]);
  expect(found.every(isEvidence)).toBe(true);
});

test('each comes to what it is worth where no signature is asked for', async () => {
  const now = Date.parse('2026-03-05T10:05:00Z');
  const by = { image, policy: scanDefaults, trusted: 'attached' as const, now };

  const worth = (await seen(registry())).map((sighting) => {
    const found = isEvidence(sighting) ? opened(sighting, by) : sighting;
    return [named(sighting.locator), 'reason' in found ? found.reason.slice(0, 26) : 'evidence'];
  });

  expect(Object.fromEntries(worth)).toEqual({
    referrerSignedReplayOtherSubject: 'it is about another image:',
    // Its signature is not looked at, and what was changed in it is no finding.
    referrerSignedTampered: 'evidence',
    referrerTrivyRawForeignReport: 'it is about another image:',
    referrerSigned: 'evidence',
    referrerTrivyRawIndex: 'evidence',
  });
});

test('an attestation of something else than a scan is passed over, not refused', async () => {
  const provenance = { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' };
  const [bundle] = pages.filter(({ digest }) => digest === digests.referrerSigned);
  const listed = async () => [{ ...bundle, annotations: provenance }];

  expect(await seen(registry({ referrers: listed }))).toEqual([]);
});

test('at most the newest twenty are fetched of however many are attached, and none before it is asked for', async () => {
  let fetched = 0;
  const [report] = pages.filter(({ digest }) => digest === digests.referrerTrivyRawIndex);
  const many = registry({
    referrers: async () => Array.from({ length: 60 }, () => report),
    async manifest(_repository, digest) {
      fetched += 1;
      return textOf(digest);
    },
  });

  for await (const _first of referrers(many)({ repository, image })) break;
  const afterOne = fetched;

  expect(await seen(many)).toHaveLength(20);
  expect(afterOne).toBe(1);
});

test("under cosign 2's tag the newest attestation comes first, and only of scans", async () => {
  const layer = (predicateType: string, digest = digests.referrerSigned) => ({
    ...{ mediaType: 'application/vnd.dsse.envelope.v1+json', digest, size: 1 },
    annotations: { predicateType },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: layer(''),
    layers: [
      layer('https://cosign.sigstore.dev/attestation/vuln/v1'),
      layer('https://slsa.dev/provenance/v0.2'),
      layer('cosign.sigstore.dev/attestation/vuln/v1', digests.referrerSbom),
      { ...layer('https://cosign.sigstore.dev/attestation/vuln/v1'), mediaType: 'constructor' },
    ],
  });
  const tag = `${String(digests.index).replace(':', '-')}.att`;
  const asked: string[][] = [];
  const found = await seen(
    registry({
      referrers: async () => [],
      async taggedManifests(_repository, tags) {
        asked.push([...tags]);
        return [{ tag, digest: `sha256:${'0'.repeat(64)}`, manifest }];
      },
    }),
  );

  expect(asked).toEqual([[tag, `${String(digests.amd64).replace(':', '-')}.att`]]);
  expect(found).toMatchObject([
    { format: 'dsse-envelope', contentDigest: digests.referrerSbom, locator: `tag ${tag}` },
    { format: 'dsse-envelope', contentDigest: digests.referrerSigned, subject: digests.index },
  ]);
});

test.each([
  {
    it: 'is gone',
    over: { manifest: () => Promise.reject(new Error('no such image')) },
    why: /no such image/,
  },
  {
    it: 'is of another image',
    over: { manifest: async () => textOf(digests.referrerTrivyRawArm64 ?? '') },
    why: /another/,
  },
  { it: 'is no manifest', over: { manifest: async () => 'text' }, why: /cannot be read/ },
  {
    it: 'has other content',
    over: { blob: () => Promise.reject(new Error('has the digest')) },
    why: /the digest/,
  },
])('what $it is no evidence, and says why', async ({ over, why }) => {
  const found = await seen(registry(over));

  expect(found.map((each) => ('reason' in each ? each.reason : 'evidence'))).toEqual(
    Array(5).fill(expect.stringMatching(why)),
  );
});

test('a registry that cannot be reached is no reason to say that there is no report', async () => {
  const busy = { blob: () => Promise.reject(new Transient('HTTP 503')) };

  await expect(seen(registry(busy))).rejects.toThrow(Transient);
});
