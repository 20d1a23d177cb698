/** What counts beyond severity and fix, and what is remembered: each decision with both sides of its boundary. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, type ScanResult, scanResult } from '../../core/scan/finding.ts';
import { type ScanPolicy, scanDefaults } from '../../core/scan/policy.ts';
import { parseReport } from '../../core/scan/report.ts';
import { type Memory, waitsForGrace } from '../../core/scan/sorting.ts';
import { judgeScan, passedBefore, scanVerdictSchema, withoutReport } from '../../core/scan/verdict.ts';
import { waiverSchema } from '../../core/scan/waiver.ts';

const now = Date.parse('2026-03-05T10:05:00Z');
const day = 86_400_000;

const finding = (of: Partial<Finding> = {}): Finding => ({
  ...{ id: 'CVE-2025-1', severity: 'CRITICAL', package: 'openssl', installed: '3.0.1', fixed: '3.0.2' },
  ...{ fixable: true, ...of },
});
const unfixed = (of: Partial<Finding> = {}) => finding({ fixable: false, fixed: undefined, ...of });
const result = (of: Partial<ScanResult> = {}): ScanResult => ({
  ...{ scanner: { name: 'Trivy', version: '0.69.3' }, lookedIntoPackages: true },
  ...{ findings: [], secrets: [], suppressed: 0, packages: [], ...of },
});
const found = (...findings: Finding[]) => result({ findings });
const judge = (of: ScanResult, policy: Partial<ScanPolicy> = {}, memory: Partial<Memory> = {}) =>
  scanVerdictSchema.parse(judgeScan(of, { ...scanDefaults, ...policy }, { now, ...memory }));
const waiver = (of: object) =>
  waiverSchema.parse({
    ...{ statement: 'the function is never called', owner: 'ada', expires: '2026-03-05' },
    ...of,
  });

test('what blocks is a line for each package, and what is found once in many files is one of its number', () => {
  const verdict = judge(
    found(finding(), finding({ paths: ['elsewhere'] }), finding({ id: 'CVE-2025-2', fixed: '3.0.5' })),
  );

  expect(verdict.upgrades).toEqual(['upgrade openssl to 3.0.5 (2 CRITICAL)']);
});

describe('a severity that is told of', () => {
  test('stops nothing', () => {
    const verdict = judge(found(finding({ severity: 'HIGH' })), { warn: ['HIGH'] });

    expect(verdict).toMatchObject({
      status: 'pass',
      summary:
        'no CRITICAL with a fix among 1 vulnerability; warning: 1 HIGH with a fix: CVE-2025-1 in openssl 3.0.1 → 3.0.2',
      warnings: ['1 HIGH with a fix: CVE-2025-1 in openssl 3.0.1 → 3.0.2'],
      findings: [],
    });
  });

  test.each([
    { it: 'has no fix', of: unfixed({ severity: 'HIGH' }), policy: {} },
    {
      it: 'is waived',
      of: finding({ severity: 'HIGH' }),
      policy: { waivers: [waiver({ id: 'CVE-2025-1' })] },
    },
    { it: 'is milder', of: finding({ severity: 'MEDIUM' }), policy: {} },
  ])('is not told of where it $it', ({ of, policy }) => {
    expect(judge(found(of), { warn: ['HIGH'], ...policy }).warnings).toBeUndefined();
  });
});

describe('a finding that nobody has rated', () => {
  const unrated = found(finding({ severity: 'UNKNOWN' }));

  test.each<{ unknownSeverity: ScanPolicy['unknownSeverity']; status: string }>([
    { unknownSeverity: 'UNKNOWN', status: 'pass' },
    { unknownSeverity: 'HIGH', status: 'pass' },
    { unknownSeverity: 'CRITICAL', status: 'fail' },
  ])('taken as $unknownSeverity: $status', ({ unknownSeverity, status }) => {
    const verdict = judge(unrated, { unknownSeverity });

    expect(verdict).toMatchObject({ status, counts: { UNKNOWN: 1, CRITICAL: 0 } });
  });

  test('is called what it is, and what it is taken as', () => {
    expect(judge(unrated, { unknownSeverity: 'CRITICAL' }).summary).toMatch(
      /^1 UNKNOWN \(taken as CRITICAL\) with a fix: CVE-2025-1/,
    );
  });
});

describe('what has no fix', () => {
  test('is not counted against the release, and it is said that nothing can be done', () => {
    const verdict = judge(found(unfixed(), unfixed({ package: 'libssl3' })));

    expect(verdict).toMatchObject({
      status: 'pass',
      summary:
        'no CRITICAL with a fix among 1 vulnerability; 1 without a fix, about which nothing can be done yet',
      ignored: { unfixable: 1 },
    });
  });

  test('blocks where any does, and no upgrade is proposed', () => {
    expect(judge(found(unfixed()), { fixable: 'any' })).toMatchObject({
      status: 'fail',
      upgrades: ['no fix for openssl yet (1 CRITICAL)'],
    });
  });
});

describe('a time of grace', () => {
  const grace = { CRITICAL: 7 * 86_400 };

  test.each([
    { it: 'just seen for the first time', since: now, status: 'pass' },
    { it: 'seen almost so long ago', since: now - 7 * day + 1, status: 'pass' },
    { it: 'seen so long ago', since: now - 7 * day, status: 'fail' },
    { it: 'seen nobody knows when', since: 0, status: 'fail' },
  ])('of what was $it: $status', ({ since, status }) => {
    expect(judge(found(finding()), { grace }, { firstSeen: () => since }).status).toBe(status);
  });

  test('is told with its end, the first first', () => {
    const firstSeen = (id: string) => now - (id === 'CVE-2025-1' ? 1 : 2) * day;
    const verdict = judge(found(finding(), finding({ id: 'CVE-2025-2' })), { grace }, { firstSeen });

    expect(verdict).toMatchObject({
      status: 'pass',
      summary:
        'no other CRITICAL with a fix among 2 vulnerabilities; 2 in grace, the first until 2026-03-10 10:05 UTC',
      ignored: {
        grace: 2,
        inGrace: [
          { id: 'CVE-2025-2', until: now + 5 * day },
          { id: 'CVE-2025-1', until: now + 6 * day },
        ],
      },
    });
  });

  test('is for its severity alone', () => {
    const both = found(finding(), finding({ id: 'CVE-2025-2', severity: 'HIGH' }));

    expect(judge(both, { block: ['CRITICAL', 'HIGH'], grace: { HIGH: 60 } })).toMatchObject({
      status: 'fail',
      findings: [{ id: 'CVE-2025-1' }],
      ignored: { grace: 1 },
    });
  });

  test('begins when somebody could act', () => {
    const policy = { ...scanDefaults, grace };
    const findings = found(
      finding(),
      unfixed({ id: 'CVE-2025-2' }),
      finding({ id: 'CVE-2025-3', severity: 'LOW' }),
    );

    expect(waitsForGrace(findings, policy)).toEqual(['CVE-2025-1']);
    expect(waitsForGrace(findings, { ...policy, fixable: 'any' })).toEqual(['CVE-2025-1', 'CVE-2025-2']);
    expect(waitsForGrace(findings, scanDefaults)).toEqual([]);
  });
});

describe('compared with what runs', () => {
  const running = found(finding({ installed: '3.0.0' }));

  test.each<{ it: string; of: Finding; runs: ScanResult; status: string }>([
    { it: 'what it has too', of: finding(), runs: running, status: 'pass' },
    {
      it: 'the same in another package',
      of: finding({ package: 'libssl3' }),
      runs: running,
      status: 'fail',
    },
    { it: 'another in the same package', of: finding({ id: 'CVE-2025-2' }), runs: running, status: 'fail' },
    {
      it: 'another in the same version, of which its older report could not know',
      of: finding({ id: 'CVE-2026-9', installed: '3.0.0' }),
      runs: running,
      status: 'pass',
    },
    {
      it: 'one in a package that it has in the same version, clean as it was',
      of: finding(),
      runs: result({ packages: ['openssl 3.0.1'] }),
      status: 'pass',
    },
    {
      it: 'one in a package that it has in another version',
      of: finding(),
      runs: result({ packages: ['openssl 3.0.0'] }),
      status: 'fail',
    },
    {
      it: 'one in a package without a name',
      of: finding({ id: 'CVE-2025-2', package: 'an unnamed package', installed: 'of unknown version' }),
      runs: found(finding({ package: 'an unnamed package', installed: 'of unknown version' })),
      status: 'fail',
    },
  ])('$it: $status', ({ of, runs, status }) => {
    expect(judge(found(of), { baseline: 'running' }, { running: runs }).status).toBe(status);
  });

  test('what is no worse is counted and said', () => {
    expect(judge(found(finding()), { baseline: 'running' }, { running })).toMatchObject({
      summary: 'no other CRITICAL with a fix among 1 vulnerability; 1 in what runs already',
      ignored: { running: 1 },
    });
  });

  test('what nobody knows about excuses nothing, which is said', () => {
    expect(judge(found(finding()), { baseline: 'running' })).toMatchObject({
      status: 'fail',
      summary: expect.stringMatching(/; what runs has no report to compare with$/),
    });
    expect(judge(result(), { baseline: 'running' }).summary).toBe('no vulnerabilities');
  });
});

describe('a secret', () => {
  const secret = { id: 'private-key', severity: 'HIGH', path: '/app/key.pem', line: 1 } as const;
  const leaking = result({ secrets: [secret] });

  test.each([
    { secrets: 'block', status: 'fail', warnings: undefined },
    { secrets: 'warn', status: 'pass', warnings: ['1 secret: private-key in /app/key.pem:1'] },
    { secrets: 'ignore', status: 'pass', warnings: undefined },
  ] as const)('by $secrets: $status', ({ secrets, status, warnings }) => {
    const verdict = judge(leaking, { secrets });

    expect(verdict.status).toBe(status);
    expect(verdict.warnings).toEqual(warnings);
    expect(verdict.secrets !== undefined).toBe(secrets !== 'ignore');
  });

  test('is named with its place, and never shown', () => {
    expect(judge(leaking)).toMatchObject({
      summary: '1 secret: private-key in /app/key.pem:1',
      secrets: [{ id: 'private-key', path: '/app/key.pem', line: 1 }],
    });
  });

  test.each([
    { of: { path: 'app/*.pem' }, status: 'pass' },
    { of: { path: 'etc/**' }, status: 'fail' },
    { of: { path: 'app/*.pem', expires: '2026-03-04' }, status: 'fail' },
    { of: { id: 'aws-access-key-id' }, status: 'fail' },
  ])('with a waiver for $of: $status', ({ of, status }) => {
    const verdict = judge(leaking, { waivers: [waiver({ id: 'private-key', ...of })] });

    expect(verdict.status).toBe(status);
    expect(verdict.waived).toHaveLength(status === 'pass' ? 1 : 0);
  });

  test('of a real report is read', () => {
    const read = parseReport(
      readFileSync(join(import.meta.dirname, '../fixtures/trivy/secrets-repo.json'), 'utf8'),
    );

    expect(read.ok && judge(scanResult(read.report))).toMatchObject({
      status: 'fail',
      summary: '2 secrets: aws-access-key-id in deploy.sh:3, mysecret in deploy.sh:7',
    });
  });
});

describe('a distribution past its end of life', () => {
  const old = result({ os: { name: 'alpine 3.9.4', endOfLife: true } });

  test.each([
    { endOfLifeOs: 'block', status: 'fail' },
    { endOfLifeOs: 'warn', status: 'pass' },
    { endOfLifeOs: 'ignore', status: 'pass' },
  ] as const)('by $endOfLifeOs: $status', ({ endOfLifeOs, status }) => {
    const { status: judged, summary, warnings } = judge(old, { endOfLifeOs });

    expect(judged).toBe(status);
    expect(summary.includes('alpine 3.9.4 is past its end of life')).toBe(endOfLifeOs !== 'ignore');
    expect(warnings !== undefined).toBe(endOfLifeOs === 'warn');
  });
});

describe('a report by a scanner', () => {
  test.each([
    { version: '0.69.4', denied: true },
    { version: 'v0.69.5', denied: true },
    { version: '0.69.3', denied: false },
    { version: '0.69.40', denied: false },
    { version: undefined, denied: false },
  ])('of version $version is denied: $denied', ({ version, denied }) => {
    const verdict = judge(result({ scanner: { name: 'Trivy', version } }));

    expect(verdict.status).toBe(denied ? 'fail' : 'pass');
    expect(verdict.summary.startsWith('the report is no evidence: it was made by Trivy 0.69.')).toBe(denied);
  });

  test.each([
    { pattern: 'Trivy 0.69.*', denied: true },
    { pattern: 'trivy *', denied: true },
    { pattern: 'Trivy 0.6', denied: false },
    { pattern: 'Trivy 0.69.?', denied: false },
    { pattern: 'Grype *', denied: false },
  ])('is denied by $pattern: $denied', ({ pattern, denied }) => {
    expect(judge(result(), { denyScanners: [pattern] }).status).toBe(denied ? 'fail' : 'pass');
  });
});

describe('a policy that only warns', () => {
  test('lets pass what would block, and says that it would', () => {
    const verdict = judge(found(finding()), { mode: 'warn' });

    expect(verdict).toMatchObject({
      status: 'pass',
      onlyWarned: true,
      summary: 'the policy only warns; 1 CRITICAL with a fix: CVE-2025-1 in openssl 3.0.1 → 3.0.2',
      findings: [{ id: 'CVE-2025-1' }],
      upgrades: ['upgrade openssl to 3.0.2 (1 CRITICAL)'],
    });
    expect(judge(result(), { mode: 'warn' }).onlyWarned).toBeUndefined();
  });

  test('lets pass what has no report', () => {
    expect(withoutReport({ ...scanDefaults, mode: 'warn' }, [])).toMatchObject({
      status: 'pass',
      onlyWarned: true,
      summary: 'no scan report for this image within 10 min, of which the policy only warns; found none',
    });
  });
});

test('what the scanner was told to leave out is counted', () => {
  expect(judge(result({ suppressed: 3 })).ignored).toMatchObject({ suppressed: 3 });
});

test('what passed is told with the day on which it did', () => {
  const before = judge(found(unfixed()));

  expect(passedBefore(before, now)).toEqual({
    ...before,
    summary: `passed here on 2026-03-05 10:05 UTC, and what passed is not judged again: ${before.summary}`,
  });
});

test('however much there is to tell, the verdict fits into the state', () => {
  const long = '出荷'.repeat(5000);
  const text = (start = '') => `${start}${long}`.slice(0, 200);
  const many = <Of>(make: (n: number) => Of) => Array.from({ length: 500 }, (_, n) => make(n));
  const of = result({
    os: { name: text(), endOfLife: true },
    findings: [
      ...many((n) => finding({ id: text(`${n} `), package: text(`${n}`), fixed: text() })),
      ...many((n) => finding({ id: text(`W${n} `), severity: 'HIGH', title: text() })),
      ...many((n) => finding({ id: text(`G${n} `), severity: 'MEDIUM' })),
    ],
    secrets: many((n) => ({ id: text(), severity: 'HIGH', path: text(`${n}`) })),
  });
  const policy = { block: ['CRITICAL', 'MEDIUM'], warn: ['HIGH'], grace: { MEDIUM: 60 } } as const;

  const verdict = judge(of, {
    ...{ ...policy, block: [...policy.block], warn: [...policy.warn] },
    secrets: 'warn',
  });

  expect(verdict.upgrades).toHaveLength(20);
  expect(verdict.ignored?.inGrace).toHaveLength(20);
  // Of 256 KiB for all that a release knows.
  expect(Buffer.byteLength(JSON.stringify(verdict))).toBeLessThan(84 * 1024);
});
