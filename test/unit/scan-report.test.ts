import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsOf, scanResult } from '../../core/scan/finding.ts';
import { createdAt, parseReport, type Report } from '../../core/scan/report.ts';

const folder = join(import.meta.dirname, '../fixtures/trivy');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const index: { files: Sample[] } = JSON.parse(read('index.json'));

interface Sample {
  file: string;
  artifactType: string;
  createdAt: string | null;
  eosl: boolean;
  modifiedFindings: number;
  secretsBySeverity: Record<string, number>;
  vulnerabilities: {
    count: number;
    bySeverity: Record<string, number>;
    withFixedVersion: Record<string, number>;
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
    const { vulnerabilities } = sample;
    const findings = findingsOf(real);

    expect(real.ArtifactType).toBe(sample.artifactType);
    expect(createdAt(real)).toBe(sample.createdAt === null ? undefined : Date.parse(sample.createdAt));
    expect(findings).toHaveLength(vulnerabilities.count);
    expect(bySeverity(findings)).toEqual(vulnerabilities.bySeverity);
    expect(bySeverity(findings.filter(({ fixed }) => fixed))).toEqual(vulnerabilities.withFixedVersion);
  });

  test('is read with everything else that counts', () => {
    const { secrets, os, suppressed } = scanResult(real);

    expect(bySeverity(secrets)).toEqual(sample.secretsBySeverity);
    expect(os?.endOfLife ?? false).toBe(sample.eosl);
    expect(suppressed).toBe(sample.modifiedFindings);
  });
});

function bySeverity(of: readonly { severity: string }[]): Record<string, number> {
  const found = Object.entries(Object.groupBy(of, ({ severity }) => severity));
  return {
    ...{ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 },
    ...Object.fromEntries(found.map(([name, each]) => [name, each?.length ?? 0])),
  };
}

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
  {
    it: 'a status that says nothing of a fix, and a version',
    of: { Status: 'unknown', FixedVersion: '2' },
    fixable: true,
  },
  {
    it: 'a status that nobody knows, and a version',
    of: { Status: 'Fixed', FixedVersion: '2' },
    fixable: true,
  },
  { it: 'a status that nobody knows, and no version', of: { Status: 'Fixed' }, fixable: false },
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

test.each([
  { it: 'secrets alone', classes: ['secret'], unseen: true },
  { it: "languages' packages alone", classes: ['lang-pkgs'], unseen: true },
  { it: 'the packages of the system', classes: ['os-pkgs', 'lang-pkgs'], unseen: undefined },
  { it: 'what an old version does not name', classes: [undefined], unseen: undefined },
])('a report of an image with a distribution that has looked for $it: unseen: $unseen', (of) => {
  const Results = of.classes.map((Class) => ({ Target: 'x', ...(Class && { Class }) }));
  const text = { SchemaVersion: 2, Metadata: { OS: { Family: 'debian', Name: '12.5' } }, Results };

  expect(scanResult(report(JSON.stringify(text))).systemUnseen).toBe(of.unseen);
  expect(scanResult(report(JSON.stringify({ ...text, Metadata: {} }))).systemUnseen).toBeUndefined();
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

describe('a finding that is where none belongs makes the report one that cannot be read:', () => {
  const vulnerability = '{"VulnerabilityID":"CVE-1","Severity":"CRITICAL"}';
  const secret = '{"RuleID":"private-key"}';
  const of = (rest: string) => `{"SchemaVersion":2,${rest}}`;

  test.each([
    { it: 'under a name in another case', text: of(`"Results":[{"vulnerabilities":[${vulnerability}]}]`) },
    {
      it: 'in results that are called otherwise',
      text: of(`"results":[{"Vulnerabilities":[${vulnerability}]}]`),
    },
    { it: 'beside the results', text: of(`"Vulnerabilities":[${vulnerability}]`) },
    {
      it: 'in a list that comes twice, of which the second counts',
      text: of(`"Results":[{"Vulnerabilities":[${vulnerability}],"Vulnerabilities":[]}]`),
    },
    {
      it: 'in results that come twice',
      text: of(`"Results":[{"Vulnerabilities":[${vulnerability}]}] , "Results" : []`),
    },
    { it: 'a secret elsewhere', text: of(`"Results":[{"secrets":[${secret}]}]`) },
    { it: 'with a blank before its colon', text: of('"x":{"VulnerabilityID" \n: "CVE-1"}') },
  ])('$it', ({ text }) => {
    expect(parseReport(text)).toEqual({
      ok: false,
      reason: 'not a Trivy v2 report that can be read: 1 of its findings are where none belong',
    });
  });

  test.each([
    { it: 'a text about one', text: of('"Title":"a field \\"VulnerabilityID\\": is required"') },
    { it: 'a text that is its name', text: of('"Title":"VulnerabilityID"') },
    {
      it: 'one that Trivy was told to leave out',
      text: of(
        `"Results":[{"ExperimentalModifiedFindings":[{"Finding":${vulnerability}},{"Finding":${secret}}]}]`,
      ),
    },
  ])('not $it', ({ text }) => {
    expect(parseReport(text)).toMatchObject({ ok: true });
  });
});

test.each([
  { it: 'lists', text: '['.repeat(1_000_000) },
  { it: 'objects', text: '{"Results":'.repeat(100_000) },
  { it: 'lists that end', text: `{"SchemaVersion":2,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
])('a report of $it within each other is answered', ({ text }) => {
  expect(typeof parseReport(text).ok).toBe('boolean');
});

test('what is not known is no mistake', () => {
  expect(parseReport('{"SchemaVersion":2,"New":{"In":2027}}')).toEqual({
    ok: true,
    report: { SchemaVersion: 2 },
  });
});
