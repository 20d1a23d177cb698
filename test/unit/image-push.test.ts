/** A push as CI makes it, into the registry of the local world. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { ecr } from '../../local/ecr/ecr.ts';
import type { Emit } from '../../local/event.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { registryClient } from '../../local/images/registry-client.ts';
import { type VariantName, variants } from '../../local/images/variants.ts';

const address = 'http://127.0.0.1:4747';
const trivy = 'application/vnd.aquasec.trivy.report.v2+json';

function registry(mutability: 'MUTABLE' | 'IMMUTABLE' = 'MUTABLE') {
  const clock = virtualClock();
  const events: { at: number; detail: unknown }[] = [];
  const emit: Emit = ({ detail }) => events.push({ at: clock.now(), detail });
  const model = ecr({ clock, emit, address: () => address });
  model.createRepository('my-api', { imageTagMutability: mutability });
  return { ...model, clock, events, lines: [] as string[] };
}

type Registry = ReturnType<typeof registry>;

async function push(it: Registry, variant: VariantName, more: { report?: 'none' | { text: string } } = {}) {
  const log = (line: string) => it.lines.push(line);
  const pushing = pushVariant({
    address,
    service: 'my-api',
    variant,
    tag: 'v1',
    log,
    clock: it.clock,
    fetch: it.fetch,
    ...more,
  });
  pushing.catch(() => undefined); // a refusal is the test's to see, once the clock has gone on
  await it.clock.advance(10_000);
  return pushing;
}

function reportOf(it: Registry, digest: string | undefined) {
  const { manifest } = it.store.repository('my-api').images.get(digest ?? '') ?? {};
  const report = JSON.parse(new TextDecoder().decode(it.images.blob(manifest?.layers[0]?.digest ?? '')));
  return { manifest, report };
}

test('the report follows the image by a second', async () => {
  const it = registry();

  const { digest, reportDigest } = await push(it, 'good');

  expect(it.events).toMatchObject([
    { detail: { 'image-digest': digest, 'image-tag': 'v1' } },
    { detail: { 'image-digest': reportDigest, 'image-tag': '', 'artifact-media-type': trivy } },
  ]);
  expect((it.events[1]?.at ?? 0) - (it.events[0]?.at ?? 0)).toBe(1000);
});

test('the report is attached to the image and speaks of it', async () => {
  const it = registry();

  const { digest, image, reportDigest } = await push(it, 'vulnerable');

  const { manifest, report } = reportOf(it, reportDigest);
  expect(manifest).toMatchObject({ artifactType: trivy, subject: { digest, size: image.manifest.size } });
  expect(manifest?.annotations).toEqual({ 'org.opencontainers.image.created': '2026-01-05T09:00:01Z' });
  expect(report).toMatchObject({
    SchemaVersion: 2,
    ArtifactType: 'container_image',
    CreatedAt: '2026-01-05T09:00:01.000Z',
    Metadata: {
      RepoDigests: [`127.0.0.1:4747/my-api@${digest}`],
      ImageID: image.config.digest,
      ImageConfig: { architecture: image.architecture },
      DiffIDs: image.layers.map(({ diffId }) => diffId),
    },
  });
});

const findingsOf = (report: {
  Results: { Vulnerabilities?: { Severity: string; Status: string; FixedVersion?: string }[] }[];
}) => report.Results.flatMap(({ Vulnerabilities = [] }) => Vulnerabilities);

test.each(Object.keys(variants) as VariantName[])(
  'the %s image is blocked by its report only if it is vulnerable',
  async (variant) => {
    const it = registry();

    const { reportDigest } = await push(it, variant);

    const findings = findingsOf(reportOf(it, reportDigest).report);
    const fixable = findings.filter(
      ({ Severity, Status, FixedVersion }) => Severity === 'CRITICAL' && Status === 'fixed' && FixedVersion,
    );
    expect(fixable).toHaveLength(variant === 'vulnerable' ? 1 : 0);
    expect(
      findings.filter(({ Severity, Status }) => Severity === 'LOW' && Status === 'affected'),
    ).toHaveLength(1);
  },
);

test('without a report nothing is attached', async () => {
  const it = registry();

  const pushed = await push(it, 'good', { report: 'none' });

  expect(pushed).not.toHaveProperty('reportDigest');
  expect(it.events).toHaveLength(1);
});

test('a given report is attached as it is', async () => {
  const it = registry();

  const { reportDigest } = await push(it, 'good', { report: { text: '{"SchemaVersion":2}' } });

  expect(reportOf(it, reportDigest).report).toEqual({ SchemaVersion: 2 });
});

test('what can be pulled is what was built', async () => {
  const it = registry();

  const { digest, image } = await push(it, 'crash');

  const pulled = it.images.pull(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@${digest}`);
  expect(pulled.config.Env).toContain('CRASH_AFTER_MS=1500');
  expect(pulled.layers.map(({ digest }) => it.images.blob(digest))).toEqual(
    image.layers.map(({ bytes }) => bytes),
  );
});

test('a refused push is told in the words of the registry', async () => {
  const it = registry('IMMUTABLE');
  await push(it, 'good');

  const again = push(it, 'good');

  await expect(again).rejects.toThrow(
    "PUT /v2/my-api/manifests/v1 was answered 400: The image tag 'v1' already exists in the 'my-api' repository and cannot be overwritten because the repository is immutable.",
  );
});

test('a blob that is there is not uploaded again', async () => {
  const it = registry();
  const { image } = await push(it, 'good');

  const client = registryClient({ address, repository: 'my-api', fetch: it.fetch });

  expect(await client.putBlob(image.config)).toBe(false);
});
