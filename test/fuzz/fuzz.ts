/** `npm run fuzz -- --inputs 10000 --seed 1`: mutants of the real reports, and which of them are read wrongly. */
import { parseArgs } from 'node:util';
import { fuzzReports } from './fuzz-reports.ts';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const { inputs, ends, wrong } = fuzzReports({ inputs: Number(values.inputs), seed: Number(values.seed) });
const { refused, fail, pass } = ends;
console.log(
  `${inputs} mutants of real reports: ${refused} refused, ${fail} fail, ${pass} pass; ${wrong.length} wrong`,
);
for (const each of wrong.slice(0, 20)) console.log(`  ${each}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
