/** Each place that evidence may come from, from the push to what became of it. */
import { expect, test } from 'vitest';
import { reportKey } from '../../core/scan/evidence-setting.ts';
import { type ScanVerdict, scanVerdictSchema } from '../../core/scan/verdict.ts';
import { account } from '../../local/aws-service.ts';
import type { ImageScan } from '../../local/ecr/scans.ts';
import { blobOf, descriptorOf, jsonBlob, mediaTypes } from '../../local/images/build-image.ts';
import { type Finding, fixableCritical } from '../../local/images/findings.ts';
import type { PushedVariant } from '../../local/images/push-variant.ts';
import { registryClient } from '../../local/images/registry-client.ts';
import { trivyReport } from '../../local/images/trivy-report.ts';
import { type Release, rehearsal } from '../support/rehearsal.ts';
import { address, settle } from '../support/virtual-world.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;

const scanOf = ({ record }: Release): ScanVerdict => scanVerdictSchema.parse(record.steps.CheckScan);

function reportOf(world: World, { image, tag }: PushedVariant, findings: Finding[] = []): string {
  const createdAt = new Date(world.clock.now());
  return JSON.stringify(trivyReport({ repository: 'my-api', tag, image, findings, createdAt }));
}

/** Pushes, lets a minute pass, does what a scanner does then, and answers what became of the release. */
async function pushed(
  world: World,
  tag: string,
  then: (image: PushedVariant) => Promise<void> | void = () => {},
): Promise<Release> {
  const image = await world.pushOnly('good', tag, 'none');
  await world.clock.advance(60_000);
  await then(image);
  await world.ended();
  const [newest] = await world.releases();
  if (!newest) throw new Error('no release was started');
  return newest;
}

test('a bucket: the report under the key of the digest decides, and its version is in the record', async () => {
  const evidence = { bucket: 'scan-reports', prefix: 'reports' };
  const world = await rehearsal({ service: { scan: { evidence } } });
  world.world.s3.createBucket('scan-reports');
  let version = '';
  const put =
    (findings: Finding[] = []) =>
    (image: PushedVariant) => {
      const key = `reports/${account}/my-api/sha256/${image.digest.slice(7)}/trivy.json`;
      version = world.world.s3.put('scan-reports', key, reportOf(world, image, findings));
    };

  const clean = await pushed(world, 'v1.0.0', put());
  const cleanVersion = version;
  const vulnerable = await pushed(world, 'v1.1.0', put([fixableCritical]));
  const other = await pushed(world, 'v1.2.0', (image) => {
    const key = reportKey(
      { ...evidence },
      { registryId: account, repository: 'my-api' },
      image.digest.slice(7),
    );
    world.world.s3.put('scan-reports', key, '{"SchemaVersion":2,"Results":[]}');
  });
  const none = await pushed(world, 'v1.3.0');

  expect(clean).toMatchObject({ outcome: 'Deployed' });
  expect(scanOf(clean).evidence).toMatch(
    new RegExp(`^s3://scan-reports/reports/${account}/my-api/sha256/[0-9a-f]{64}/trivy.json`),
  );
  expect(scanOf(clean).evidence).toContain(`?versionId=${cleanVersion}`);
  expect(vulnerable).toMatchObject({ outcome: 'Rejected' });
  expect(vulnerable.reason).toMatch(/1 CRITICAL with a fix/);
  expect(other.reason).toMatch(/found 1, refused: its ArtifactType is missing/);
  expect(none.reason).toMatch(/found none \(s3:\/\/scan-reports\/.*: it is not there, or may not be read/);
});

/** Of Inspector, as many as there are; the first has the given severity. */
const inspected = (world: World, severity: string, count: number, status = 'ACTIVE'): ImageScan => ({
  imageScanStatus: { status },
  imageScanFindings: {
    imageScanCompletedAt: world.clock.now() / 1000,
    findingSeverityCounts: { [severity]: 1, ...(count > 1 && { LOW: count - 1 }) },
    enhancedFindings: Array.from({ length: count }, (_, index) => ({
      ...{ type: 'PACKAGE_VULNERABILITY', status: 'ACTIVE', fixAvailable: 'YES' },
      severity: index === 0 ? severity : 'LOW',
      packageVulnerabilityDetails: {
        vulnerabilityId: `CVE-2026-${1000 + index}`,
        vulnerablePackages: [{ name: 'openssl', version: '3.0.1', fixedInVersion: '3.0.2' }],
      },
    })),
  },
});

test('enhanced scanning: all pages of what Inspector found decide, once it is done', async () => {
  const world = await rehearsal({ service: { scan: { evidence: 'ecr-enhanced' } } });
  const { scans } = world.world.ecr;

  const clean = await pushed(world, 'v1.0.0', async ({ digest }) => {
    scans.set(digest, inspected(world, 'LOW', 1200, 'IN_PROGRESS'));
    await world.clock.advance(60_000);
    expect((await world.executions()).map(({ status }) => status)).toEqual(['RUNNING']);
    scans.set(digest, inspected(world, 'HIGH', 1200));
  });
  const vulnerable = await pushed(world, 'v1.1.0', ({ digest }) => {
    scans.set(digest, inspected(world, 'CRITICAL', 1));
  });
  const unsupported = await pushed(world, 'v1.2.0', ({ digest }) => {
    scans.set(digest, {
      imageScanStatus: { status: 'UNSUPPORTED_IMAGE', description: 'The operating system is not supported.' },
    });
  });
  const cut = await pushed(world, 'v1.3.0', ({ digest }) => {
    const scan = inspected(world, 'CRITICAL', 1);
    scans.set(digest, { ...scan, imageScanFindings: { ...scan.imageScanFindings, enhancedFindings: [] } });
  });
  const none = await pushed(world, 'v1.4.0');

  expect(clean).toMatchObject({ outcome: 'Deployed' });
  expect(scanOf(clean)).toMatchObject({
    counts: { HIGH: 1, LOW: 1199 },
    scanner: { name: 'Amazon Inspector' },
  });
  expect(vulnerable.reason).toMatch(/1 CRITICAL with a fix: CVE-2026-1000 in openssl 3\.0\.1 → 3\.0\.2/);
  expect(unsupported.reason).toMatch(
    /refused: it is none that is ACTIVE: UNSUPPORTED_IMAGE: The operating system/,
  );
  expect(cut.reason).toMatch(/not whole: it counts 1 findings and has 0/);
  expect(none.reason).toMatch(/found none \(ECR's scan of [0-9a-f]{12}: ECR has none\)/);
  expect([vulnerable, unsupported, cut, none].map(({ outcome }) => outcome)).toEqual(
    Array(4).fill('Rejected'),
  );
});

test("ECR's basic scanning decides by severity alone", async () => {
  const world = await rehearsal({ service: { scan: { evidence: 'ecr-basic', fixable: 'any' } } });
  const found = (severity: string): ImageScan => ({
    imageScanStatus: { status: 'COMPLETE' },
    imageScanFindings: {
      imageScanCompletedAt: world.clock.now() / 1000,
      findingSeverityCounts: { [severity]: 1 },
      findings: [{ name: 'CVE-2026-1', severity, attributes: [{ key: 'package_name', value: 'zlib' }] }],
    },
  });

  const low = await pushed(world, 'v1.0.0', ({ digest }) => {
    world.world.ecr.scans.set(digest, found('LOW'));
  });
  const critical = await pushed(world, 'v1.1.0', ({ digest }) => {
    world.world.ecr.scans.set(digest, found('CRITICAL'));
  });

  expect(low).toMatchObject({ outcome: 'Deployed' });
  expect(critical).toMatchObject({ outcome: 'Rejected' });
  expect(critical.reason).toMatch(/1 CRITICAL: CVE-2026-1 in zlib/);
});

/** As `cosign attest` of version 2 does it: one manifest under a tag that is named after the image, a layer for each attestation. */
async function attest(world: World, { image, tag, digest }: PushedVariant, findings: Finding[] = []) {
  const result = JSON.parse(reportOf(world, { image, tag, digest }, findings));
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://cosign.sigstore.dev/attestation/vuln/v1',
    subject: [{ name: 'my-api', digest: { sha256: digest.slice(7) } }],
    predicate: { scanner: { version: '0.69.3', result } },
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const payloadType = 'application/vnd.in-toto+json';
  const envelope = jsonBlob('application/vnd.dsse.envelope.v1+json', {
    ...{ payloadType, payload, signatures: [{ keyid: '', sig: 'c2lnbmF0dXJl' }] },
  });
  const config = blobOf('application/vnd.oci.image.config.v1+json', new TextEncoder().encode('{}'));
  const manifest = jsonBlob(mediaTypes.manifest, {
    ...{ schemaVersion: 2, mediaType: mediaTypes.manifest, config: descriptorOf(config) },
    layers: [{ ...descriptorOf(envelope), annotations: { predicateType: statement.predicateType } }],
  });
  const client = registryClient({ address, repository: 'my-api', fetch: world.fetch });
  const pushing = world.clock.during(
    (async () => {
      await client.putBlob(config);
      await client.putBlob(envelope);
      await client.putManifest(manifest, `${digest.replace(':', '-')}.att`);
    })(),
  );
  await settle(world.clock, pushing);
}

test("the attestation under cosign 2's tag decides where no signature is asked for", async () => {
  const world = await rehearsal();

  const clean = await pushed(world, 'v1.0.0', (image) => attest(world, image));
  const vulnerable = await pushed(world, 'v1.1.0', (image) => attest(world, image, [fixableCritical]));

  expect(clean).toMatchObject({ outcome: 'Deployed' });
  expect(scanOf(clean).evidence).toMatch(/^tag sha256-[0-9a-f]{64}\.att$/);
  expect(vulnerable).toMatchObject({ outcome: 'Rejected' });
  expect(vulnerable.reason).toMatch(/1 CRITICAL with a fix/);
});

test('a manifest whose content is not what its digest says is waited for, and then rejected', async () => {
  const world = await rehearsal({
    async around({ by, operation, input }, next) {
      const answer = (await next()) as { images?: { imageManifest: string }[] };
      if (by !== 'CheckScan' || operation !== 'BatchGetImage') return answer;
      void input;
      return {
        ...answer,
        images: answer.images?.map((image) => ({ ...image, imageManifest: `${image.imageManifest} ` })),
      };
    },
  });

  const release = await world.push('good', 'v1.0.0');

  expect(release).toMatchObject({ outcome: 'Rejected' });
  expect(release.reason).toMatch(/refused: the content of sha256:[0-9a-f]{64} has the digest sha256:/);
});

test('an index with two images for the platform is held, however clean the one is that was scanned', async () => {
  const world = await rehearsal({ service: { scan: { evidence: 'ecr-enhanced' } } });
  const scanned = await world.pushOnly('good', 'latest', 'none');
  await world.clock.advance(1000);
  const hidden = await world.pushOnly('good', 'latest', 'none');
  world.world.ecr.scans.set(scanned.digest, inspected(world, 'LOW', 1));
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = 'application/vnd.oci.image.index.v1+json';
  const manifest = jsonBlob(index, {
    ...{ schemaVersion: 2, mediaType: index },
    manifests: [
      // Nodes do not know it from an image, and it is the first.
      {
        ...{ ...descriptorOf(hidden.image.manifest), platform },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
      { ...descriptorOf(scanned.image.manifest), platform },
    ],
  });
  const client = registryClient({ address, repository: 'my-api', fetch: world.fetch });

  await settle(world.clock, world.clock.during(client.putManifest(manifest, 'v1.0.0')));
  await world.ended();

  const release = (await world.releases()).find(({ record }) => record.request?.push.tag === 'v1.0.0');
  expect(release?.outcome).toBe('Rejected');
  expect(release?.reason).toMatch(/it is an index of which \w{12} may run on linux\/amd64 as well as/);
});
