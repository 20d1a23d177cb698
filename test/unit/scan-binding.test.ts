import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ScannedImage, unbound } from '../../core/scan/binding.ts';
import { parseReport, type Report } from '../../core/scan/report.ts';
import { ociManifestSchema } from '../../core/source/oci.ts';

const registry = join(import.meta.dirname, '../fixtures/events/registry');
const { digests } = JSON.parse(readFileSync(join(registry, 'manifest-map.json'), 'utf8'));
const blob = (digest: string) => readFileSync(join(registry, 'blobs', digest.replace(':', '-')), 'utf8');

/** The report that a referrer carries. */
function attached(referrer: string): Report {
  const [layer] = ociManifestSchema.parse(JSON.parse(blob(referrer))).layers;
  const parsed = parseReport(blob(layer?.digest ?? ''));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.report;
}

const minute = 60_000;
const now = Date.parse('2026-03-05T10:05:00Z');
const policy = { maxReportAge: 3600 };
const amd64: ScannedImage = {
  digests: [digests.index, digests.amd64],
  configDigest: digests.configAmd64,
  architecture: 'amd64',
  createdAt: Date.parse('2026-03-05T09:58:11Z'),
};
const arm64: ScannedImage = {
  ...amd64,
  digests: [digests.index, digests.arm64],
  configDigest: digests.configArm64,
  architecture: 'arm64',
};
const ofIndex = attached(digests.referrerTrivyRawIndex);
const ofArm64 = attached(digests.referrerTrivyRawArm64);
const foreign = attached(digests.referrerTrivyRawForeignReport);

test.each([
  { it: 'the report of the index, for the platform that was scanned', report: ofIndex, image: amd64 },
  { it: 'the report of a child', report: ofArm64, image: arm64 },
])('$it is evidence', ({ report, image }) => {
  expect(unbound(report, image, policy, now)).toBeUndefined();
});

test.each([
  {
    it: 'the report of another image',
    report: foreign,
    image: amd64,
    why: /^it is about another image: .*shop\/api@sha256:210277/,
  },
  {
    it: 'the report of the other platform',
    report: ofIndex,
    image: arm64,
    why: /^it is about the image for amd64, not for arm64$/,
  },
  { it: "the other platform's child", report: ofArm64, image: amd64, why: /^it is about another image/ },
])('$it, though attached to the image, is no evidence', ({ report, image, why }) => {
  expect(unbound(report, image, policy, now)).toMatch(why);
});

const hex = (digit: string) => `sha256:${digit.repeat(64)}`;
const image: ScannedImage = { digests: [hex('a'), hex('b')], configDigest: hex('c') };
const about = (Metadata: Report['Metadata'], ArtifactType = 'container_image'): Report => ({
  SchemaVersion: 2,
  ArtifactType,
  CreatedAt: '2026-03-05T10:05:00Z',
  Metadata,
});

test.each([
  { it: 'the digest of the index', metadata: { RepoDigests: [`r/x@${hex('a')}`] } },
  { it: 'the digest of the child', metadata: { RepoDigests: [`r/x@${hex('b')}`] } },
  {
    it: 'the right digest among others',
    metadata: { RepoDigests: ['', `r/y@${hex('9')}`, `r/x@${hex('a')}`] },
  },
  { it: 'the config digest as id', metadata: { ImageID: hex('c') } },
  { it: 'the digest of the index as id, as containerd gives it', metadata: { ImageID: hex('a') } },
])('a report that names $it is evidence', ({ metadata }) => {
  expect(unbound(about(metadata), image, policy, now)).toBeUndefined();
});

test.each([
  { it: 'nothing', metadata: undefined, why: 'it does not say which image it is about' },
  {
    it: 'empty digests only',
    metadata: { RepoDigests: [''] },
    why: 'it does not say which image it is about',
  },
  { it: 'the digest as a tag', metadata: { RepoDigests: [`r/x:${hex('a')}`] }, why: 'another image' },
  {
    it: 'the digest with something behind it',
    metadata: { RepoDigests: [`r/x@${hex('a')}0`] },
    why: 'another image',
  },
  {
    it: 'the config digest as a digest',
    metadata: { RepoDigests: [`r/x@${hex('c')}`] },
    why: 'another image',
  },
  {
    it: 'another id',
    metadata: { ImageID: hex('d') },
    why: `another image: ${hex('d')}, not aaaaaaaaaaaa or bbbbbbbbbbbb`,
  },
])('a report that names $it is no evidence', ({ metadata, why }) => {
  expect(unbound(about(metadata), image, policy, now)).toContain(why);
});

test.each([
  { it: 'by the digest of the index alone', metadata: { RepoDigests: [`r/x@${hex('a')}`] }, evidence: false },
  { it: 'by the id of the index alone', metadata: { ImageID: hex('a') }, evidence: false },
  {
    it: 'by the digest of the index, and the config of another image in it',
    metadata: { RepoDigests: [`r/x@${hex('a')}`], ImageID: hex('d') },
    evidence: false,
  },
  { it: 'by the digest of the child', metadata: { RepoDigests: [`r/x@${hex('b')}`] }, evidence: true },
  { it: 'by the id of the child', metadata: { ImageID: hex('b') }, evidence: true },
  {
    it: 'by the digest of the index and the config of the child',
    metadata: { RepoDigests: [`r/x@${hex('a')}`], ImageID: hex('c') },
    evidence: true,
  },
])('a report that names no platform is about the one that runs: $it: $evidence', ({ metadata, evidence }) => {
  const why = unbound(about(metadata), { ...image, architecture: 'arm64' }, policy, now);

  expect(why).toBe(
    evidence ? undefined : 'it is about an index, and does not say which of its images was looked into',
  );
});

test('the config digest proves the platform, whatever that is called', () => {
  const report = about({ ImageID: hex('c'), ImageConfig: { architecture: 'aarch64' } });

  expect(unbound(report, { ...image, architecture: 'arm64' }, policy, now)).toBeUndefined();
});

test.each([
  { type: 'repository', why: 'its ArtifactType is repository, not container_image' },
  { type: '', why: 'its ArtifactType is missing, not container_image' },
])('a report about "$type" is no evidence', ({ type, why }) => {
  expect(unbound(about({ ImageID: hex('c') }, type), image, policy, now)).toBe(why);
});

test('what a stranger wrote into the report is shortened and disarmed in the reason', () => {
  const reason = unbound(about({ RepoDigests: [`\u202E\n${'x'.repeat(5000)}`] }), image, policy, now) ?? '';

  expect(reason).toMatch(/^it is about another image: x+…, not/);
  expect(reason.length).toBeLessThan(250);
});

test.each([
  { it: 'just made', createdAt: now, why: undefined },
  { it: 'exactly as old as allowed', createdAt: now - 60 * minute, why: undefined },
  {
    it: 'a moment too old',
    createdAt: now - 60 * minute - 1,
    why: 'it is 1 h old, and at most 1 h are allowed',
  },
  { it: 'as far ahead as clocks may differ', createdAt: now + 5 * minute, why: undefined },
  { it: 'a moment further ahead', createdAt: now + 5 * minute + 1, why: 'it was made 5 min in the future' },
])('a report $it: $why', ({ createdAt, why }) => {
  const report = { ...about({ ImageID: hex('c') }), CreatedAt: new Date(createdAt).toISOString() };

  expect(unbound(report, image, policy, now)).toBe(why);
});

test.each([
  { it: 'as far before the image as clocks may differ', before: 5 * minute, why: undefined },
  { it: 'a moment earlier', before: 5 * minute + 1, why: 'it was made 5 min before the image' },
])('a report $it: $why', ({ before, why }) => {
  const report = about({ ImageID: hex('c') });

  expect(unbound(report, { ...image, createdAt: now + before }, policy, now)).toBe(why);
});

test('a report that does not say when it was made is no evidence', () => {
  const { CreatedAt, ...undated } = about({ ImageID: hex('c') });

  expect(unbound(undated, image, policy, now)).toBe('it does not say when it was made');
});
