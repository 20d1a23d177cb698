/** `npm run fuzz -- --inputs 10000 --seed 1`: mutants of real reports and of a registry, and which of them the gate takes wrongly. */
import { parseArgs } from 'node:util';
import { fuzzRegistry } from './fuzz-registry.ts';
import { fuzzReports } from './fuzz-reports.ts';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const of = { inputs: Number(values.inputs), seed: Number(values.seed) };
for (const [what, { inputs, ends, wrong }] of [
  ['real reports', fuzzReports(of)],
  ['a registry', await fuzzRegistry(of)],
] as const) {
  const ended = Object.entries(ends).map(([end, count]) => `${count} ${end}`);
  console.log(`${inputs} mutants of ${what}: ${ended.join(', ')}; ${wrong.length} wrong`);
  for (const each of wrong.slice(0, 20)) console.log(`  ${each}`);
  if (wrong.length > 0) process.exitCode = 1;
}
