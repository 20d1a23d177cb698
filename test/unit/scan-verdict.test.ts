import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanResult } from '../../core/scan/finding.ts';
import { type ScanPolicy, scanDefaults } from '../../core/scan/policy.ts';
import { parseReport, type Report, type Vulnerability } from '../../core/scan/report.ts';
import { judgeScan, scanVerdictSchema, withoutReport } from '../../core/scan/verdict.ts';
import type { Waiver } from '../../core/scan/waiver.ts';

const folder = join(import.meta.dirname, '../fixtures/trivy');
const index: { files: { file: string; vulnerabilities: { distinctIdsBySeverity: object } }[] } = JSON.parse(
  readFileSync(join(folder, 'index.json'), 'utf8'),
);

function real(file: string): Report {
  const parsed = parseReport(readFileSync(join(folder, file), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.report;
}

/** Vulnerabilities alone count. */
const byDefault: ScanPolicy = { ...scanDefaults, secrets: 'ignore', endOfLifeOs: 'ignore' };
const now = Date.parse('2026-03-05T10:05:00Z');
const judge = (report: Report, policy: Partial<ScanPolicy> = {}, at = now) =>
  scanVerdictSchema.parse(judgeScan(scanResult(report), { ...byDefault, ...policy }, { now: at }));

const found = (...Vulnerabilities: Vulnerability[]): Report => ({
  SchemaVersion: 2,
  Results: [{ Class: 'os-pkgs', Vulnerabilities }],
});
const critical = (of: Partial<Vulnerability> = {}): Vulnerability => ({
  VulnerabilityID: 'CVE-2025-1',
  PkgName: 'openssl',
  InstalledVersion: '3.0.1',
  FixedVersion: '3.0.2',
  Status: 'fixed',
  Severity: 'CRITICAL',
  PkgIdentifier: { PURL: 'pkg:deb/debian/openssl@3.0.1?arch=amd64&distro=debian-12' },
  ...of,
});
const waiver = (of: Partial<Waiver> = {}): Waiver => ({
  id: 'CVE-2025-1',
  statement: 'the vulnerable function is never called',
  owner: 'ada',
  expires: '2026-03-05',
  purls: [],
  paths: [],
  ...of,
});

describe.each(index.files)('the real report $file', ({ file, vulnerabilities }) => {
  test('is counted by distinct identifier', () => {
    expect(judge(real(file)).counts).toEqual(vulnerabilities.distinctIdsBySeverity);
  });
});

test.each([
  { file: 'clean-alpine-3.14.json', policy: {}, status: 'pass', summary: /^no vulnerabilities$/ },
  {
    file: 'no-results-key-juice-shop.json',
    policy: {},
    status: 'pass',
    summary:
      /^no vulnerabilities, but Trivy recognised no packages either;.* warning: the report names alpine 3\.11\.12 and says nothing of its packages$/,
  },
  {
    file: 'empty-results-juice-shop.json',
    policy: {},
    status: 'pass',
    summary: /recognised no packages either;.* says nothing of its packages$/,
  },
  {
    file: 'critical-fixed-low-unfixed-debian-buster.json',
    policy: {},
    status: 'fail',
    summary: /^1 CRITICAL with a fix: CVE-2019-18224 in libidn2-0 2\.0\.5-1 → 2\.0\.5-1\+deb10u1$/,
  },
  {
    file: 'high-fixed-busybox-cargo.json',
    policy: {},
    status: 'pass',
    summary: /^no CRITICAL with a fix among 2 vuln/,
  },
  {
    file: 'high-fixed-busybox-cargo.json',
    policy: { block: ['CRITICAL', 'HIGH'] },
    status: 'fail',
    summary: /^1 HIGH with a fix: CVE-2019-15542 in ammonia 1\.9\.0 → >= 2\.1\.0$/,
  },
  {
    file: 'large-critical-unfixed-juice-shop-10.2.0.json',
    policy: { block: ['HIGH', 'CRITICAL'] },
    status: 'fail',
    summary: /^16 CRITICAL, 65 HIGH with a fix: CVE-\S+ in .* and 78 more$/,
  },
  {
    file: 'large-critical-unfixed-juice-shop-10.2.0.json',
    policy: { fixable: 'any' },
    status: 'fail',
    summary: /^17 CRITICAL: /,
  },
  {
    file: 'all-statuses-debian10.json',
    policy: { block: ['LOW'] },
    status: 'fail',
    summary: /^1 LOW with a fix: /,
  },
] as const)('$file by $policy: $status', ({ file, policy, status, summary }) => {
  const verdict = judge(real(file), policy as Partial<ScanPolicy>);

  expect(verdict.status).toBe(status);
  expect(verdict.summary).toMatch(summary);
  expect(verdict.findings.length > 0).toBe(status === 'fail');
});

test.each([
  { it: 'a CRITICAL with a fix fails', of: {}, policy: {}, status: 'fail' },
  { it: 'a CRITICAL without a fix passes', of: { Status: 'affected' }, policy: {}, status: 'pass' },
  {
    it: 'a CRITICAL without a fix fails where any does',
    of: { Status: 'affected' },
    policy: { fixable: 'any' },
    status: 'fail',
  },
  { it: 'a HIGH passes', of: { Severity: 'HIGH' }, policy: {}, status: 'pass' },
  {
    it: 'a HIGH fails where it blocks',
    of: { Severity: 'HIGH' },
    policy: { block: ['HIGH'] },
    status: 'fail',
  },
  {
    it: 'a finding without severity fails where UNKNOWN blocks',
    of: { Severity: undefined },
    policy: { block: ['UNKNOWN'] },
    status: 'fail',
  },
  { it: 'a CRITICAL passes where nothing blocks', of: {}, policy: { block: [] }, status: 'pass' },
])('$it', ({ of, policy, status }) => {
  expect(judge(found(critical(of as Partial<Vulnerability>)), policy as Partial<ScanPolicy>).status).toBe(
    status,
  );
});

test.each([
  { it: 'on its last day', at: '2026-03-05T23:59:59.999Z', status: 'pass' },
  { it: 'a moment later', at: '2026-03-06T00:00:00Z', status: 'fail' },
])('a waiver $it: $status', ({ at, status }) => {
  expect(judge(found(critical()), { waivers: [waiver()] }, Date.parse(at)).status).toBe(status);
});

test('a waiver that was used is shown with its reason and owner', () => {
  const verdict = judge(found(critical(), critical({ PkgName: 'libssl' })), {
    waivers: [waiver(), waiver()],
  });

  expect(verdict).toMatchObject({
    status: 'pass',
    summary: 'no other CRITICAL with a fix among 1 vulnerability; 1 waived',
    counts: { CRITICAL: 1 },
    findings: [],
    waived: [
      {
        id: 'CVE-2025-1',
        statement: 'the vulnerable function is never called',
        owner: 'ada',
        expires: '2026-03-05',
      },
    ],
  });
});

test('a waiver that nothing needed is not shown', () => {
  const verdict = judge(found(critical({ Status: 'affected' })), {
    waivers: [waiver(), waiver({ id: 'CVE-2025-2' })],
  });

  expect(verdict).toMatchObject({ status: 'pass', waived: [] });
});

test('an expired waiver is named with its owner, so that somebody renews it or fixes the finding', () => {
  const expired = waiver({ expires: '2026-03-04' });
  const verdict = judge(found(critical(), critical({ VulnerabilityID: 'CVE-2025-2' })), {
    waivers: [expired, waiver({ id: 'CVE-2025-2' }), waiver({ id: 'CVE-2025-3', expires: '2020-01-01' })],
  });

  expect(verdict.status).toBe('fail');
  expect(verdict.summary).toBe(
    '1 CRITICAL with a fix: CVE-2025-1 in openssl 3.0.1 → 3.0.2; 1 waived; the waiver of ada for CVE-2025-1 ended on 2026-03-04',
  );
});

test.each([
  { purl: 'pkg:deb/debian/openssl', status: 'pass' },
  { purl: 'pkg:deb/debian/openssl@3.0.1', status: 'pass' },
  { purl: 'pkg:deb/debian/openssl@3.0.1?distro=debian-12', status: 'pass' },
  { purl: 'pkg:deb/debian/openssl@3.0.2', status: 'fail' },
  { purl: 'pkg:deb/debian/openssl?distro=debian-11', status: 'fail' },
  { purl: 'pkg:deb/debian/openssl-extra', status: 'fail' },
  { purl: 'pkg:deb/ubuntu/openssl', status: 'fail' },
])('a waiver for $purl only: $status', ({ purl, status }) => {
  expect(judge(found(critical()), { waivers: [waiver({ purls: [purl] })] }).status).toBe(status);
});

test.each([
  {
    it: 'a scope, encoded or not',
    wanted: 'pkg:npm/@angular/core',
    has: 'pkg:npm/%40angular/core@1.2.3',
    status: 'pass',
  },
  {
    it: 'a scope with a version',
    wanted: 'pkg:npm/@angular/core@1.2.3',
    has: 'pkg:npm/%40angular/core@1.2.3',
    status: 'pass',
  },
  {
    it: 'a plus in a version',
    wanted: 'pkg:deb/debian/a@1+deb10u1',
    has: 'pkg:deb/debian/a@1%2Bdeb10u1?epoch=1',
    status: 'pass',
  },
  {
    it: 'a plus in a qualifier',
    wanted: 'pkg:deb/debian/a?x=1+2',
    has: 'pkg:deb/debian/a@1?x=1%2B2',
    status: 'pass',
  },
  { it: 'a broken encoding', wanted: 'pkg:npm/%zz', has: 'pkg:npm/%zz@1', status: 'pass' },
  { it: 'a report that names no package URL', wanted: 'pkg:npm/a', has: undefined, status: 'fail' },
])('a waiver limited to a package knows $it', ({ wanted, has, status }) => {
  const report = found(critical({ PkgIdentifier: { PURL: has } as { PURL: string } }));

  expect(judge(report, { waivers: [waiver({ purls: [wanted] })] }).status).toBe(status);
});

test('a waiver for one package leaves the same finding in another', () => {
  const report = found(
    critical(),
    critical({ PkgName: 'libssl', PkgIdentifier: { PURL: 'pkg:deb/debian/libssl@1' } }),
  );
  const verdict = judge(report, { waivers: [waiver({ purls: ['pkg:deb/debian/openssl'] })] });

  expect(verdict).toMatchObject({
    status: 'fail',
    findings: [{ package: 'libssl' }],
    waived: [{ id: 'CVE-2025-1' }],
  });
});

test('a finding in several files is one row, and the worst come first', () => {
  const verdict = judge(
    found(
      critical({ VulnerabilityID: 'CVE-2025-9', Severity: 'HIGH' }),
      critical({ VulnerabilityID: 'CVE-2025-2' }),
      critical(),
      critical(),
    ),
    { block: ['HIGH', 'CRITICAL'] },
  );

  expect(verdict.findings.map(({ id }) => id)).toEqual(['CVE-2025-1', 'CVE-2025-2', 'CVE-2025-9']);
});

test.each([20, 21])('of %i findings at most 20 are shown, and all are counted', (count) => {
  const ids = Array.from({ length: count }, (_, n) => `CVE-2025-${100 + n}`);
  const verdict = judge(found(...ids.map((VulnerabilityID) => critical({ VulnerabilityID }))));

  expect(verdict.findings).toHaveLength(20);
  expect(verdict.counts?.CRITICAL).toBe(count);
  expect(verdict.summary).toContain(`and ${count - 3} more`);
});

test('however large and hostile a report is, the verdict fits into the state and keeps to its schema', () => {
  const long = `\u202E${'<!channel> '.repeat(1000)}`;
  const report = found(
    ...Array.from({ length: 500 }, (_, n) =>
      critical({
        VulnerabilityID: `${n} ${long}`,
        PkgName: long,
        InstalledVersion: long,
        FixedVersion: long,
        Title: long,
      }),
    ),
  );
  const waivers = Array.from({ length: 500 }, (_, n) =>
    waiver({ id: `CVE-${n}`, statement: 'x'.repeat(9999) }),
  );
  const waived = waivers.map(({ id }) => critical({ VulnerabilityID: id }));
  const verdict = judge(
    { ...report, Results: [...(report.Results ?? []), ...(found(...waived).Results ?? [])] },
    { waivers },
  );

  expect(JSON.stringify(verdict).length).toBeLessThan(64_000);
  expect(JSON.stringify(verdict)).not.toContain('\u202E');
});

test('the scanner and the age of the report are part of the evidence', () => {
  const verdict = judge(real('critical-fixed-low-unfixed-debian-buster.json'));

  expect(verdict.scanner).toEqual({ name: 'Trivy', version: 'dev' });
  expect(verdict.reportCreatedAt).toBe(Date.parse('2021-08-25T12:20:30Z'));
});

test.each([
  {
    decision: 'reject',
    refused: [],
    status: 'fail',
    summary: 'no scan report for this image within 10 min; found none',
  },
  {
    decision: 'pass',
    refused: [],
    status: 'pass',
    summary: 'no scan report for this image within 10 min, which the policy lets pass; found none',
  },
  {
    decision: 'reject',
    refused: ['not JSON', 'it is 9 h old'],
    status: 'fail',
    summary: 'no scan report for this image within 10 min; found 2, refused: not JSON, it is 9 h old',
  },
] as const)(
  'without a report the policy says $decision, with $refused',
  ({ decision, refused, status, summary }) => {
    const verdict = withoutReport({ ...byDefault, withoutReport: decision }, refused);

    expect(scanVerdictSchema.parse(verdict)).toEqual({ status, summary, findings: [], waived: [] });
  },
);

test('a missing report has no counts: it must not be read as zero findings', () => {
  expect(withoutReport({ ...byDefault, withoutReport: 'pass' }, []).counts).toBeUndefined();
});

test('many refused reports do not outgrow the summary', () => {
  const refused = Array.from({ length: 30 }, () => 'x'.repeat(5000));

  expect(scanVerdictSchema.safeParse(withoutReport(byDefault, refused)).success).toBe(true);
});
