/** What must be true of whatever becomes of a report. */
import { scanResult } from '../../core/scan/finding.ts';
import { type ScanPolicy, scanDefaults } from '../../core/scan/policy.ts';
import { parseReport } from '../../core/scan/report.ts';
import { judgeScan, scanVerdictSchema } from '../../core/scan/verdict.ts';
import { type NamedFinding, namedFindings } from './named-findings.ts';

/** Everything counts: what passes has nothing in it. */
const strictest: ScanPolicy = {
  ...scanDefaults,
  block: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'],
  fixable: 'any',
};

/** By each policy, which of the named findings block. */
const policies: { name: string; policy: ScanPolicy; blocks: (named: NamedFinding) => boolean }[] = [
  { name: 'the strictest', policy: strictest, blocks: () => true },
  {
    name: 'the default',
    policy: scanDefaults,
    blocks: ({ kind, severity, fixable }) => kind === 'secret' || (severity === 'CRITICAL' && fixable),
  },
];

export interface Checked {
  /** What the gate made of it, by the strictest policy. */
  end: 'refused' | 'fail' | 'pass';
  /** What should not be. */
  wrong: string[];
}

/** Never throws, unless the gate does. */
export function checkMutant(text: string): Checked {
  const read = parseReport(text);
  if (!read.ok) return { end: 'refused', wrong: read.reason.length > 1000 ? ['its reason has no end'] : [] };

  const result = scanResult(read.report);
  const named = namedFindings(text);
  const wrong: string[] = [];
  // As many as are named, wherever they are: neither one too few nor one that is made up.
  const found = result.findings.length + result.secrets.length;
  if (found !== named.length) wrong.push(`${named.length} findings are named, and ${found} are read`);

  let end: Checked['end'] = 'pass';
  for (const { name, policy, blocks } of policies) {
    const verdict = judgeScan(result, policy, { now: 0 });
    const [mistake] = scanVerdictSchema.safeParse(verdict).error?.issues ?? [];
    if (mistake) wrong.push(`the verdict breaks its schema: ${mistake.message}`);
    if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(verdict.summary)) wrong.push('the summary has control characters');
    if (verdict.status === 'pass' && named.some(blocks))
      wrong.push(`it passes by ${name} policy, and names what blocks`);
    const clean = verdict.summary.startsWith('no vulnerabilities') && verdict.status === 'pass';
    if (clean && named.some(({ kind }) => kind === 'vulnerability'))
      wrong.push('it is called clean, and names vulnerabilities');
    if (policy === strictest) end = verdict.status;
  }
  return { end, wrong };
}
