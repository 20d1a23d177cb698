/** Whatever becomes of a report on its way, the gate is not fooled into calling it clean. The long form is `npm run fuzz`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkMutant } from './check-mutant.ts';
import { fuzzReports } from './fuzz-reports.ts';
import { namedFindings } from './named-findings.ts';

const folder = join(import.meta.dirname, '../fixtures/trivy');
const text = (file: string) => readFileSync(join(folder, file), 'utf8');
const index: {
  files: {
    file: string;
    vulnerabilities: { count: number };
    secretsBySeverity: Record<string, number>;
  }[];
} = JSON.parse(text('index.json'));

test('no mutant of a real report makes the gate crash, miss a finding, or pass what it names', () => {
  const { ends, wrong } = fuzzReports({ inputs: 600, seed: 1 });

  expect(wrong).toEqual([]);
  // The mutants are neither all rubbish nor all harmless.
  for (const count of Object.values(ends)) expect(count).toBeGreaterThan(30);
});

test.each(index.files)(
  'who checks sees every finding of $file',
  ({ file, vulnerabilities, secretsBySeverity }) => {
    const secrets = Object.values(secretsBySeverity).reduce((sum, count) => sum + count, 0);
    const kinds = namedFindings(text(file)).map(({ kind }) => kind);

    expect(kinds.filter((kind) => kind === 'vulnerability')).toHaveLength(vulnerabilities.count);
    expect(kinds.filter((kind) => kind === 'secret')).toHaveLength(secrets);
    expect(checkMutant(text(file))).toEqual({ end: kinds.length > 0 ? 'fail' : 'pass', wrong: [] });
  },
);

test.each([
  {
    it: 'in a list that comes twice',
    document: '{"Results":[{"Vulnerabilities":[{"VulnerabilityID":"a"}],"Vulnerabilities":[]}]}',
  },
  {
    it: 'somewhere else',
    document: '{"x":[{"y":{"VulnerabilityID":"a","Severity":"CRITICAL","Status":"fixed"}}]}',
  },
])('who checks sees a finding $it', ({ document }) => {
  expect(namedFindings(document)).toHaveLength(1);
});

test('who checks leaves out what Trivy was told to leave out, and reads the last of two values', () => {
  const twice = '{"VulnerabilityID":"a","Severity":"LOW","Severity":"CRITICAL","FixedVersion":"2"}';

  expect(namedFindings(`{"ExperimentalModifiedFindings":[{"Finding":${twice}}]}`)).toEqual([]);
  expect(namedFindings(`[${twice}]`)).toEqual([
    { kind: 'vulnerability', severity: 'CRITICAL', fixable: true },
  ]);
});
