/** The scan gate: how long a verdict takes and what memory, whether its counts are right, and whether it can be fooled. Writes `bench/gate.md`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { maxReportBytes } from '../core/scan/report.ts';
import { fuzzRegistry } from '../test/fuzz/fuzz-registry.ts';
import { fuzzReports } from '../test/fuzz/fuzz-reports.ts';
import { agreements } from './gate/agreement.ts';
import { measured } from './gate/measure.ts';
import { report } from './gate/report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const [rounds, inputs, seed] = [Number(values.rounds), Number(values.inputs), Number(values.seed)];
const sizes = [1e3, 1e4, 1e5, 1e6, 5e6, maxReportBytes, 50e6];

const fuzzed = { reports: fuzzReports({ inputs, seed }), registry: await fuzzRegistry({ inputs, seed }) };
const agreed = agreements();
const page = report({
  ...{ rounds, measured: measured(sizes, rounds), limitBytes: maxReportBytes },
  ...{ agreements: agreed, fuzzed, seed },
});
writeFileSync(new URL('gate.md', import.meta.url), page);
console.log(page);
const wrong = Object.values(fuzzed).flatMap((each) => each.wrong);
for (const each of wrong.slice(0, 20)) console.error(each);
const right = wrong.length === 0 && agreed.every(({ same, of }) => same === of);
process.exitCode = right ? 0 : 1;
