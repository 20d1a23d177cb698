/** What to upgrade, and to what. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, findingsOf } from '../../core/scan/finding.ts';
import { parseReport } from '../../core/scan/report.ts';
import { upgradeLine, upgrades } from '../../core/scan/upgrade.ts';
import { compareVersions } from '../../core/scan/version-order.ts';

test.each([
  ['1.2.3', '1.2.10'],
  ['1.2.3', '1.2.3.1'],
  ['1.9.0', '1.10.0'],
  ['v1.2.3', '1.2.4'],
  ['2.0.0-rc.1', '2.0.0'],
  ['2.0.0-alpha.2', '2.0.0-beta.1'],
  ['2.0.0-beta.9', '2.0.0-beta.10'],
  // Debian
  ['2.0.5-1', '2.0.5-1+deb10u1'],
  ['2.0.5-1+deb10u1', '2.0.5-1+deb10u2'],
  ['1.1~rc1-1', '1.1-1'],
  ['9.9-1', '1:1.0-1'],
  ['1:2.30.2-1', '1:2.30.2-1+deb11u2'],
  // Alpine
  ['1.1.1d-r3', '1.1.1l-r0'],
  ['1.1.20-r4', '1.1.20-r5'],
  ['1.2.11-r9', '1.2.11-r10'],
  // RPM
  ['2.17-307.el7.1', '2.17-324.el7_9'],
  ['0:1.0.2k-19.el7', '1:1.0.2k-16.el7'],
  // Go's versions of commits
  ['0.0.0-20190308221718-c2843e01d9a2', '0.0.0-20200622213623-75b288015ac9'],
])('%s is before %s', (one, other) => {
  expect(compareVersions(one, other)).toBe(-1);
  expect(compareVersions(other, one)).toBe(1);
  expect(compareVersions(one, one)).toBe(0);
});

const finding = (of: Partial<Finding> = {}): Finding => ({
  ...{ id: 'CVE-1', severity: 'CRITICAL', package: 'minimist', installed: '1.2.5', fixable: true },
  ...{ fixed: '1.2.6' },
  ...of,
});
const lines = (...findings: Finding[]) => upgrades(findings).map(upgradeLine);

describe('a package with findings', () => {
  test.each([
    {
      it: 'of which one needs a later version',
      fixes: ['6.19.1', '6.29.0', '6.28.1'],
      installed: '5.21.6',
      to: '6.29.0',
    },
    {
      it: 'fixed in several lines stays in its own',
      fixes: ['1.2.6, 0.2.4'],
      installed: '0.0.10',
      to: '0.2.4',
    },
    {
      it: 'fixed in several lines is never taken back to an older one',
      fixes: ['1.2.6, 0.2.4'],
      installed: '1.2.5',
      to: '1.2.6',
    },
    {
      it: 'fixed in its line and in a later one needs the later one',
      fixes: ['0.2.4, 1.2.6', '1.2.3'],
      installed: '0.2.3',
      to: '1.2.6',
    },
    {
      it: 'fixed after a version that is no fix of the line takes the last of the line',
      fixes: ['2.6.9, 3.1.0, 3.2.7, 4.3.1', '3.1.5'],
      installed: '3.0.1',
      to: '3.2.7',
    },
    { it: 'named with an operator', fixes: ['>= 2.1.0'], installed: '1.9.0', to: '2.1.0' },
    {
      it: 'named in a way that nobody can order says all of it',
      fixes: ['2.0', 'see the advisory'],
      installed: '1.0',
      to: '2.0 and see the advisory',
    },
    { it: 'whose fix is no later version says it as it is', fixes: ['1.0'], installed: '2.0', to: '1.0' },
  ])('$it', ({ fixes, installed, to }) => {
    const findings = fixes.map((fixed, index) => finding({ id: `CVE-${index}`, fixed, installed }));

    expect(upgrades(findings)).toMatchObject([{ package: 'minimist', to }]);
  });

  test('is one line, with the severities of all of them', () => {
    const high = finding({ id: 'CVE-3', severity: 'HIGH' });

    expect(lines(finding(), finding({ id: 'CVE-2' }), high)).toEqual([
      'upgrade minimist to 1.2.6 (2 CRITICAL, 1 HIGH)',
    ]);
  });

  test('in two versions with one fix is one line, with two fixes it is two', () => {
    const other = { installed: '0.0.8' };

    expect(lines(finding(), finding(other))).toEqual(['upgrade minimist to 1.2.6 (1 CRITICAL)']);
    expect(lines(finding(), finding({ ...other, fixed: '0.2.4' }))).toEqual([
      'upgrade minimist 1.2.5 to 1.2.6 (1 CRITICAL)',
      'upgrade minimist 0.0.8 to 0.2.4 (1 CRITICAL)',
    ]);
  });

  test('of which one has no fix says so by itself', () => {
    expect(lines(finding(), finding({ id: 'CVE-2', fixed: undefined, fixable: false }))).toEqual([
      'upgrade minimist 1.2.5 to 1.2.6 (1 CRITICAL)',
      'no fix for minimist 1.2.5 yet (1 CRITICAL)',
    ]);
  });

  test('of a kernel, with more fixes than anybody compares, goes to the last one', () => {
    const many = Array.from({ length: 1000 }, (_, n) =>
      finding({ id: `CVE-${n}`, package: 'linux-libc-dev', installed: '5.10.1-1', fixed: `5.10.${n + 2}-1` }),
    );

    expect(upgrades(many)).toMatchObject([{ to: '5.10.1001-1', found: '1000 CRITICAL' }]);
  });
});

test('of a real report every finding with a fix is gone in the version that is proposed', () => {
  const folder = join(import.meta.dirname, '../fixtures/trivy');
  const read = parseReport(
    readFileSync(join(folder, 'large-critical-unfixed-juice-shop-10.2.0.json'), 'utf8'),
  );
  if (!read.ok) throw new Error(read.reason);
  const findings = findingsOf(read.report).filter(({ fixable, fixed }) => fixable && fixed);

  const proposed = upgrades(findings);

  expect(proposed.length).toBeGreaterThan(40);
  for (const { package: name, installed, to = '' } of proposed) {
    expect(to, name).toMatch(/^\d[\w.+-]*$/);
    for (const { fixed = '' } of findings.filter(
      (of) => of.package === name && installed.includes(of.installed),
    )) {
      const fixes = fixed.split(',').map((each) => each.replace(/[\s>=]/g, ''));
      // In the same line as one of them, and not before it.
      const line = (version: string) => version.split('.')[0];
      const gone = fixes.some((fix) => compareVersions(to, fix) >= 0 && line(fix) === line(to));
      const after = fixes.every((fix) => compareVersions(to, fix) >= 0);
      expect(gone || after, `${name} ${to}: ${fixed}`).toBe(true);
    }
  }
});
