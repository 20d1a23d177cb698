import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../core/scan/finding.ts';
import { createdAt, parseReport, type Report } from '../../core/scan/report.ts';

const folder = join(import.meta.dirname, '../fixtures/trivy');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const index: { files: Sample[] } = JSON.parse(read('index.json'));

interface Sample {
  file: string;
  artifactType: string;
  createdAt: string | null;
  vulnerabilities: {
    count: number;
    bySeverity: Record<string, number>;
    keptByIgnoreUnfixed: Record<string, number>;
    statuses: Record<string, number>;
  };
}

function report(text: string): Report {
  const parsed = parseReport(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.report;
}

test('every real report is listed, so that none is left untested', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'index.json');

  expect(files.toSorted()).toEqual(index.files.map(({ file }) => file).toSorted());
});

describe.each(index.files)('the real report $file', (sample) => {
  const real = report(read(sample.file));

  test('is read with every finding, severity and date', () => {
    const severities = Object.entries(Object.groupBy(findingsOf(real), ({ severity }) => severity));

    expect(real.ArtifactType).toBe(sample.artifactType);
    expect(createdAt(real)).toBe(sample.createdAt === null ? undefined : Date.parse(sample.createdAt));
    expect(findingsOf(real)).toHaveLength(sample.vulnerabilities.count);
    expect({
      ...{ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 },
      ...Object.fromEntries(severities.map(([name, findings]) => [name, findings?.length])),
    }).toEqual(sample.vulnerabilities.bySeverity);
  });
});

// The edited sample has statuses that `--ignore-unfixed` keeps although nothing is fixed.
const unedited = index.files.filter(
  ({ vulnerabilities }) => !('under_investigation' in vulnerabilities.statuses),
);
test.each(unedited)(
  'the real report $file has as many fixable findings as Trivy keeps with --ignore-unfixed',
  ({ file, vulnerabilities }) => {
    const kept = Object.values(vulnerabilities.keptByIgnoreUnfixed).reduce((sum, n) => sum + n, 0);

    expect(findingsOf(report(read(file))).filter(({ fixable }) => fixable)).toHaveLength(kept);
  },
);

const finding = (of: object) =>
  JSON.stringify({ SchemaVersion: 2, Results: [{ Vulnerabilities: [{ VulnerabilityID: 'CVE-1', ...of }] }] });

test.each([
  { it: 'status fixed with a version', of: { Status: 'fixed', FixedVersion: '2' }, fixable: true },
  { it: 'status fixed without a version', of: { Status: 'fixed' }, fixable: true },
  {
    it: 'another status, though a version is named',
    of: { Status: 'affected', FixedVersion: '2' },
    fixable: false,
  },
  { it: 'no status but a version', of: { FixedVersion: '2' }, fixable: true },
  { it: 'no status and an empty version', of: { FixedVersion: '' }, fixable: false },
  { it: 'neither status nor version', of: {}, fixable: false },
])('a finding with $it is fixable: $fixable', ({ of, fixable }) => {
  expect(findingsOf(report(finding(of)))[0]?.fixable).toBe(fixable);
});

test('of the edited report with one finding per status, only the fixed one is fixable', () => {
  expect(
    findingsOf(report(read('all-statuses-debian10.json'))).filter(({ fixable }) => fixable),
  ).toHaveLength(1);
});

test('a finding without severity, package and versions counts as UNKNOWN and still says what it is', () => {
  expect(findingsOf(report(finding({})))).toEqual([
    {
      id: 'CVE-1',
      severity: 'UNKNOWN',
      package: 'an unnamed package',
      installed: 'of unknown version',
      fixable: false,
    },
  ]);
});

test('hostile texts of a finding are shortened and disarmed, and an address that is no web page is dropped', () => {
  const [read] = findingsOf(
    report(finding({ PkgName: 'a\u202Eb\nc', Title: 'x'.repeat(1000), PrimaryURL: 'javascript:alert(1)' })),
  );

  expect(read).toMatchObject({ package: 'ab c', title: `${'x'.repeat(199)}…` });
  expect(read?.url).toBeUndefined();
});

test.each([
  { it: 'no JSON', text: '{', reason: 'not JSON' },
  { it: 'an empty text', text: '', reason: 'not JSON' },
  {
    it: 'an older version',
    text: '{"SchemaVersion":1}',
    reason: 'not a Trivy v2 report: SchemaVersion is 1',
  },
  { it: 'a later version', text: '{"SchemaVersion":3}', reason: 'not a Trivy v2 report: SchemaVersion is 3' },
  { it: 'a version in quotes', text: '{"SchemaVersion":"2"}', reason: 'SchemaVersion is a string' },
  { it: 'another document', text: '{"bomFormat":"CycloneDX"}', reason: 'SchemaVersion is missing' },
  {
    it: 'the list that Trivy wrote before',
    text: '[]',
    reason: 'the document: Invalid input: expected object',
  },
  { it: 'null', text: 'null', reason: 'the document: Invalid input: expected object' },
  {
    it: 'a finding without an id',
    text: finding({ VulnerabilityID: '' }),
    reason: 'Results.0.Vulnerabilities.0.VulnerabilityID',
  },
  {
    it: 'an unknown severity',
    text: finding({ Severity: 'NEGLIGIBLE' }),
    reason: 'Results.0.Vulnerabilities.0.Severity',
  },
  {
    it: 'results of another type',
    text: '{"SchemaVersion":2,"Results":{}}',
    reason: 'Results: Invalid input',
  },
  {
    it: 'a date that is none',
    text: '{"SchemaVersion":2,"CreatedAt":"2026-02-30T00:00:00Z"}',
    reason: 'CreatedAt',
  },
])('$it is no report, and the reason says why', ({ text, reason }) => {
  const parsed = parseReport(text);

  expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test('what is not known is no mistake', () => {
  expect(parseReport('{"SchemaVersion":2,"New":{"In":2027}}')).toEqual({
    ok: true,
    report: { SchemaVersion: 2 },
  });
});
