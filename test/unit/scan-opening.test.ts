/** From evidence to a result: every format in one way, and everything that is not whole, or not about this image, refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keySigner, type Trusted } from '../../core/attestation/attested.ts';
import { publicKey } from '../../core/attestation/public-key.ts';
import type { ScannedImage } from '../../core/scan/binding.ts';
import type { Evidence, EvidenceFormat } from '../../core/scan/evidence.ts';
import { opened } from '../../core/scan/opening.ts';
import { scanDefaults } from '../../core/scan/policy.ts';
import { judgeScan } from '../../core/scan/verdict.ts';

const fixtures = join(import.meta.dirname, '../fixtures/events');
const { digests } = JSON.parse(readFileSync(join(fixtures, 'registry/manifest-map.json'), 'utf8'));
// biome-ignore lint/suspicious/noExplicitAny: recorded answers, changed in many ways
const recorded = (name: string): any => JSON.parse(readFileSync(join(fixtures, 'scans', name), 'utf8'));
// biome-ignore lint/suspicious/noExplicitAny: the same
const blob = (digest: string): any =>
  JSON.parse(readFileSync(join(fixtures, 'registry/blobs', digest.replace(':', '-')), 'utf8'));

const image: ScannedImage = {
  digests: [digests.index, digests.amd64],
  configDigest: digests.configAmd64,
  architecture: 'amd64',
  createdAt: Date.parse('2026-03-05T09:58:11Z'),
};
const policy = { ...scanDefaults, maxReportAge: 3600 };
const now = Date.parse('2026-03-05T10:05:00Z');

function open(
  format: EvidenceFormat,
  document: unknown,
  over: Partial<typeof policy> = {},
  trusted: Trusted = 'attached',
) {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const evidence: Evidence = { format, bytes, subject: digests.index, locator: 'a test', contentDigest: '' };
  return opened(evidence, { image, policy: { ...policy, ...over }, trusted, now });
}
const reasonOf = (found: ReturnType<typeof open>) => ('reason' in found ? found.reason : 'it is evidence');

const envelope = blob(blob(digests.referrerSigned).layers[0].digest);
const { predicate } = JSON.parse(Buffer.from(envelope.dsseEnvelope.payload, 'base64').toString());
const report = predicate.scanner.result;

const basic = recorded('ecr-describe-image-scan-findings-basic.json');
const inspected = recorded('ecr-describe-image-scan-findings-enhanced.json');
const [finding] = inspected.imageScanFindings.enhancedFindings;
/** The recorded one counts a finding that it does not have. */
const enhanced = withFindings({ findingSeverityCounts: { MEDIUM: 1 } });

function withFindings(over: object, of = inspected) {
  return { ...of, imageScanFindings: { ...of.imageScanFindings, ...over } };
}
const withFinding = (over: object, findingSeverityCounts = {}) =>
  withFindings({ findingSeverityCounts, enhancedFindings: [{ ...finding, ...over }] });
function withPackage(over: object, of: object = {}) {
  const { packageVulnerabilityDetails: details } = finding;
  const [first] = details.vulnerablePackages;
  return withFinding({
    ...of,
    packageVulnerabilityDetails: { ...details, vulnerablePackages: [{ ...first, ...over }] },
  });
}

describe('what cosign attests', () => {
  test('is the report that is in it', () => {
    const plain = open('trivy', report);

    expect(plain.ok).toBe(true);
    expect(open('cosign-vuln', predicate)).toEqual(plain);
  });

  test('has its time and the version of its scanner from the attestation where the report has none', () => {
    const { CreatedAt: _, Trivy: __, ...bare } = report;
    const found = open('cosign-vuln', {
      scanner: { version: 'v0.58.0', result: bare },
      metadata: { scanFinishedOn: '2026-03-05T10:00:40Z' },
    });

    expect(found).toMatchObject({
      ok: true,
      result: { scanner: { version: 'v0.58.0' }, createdAt: Date.parse('2026-03-05T10:00:40Z') },
    });
  });

  test.each([
    { it: 'nothing found', document: { scanner: { result: null } }, why: /^it is not a result of a scanner/ },
    { it: 'no scanner', document: {}, why: /^it is not a result of a scanner: scanner/ },
    { it: 'no report', document: { scanner: { result: {} } }, why: /SchemaVersion is missing/ },
    {
      it: 'two versions of its scanner',
      document: { ...predicate, scanner: { ...predicate.scanner, version: 'v0.69.4' } },
      why: /two versions of its scanner/,
    },
    {
      it: 'findings beside the report',
      document: { ...predicate, more: report.Results },
      why: /findings are where none belong/,
    },
    {
      it: 'a scanner that the policy denies',
      document: {
        ...predicate,
        scanner: { version: '0.69.4', result: { ...report, Trivy: { Version: '0.69.4' } } },
      },
      why: /denyScanners/,
    },
  ])('is no evidence with $it', ({ document, why }) => {
    expect(reasonOf(open('cosign-vuln', document))).toMatch(why);
  });
});

describe('what says itself what it is', () => {
  test.each([
    { format: 'a report', document: report },
    { format: 'a predicate', document: predicate },
  ])('is read as $format', ({ document }) => {
    expect(open('stated', document)).toEqual(open('trivy', report));
  });

  test('is opened as an attestation, whose signature counts as anywhere else', () => {
    const pem = readFileSync(join(fixtures, 'registry/attestation-public-key.pem'), 'utf8');
    const ci = { signers: [keySigner('CI', publicKey(pem))], unread: [] };
    const nobody = { signers: [], unread: [] };

    expect(open('stated', envelope)).toEqual(open('trivy', report));
    expect(open('stated', envelope, {}, ci)).toMatchObject({
      ok: true,
      signedBy: expect.stringMatching(/^CI \(key /),
    });
    expect(open('stated', envelope, {}, nobody).ok).toBe(false);
    expect(reasonOf(open('stated', report, {}, ci))).toBe('it is not signed, and the policy asks for that');
    expect(reasonOf(open('stated', predicate, {}, ci))).toMatch(/^it is not signed/);
  });

  test('is not believed to be what AWS answers', () => {
    expect(reasonOf(open('stated', enhanced))).toMatch(/an answer of ECR's/);
  });

  test.each(['', 'null', '[]', '{}', '7', '{"results":[]}', 'no JSON'])('is no evidence as %s', (text) => {
    expect(open('stated', text).ok).toBe(false);
  });
});

describe('what Amazon Inspector found', () => {
  test('is a finding of ours for each package', () => {
    const found = open('ecr-enhanced', enhanced);

    expect(found).toMatchObject({
      result: {
        scanner: { name: 'Amazon Inspector' },
        createdAt: 1772704780_000,
        findings: [
          {
            ...{ id: 'CVE-2019-17498', severity: 'MEDIUM', package: 'libssh2', fixable: true },
            ...{ installed: '1.4.3-12.amzn2.2', fixed: '0:1.4.3-12.amzn2.2.1' },
          },
        ],
      },
    });
  });

  test('blocks by the same policy as a report of Trivy', () => {
    const found = open('ecr-enhanced', withFinding({ severity: 'CRITICAL' }));
    const verdict = 'result' in found ? judgeScan(found.result, policy, { now }) : undefined;

    expect(verdict).toMatchObject({
      status: 'fail',
      counts: { CRITICAL: 1 },
      upgrades: ['upgrade libssh2 to 0:1.4.3-12.amzn2.2.1 (1 CRITICAL)'],
    });
  });

  test.each([
    { fixAvailable: 'YES', fixedInVersion: 'NotAvailable', fixable: true },
    { fixAvailable: 'NO', fixedInVersion: '1.2.3', fixable: false },
    { fixAvailable: 'PARTIAL', fixedInVersion: '1.2.3', fixable: true },
    { fixAvailable: 'PARTIAL', fixedInVersion: 'NotAvailable', fixable: false },
    { fixAvailable: undefined, fixedInVersion: '1.2.3', fixable: true },
    { fixAvailable: undefined, fixedInVersion: undefined, fixable: false },
  ])(
    'has a fix: $fixable, with fixAvailable $fixAvailable and fixed in $fixedInVersion',
    ({ fixAvailable, fixedInVersion, fixable }) => {
      expect(open('ecr-enhanced', withPackage({ fixedInVersion }, { fixAvailable }))).toMatchObject({
        result: { findings: [{ fixable }] },
      });
    },
  );

  test.each([
    { word: 'UNTRIAGED', severity: 'UNKNOWN' },
    { word: 'INFORMATIONAL', severity: 'LOW' },
  ])('is $severity where Inspector says $word', ({ word, severity }) => {
    expect(open('ecr-enhanced', withFinding({ severity: word }))).toMatchObject({
      result: { findings: [{ severity }] },
    });
  });

  test('counts as left out where Inspector was told to, and not at all where it is closed', () => {
    const suppressed = { ...finding, status: 'SUPPRESSED' };
    const closed = { ...finding, status: 'CLOSED' };

    expect(open('ecr-enhanced', withFindings({ enhancedFindings: [suppressed, closed] }))).toMatchObject({
      result: { findings: [], suppressed: 1 },
    });
  });

  test.each(['PENDING', 'IN_PROGRESS'])('may come later while it is %s', (status) => {
    expect(open('ecr-enhanced', { ...enhanced, imageScanStatus: { status } })).toMatchObject({
      ok: false,
      pending: true,
    });
  });

  test.each([
    'UNSUPPORTED_IMAGE',
    'FAILED',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
    'COMPLETE',
    'LIMIT_EXCEEDED',
  ])('is no evidence, and says so, with the status %s', (status) => {
    const found = open('ecr-enhanced', { ...enhanced, imageScanStatus: { status, description: 'why' } });

    expect(found).toEqual({ ok: false, reason: `it is none that is ACTIVE: ${status}: why` });
  });

  test.each([
    { it: 'counts more findings than it has', document: inspected, why: /counts 2 findings and has 1/ },
    { it: 'has no findings at all', document: { ...enhanced, imageScanFindings: undefined }, why: /without/ },
    {
      it: 'has null for findings',
      document: { ...enhanced, imageScanFindings: null },
      why: /imageScanFindings/,
    },
    {
      it: 'has null in place of the list',
      document: withFindings({ enhancedFindings: null }),
      why: /enhanced/,
    },
    { it: 'does not count', document: withFindings({ findingSeverityCounts: undefined }), why: /Counts/ },
    {
      it: 'is of the other kind of scanning',
      document: withFindings({ enhancedFindings: undefined, findings: [], findingSeverityCounts: {} }),
      why: /the other kind of scanning/,
    },
    { it: 'has a severity of its own', document: withFinding({ severity: 'AWFUL' }), why: /severity/ },
    { it: 'has another type of finding', document: withFinding({ type: 'CODE' }), why: /type/ },
    {
      it: 'has a finding without a name',
      document: withFinding({ packageVulnerabilityDetails: {} }),
      why: /Id/,
    },
    {
      it: 'is about another image',
      document: { ...enhanced, imageId: { imageDigest: digests.arm64 } },
      why: /about another image/,
    },
    {
      it: 'is about the index, which nobody scans',
      document: { ...enhanced, imageId: { imageDigest: digests.index } },
      why: /about another image/,
    },
    {
      it: 'is too old',
      document: withFindings({ findingSeverityCounts: {}, imageScanCompletedAt: 1772600000 }),
      why: /old, and at most/,
    },
    {
      it: 'does not say when it was done',
      document: withFindings({ findingSeverityCounts: {}, imageScanCompletedAt: undefined }),
      why: /when it was completed/,
    },
    { it: 'is empty', document: {}, why: /not an answer of ECR/ },
  ])('is no evidence where it $it', ({ document, why }) => {
    expect(reasonOf(open('ecr-enhanced', document))).toMatch(why);
  });
});

/** Every document with one of its parts gone, null, or of another type. */
function* damaged(value: unknown, path = ''): Generator<{ at: string; with: (to: unknown) => unknown }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const at = `${path}/${key}`;
    const over = (to: unknown) => {
      const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
      if (to === undefined && Array.isArray(copy)) copy.splice(Number(key), 1);
      else copy[key] = to;
      return copy;
    };
    yield { at, with: over };
    for (const inner of damaged(part, at)) yield { at: inner.at, with: (to) => over(inner.with(to)) };
  }
}

test.each([
  { format: 'ecr-enhanced' as const, whole: withFinding({ severity: 'CRITICAL' }, { CRITICAL: 1 }) },
  {
    format: 'ecr-basic' as const,
    whole: withFindings(
      {
        findingSeverityCounts: { CRITICAL: 1 },
        findings: [{ ...basic.imageScanFindings.findings[0], severity: 'CRITICAL' }],
      },
      basic,
    ),
  },
])('nothing that is missing, null or of another type in $format makes it clean', ({ format, whole }) => {
  const passing: string[] = [];
  let all = 0;
  for (const { at, with: over } of damaged(whole)) {
    for (const to of [undefined, null, 7, '', {}, []]) {
      all += 1;
      const found = open(format, over(to), { fixable: 'any' });
      if (!('result' in found)) continue;
      const { status } = judgeScan(found.result, { ...policy, fixable: 'any' }, { now });
      if (status === 'pass') passing.push(`${at} as ${JSON.stringify(to)}`);
    }
  }

  expect(open(format, whole, { fixable: 'any' }).ok).toBe(true);
  expect(all).toBeGreaterThan(100);
  expect(passing).toEqual([]);
});

describe("what ECR's basic scanning found", () => {
  test('counts whether it has a fix or not, since nobody says', () => {
    const found = open('ecr-basic', basic, { fixable: 'any' });

    expect(found).toMatchObject({
      result: {
        fixesUnknown: true,
        findings: [
          { id: 'CVE-2019-18276', severity: 'LOW', package: 'bash', installed: '5.0-4', fixable: false },
          { id: 'CVE-2019-18224', severity: 'HIGH', package: 'libidn2', fixable: false },
        ],
      },
    });
  });

  test('is no evidence where only findings with a fix count: none would', () => {
    expect(reasonOf(open('ecr-basic', basic))).toBe(
      "ECR's basic scanning does not say what has a fix, and by the policy nothing else counts (fixable: 'only')",
    );
  });

  test('fails a report that is judged by itself for the same reason', () => {
    const found = open('ecr-basic', basic, { fixable: 'any' });
    const verdict = 'result' in found ? judgeScan(found.result, policy, { now }) : undefined;

    expect(verdict).toMatchObject({ status: 'fail' });
    expect(verdict?.summary).toMatch(/the report is no evidence: ECR's basic scanning does not say/);
  });

  test.each([
    {
      it: 'is ACTIVE, as only the other kind is',
      document: { ...basic, imageScanStatus: { status: 'ACTIVE' } },
    },
    { it: 'counts more than it has', document: withFindings({ findingSeverityCounts: { HIGH: 3 } }, basic) },
    { it: 'has no list', document: withFindings({ findings: undefined }, basic) },
  ])('is no evidence where it $it', ({ document }) => {
    expect(open('ecr-basic', document, { fixable: 'any' }).ok).toBe(false);
  });
});
