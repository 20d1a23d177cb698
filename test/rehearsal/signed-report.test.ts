/** With `signedBy`, a release needs a report that one of the keys has signed, and nothing else will do. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SignerSetting } from '../../core/scan/signed-by.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import { attachReport } from '../../local/images/attach-report.ts';
import { attestation, bundleAnnotations, bundleType } from '../../local/images/attestation.ts';
import { type Finding, fixableCritical } from '../../local/images/findings.ts';
import type { PushedVariant } from '../../local/images/push-variant.ts';
import { trivyReport } from '../../local/images/trivy-report.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { sigstore } from '../support/sigstore.ts';
import { address, settle } from '../support/virtual-world.ts';

const keyInKms = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** A world that asks for the signature of `CI`, whose key is in KMS; `now` attaches something to a version pushed just before. */
async function signedWorld(signer: SignerSetting = { name: 'CI', key: keyInKms }) {
  const world = await rehearsal({
    slack: true,
    environment: { scan: { signedBy: [signer] } },
  });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  world.world.keys.set(keyInKms, { publicKey });

  const reportOf = ({ image, tag }: PushedVariant): string => {
    const createdAt = new Date(world.clock.now());
    return JSON.stringify(trivyReport({ repository: 'my-api', tag, image, findings: [], createdAt }));
  };
  const attach = async ({ image }: PushedVariant, bundle: string, at = world.clock.now()): Promise<void> => {
    const attaching = attachReport({
      ...{ address, repository: 'my-api', fetch: world.fetch, subject: image.manifest },
      ...{ report: bundle, created: new Date(at) },
      ...{ artifactType: bundleType, annotations: bundleAnnotations },
    });
    await settle(world.clock, world.clock.during(attaching));
  };
  return {
    ...world,
    attach,
    privateKey,
    bundleFor: (of: PushedVariant, by: KeyObject = privateKey) => attestation(reportOf(of), of.digest, by),
    async outcome(tag: string) {
      await world.ended();
      const found = (await world.releases()).find(({ record }) => record.request?.push.tag === tag);
      if (!found) throw new Error(`nothing was started for ${tag}`);
      return found;
    },
  };
}

test('a release with a signed report is deployed, and everybody reads whose signature it is', async () => {
  const world = await signedWorld();
  const pushed = await world.pushOnly('good', 'v1.0.0', 'none');

  await world.attach(pushed, world.bundleFor(pushed));

  const release = await world.outcome('v1.0.0');
  expect(release).toMatchObject({ outcome: 'Deployed' });
  expect(scanVerdictSchema.parse(release.record.steps.CheckScan)).toMatchObject({
    status: 'pass',
    signedBy: expect.stringMatching(/^CI \(key [0-9a-f]{12}\)$/),
  });
  expect(world.count('GetPublicKey')).toBe(1);
});

test('everything else is refused, each with its reason: unsigned, by another key, tampered with, of another image', async () => {
  const world = await signedWorld();
  const first = await world.pushOnly('good', 'v1.0.0', 'none');
  const bundle = world.bundleFor(first);
  await world.attach(first, bundle);
  await world.ended();
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  // Its unsigned report, which would do without `signedBy`, lies beside the rest.
  const pushed = await world.pushOnly('good', 'v1.1.0');
  await world.attach(pushed, bundle);
  await world.attach(pushed, world.bundleFor(pushed, other));
  const { dsseEnvelope, ...rest } = JSON.parse(world.bundleFor(pushed));
  const payload = Buffer.from(dsseEnvelope.payload, 'base64').toString();
  const tampered = Buffer.from(payload.replace('debian', 'alpine')).toString('base64');
  await world.attach(
    pushed,
    JSON.stringify({ ...rest, dsseEnvelope: { ...dsseEnvelope, payload: tampered } }),
  );

  const release = await world.outcome('v1.1.0');
  expect(release).toMatchObject({ outcome: 'Rejected' });
  expect(release.reason).toMatch(/^no scan report for this image within 10 min; found 4, refused: /);
  expect(release.reason).toContain('it is not signed, and the policy asks for that');
  expect(release.reason).toMatch(/it is signed by CI \(key \w+\), but about another image/);
  expect(release.reason.split('its signature is not by CI')).toHaveLength(3);
  expect(await world.running()).toEqual([first.digest, first.digest]);
});

test('an older report that was signed for this image is not put before a newer one by the time that it is attached with', async () => {
  const world = await signedWorld();
  const pushed = await world.pushOnly('good', 'v1.0.0', 'none');
  const at = world.clock.now();
  const { image, tag, digest } = pushed;
  const bundle = (findings: Finding[], createdAt: number) => {
    const report = trivyReport({
      repository: 'my-api',
      tag,
      image,
      findings,
      createdAt: new Date(createdAt),
    });
    return attestation(JSON.stringify(report), digest, world.privateKey);
  };

  await world.attach(pushed, bundle([fixableCritical], at));
  await world.attach(pushed, bundle([], at - 60_000), at + 3_600_000);

  const release = await world.outcome('v1.0.0');
  expect(release).toMatchObject({ outcome: 'Rejected' });
  expect(release.reason).toMatch(/1 CRITICAL with a fix/);
});

test('a key that is disabled in KMS signs nothing any more, and the reason says so', async () => {
  const world = await signedWorld();
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  world.world.keys.set(keyInKms, { publicKey, state: 'Disabled' });
  const pushed = await world.pushOnly('good', 'v1.0.0', 'none');

  await world.attach(pushed, world.bundleFor(pushed));

  const release = await world.outcome('v1.0.0');
  expect(release.outcome).toBe('Rejected');
  expect(release.reason).toContain(
    `its signature cannot be checked; the key of CI cannot be had: DisabledException: ${keyInKms} is disabled.`,
  );
});

test('a workflow signs without a key of its own, as its certificate says', async () => {
  const { trustedRoot, attest } = sigstore(0);
  const issuer = 'https://token.actions.githubusercontent.com';
  const subject = 'https://github.com/my-org/my-api/.github/workflows/deploy.yml@refs/tags/*';
  const world = await signedWorld({ name: 'CI', issuer, subject, trustedRoot });
  const at = world.clock.now();
  const pushed = await world.pushOnly('good', 'v1.0.0', 'none');
  const { dsseEnvelope } = JSON.parse(world.bundleFor(pushed));
  const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());

  const foreign = subject.replace('my-org', 'their-org').replace('*', 'v1.0.0');
  await world.attach(pushed, JSON.stringify(attest(statement, { subject: foreign, issuer, at })));
  await world.clock.advance(60_000);
  const ours = subject.replace('*', 'v1.0.0');
  await world.attach(pushed, JSON.stringify(attest(statement, { subject: ours, issuer, at })));

  const release = await world.outcome('v1.0.0');
  expect(release.outcome).toBe('Deployed');
  expect(scanVerdictSchema.parse(release.record.steps.CheckScan).signedBy).toBe(`CI (${ours})`);
  expect(world.count('GetPublicKey')).toBe(0);
});
