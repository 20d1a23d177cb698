/** One report in a process of its own: how long it takes and how much memory, `parse` for JSON.parse alone or `gate` for the verdict. */
import { readFileSync } from 'node:fs';
import { scanResult } from '../../core/scan/finding.ts';
import { scanDefaults } from '../../core/scan/policy.ts';
import { parseReport } from '../../core/scan/report.ts';
import { judgeScan } from '../../core/scan/verdict.ts';

const [, , what, file = ''] = process.argv;
const text = readFileSync(file, 'utf8');
// The text itself is in both, and no part of what is compared.
const before = process.memoryUsage.rss();

const policy = { ...scanDefaults, block: ['CRITICAL' as const, 'HIGH' as const] };
function verdict() {
  const read = parseReport(text);
  if (!read.ok) throw new Error(read.reason);
  return judgeScan(scanResult(read.report), policy, { now: 0 });
}
const work: () => unknown = what === 'gate' ? verdict : () => JSON.parse(text);

const startedAt = performance.now();
work();
const first = performance.now() - startedAt;
const peak = process.resourceUsage().maxRSS * 1024;

const times: number[] = [];
const until = performance.now() + 1000;
while (times.length < 5 || (performance.now() < until && times.length < 200)) {
  const from = performance.now();
  work();
  times.push(performance.now() - from);
}
const again = times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
console.log(JSON.stringify({ first, again, bytes: Math.max(0, peak - before) }));
