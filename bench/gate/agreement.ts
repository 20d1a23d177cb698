/** Are the gate's numbers those that two other programs counted in the same reports? */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scanResult } from '../../core/scan/finding.ts';
import { scanDefaults } from '../../core/scan/policy.ts';
import { parseReport } from '../../core/scan/report.ts';
import { severities } from '../../core/scan/severity.ts';
import { judgeScan } from '../../core/scan/verdict.ts';

type Counts = Record<string, number>;

interface Sample {
  file: string;
  vulnerabilities: { bySeverity: Counts; withFixedVersion: Counts; distinctIdsBySeverity: Counts };
  secretsBySeverity: Counts;
}

export interface Agreement {
  file: string;
  bytes: number;
  findings: number;
  /** Distinct identifiers, from the worst severity on. */
  distinct: string;
  /** Of the numbers that can be compared, how many are the same. */
  same: number;
  of: number;
}

const folder = join(import.meta.dirname, '../../test/fixtures/trivy');

export function agreements(): Agreement[] {
  const { files }: { files: Sample[] } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  return files.map(({ file, vulnerabilities, secretsBySeverity }) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const read = parseReport(text);
    if (!read.ok) throw new Error(`${file}: ${read.reason}`);
    const result = scanResult(read.report);
    const { findings, secrets } = result;
    const counts: Counts = judgeScan(result, scanDefaults, { now: 0 }).counts ?? {};
    const pairs = severities.flatMap((severity) => {
      const of = (all: readonly { severity: string }[]) =>
        all.filter((each) => each.severity === severity).length;
      return [
        [of(findings), vulnerabilities.bySeverity[severity]],
        [of(findings.filter(({ fixed }) => fixed)), vulnerabilities.withFixedVersion[severity]],
        [counts[severity], vulnerabilities.distinctIdsBySeverity[severity]],
        [of(secrets), secretsBySeverity[severity]],
      ];
    });
    const distinct = severities.map((severity) => counts[severity]).join(' / ');
    const same = pairs.filter(([one, other]) => one === other).length;
    return {
      file,
      bytes: Buffer.byteLength(text),
      findings: findings.length,
      distinct,
      same,
      of: pairs.length,
    };
  });
}
