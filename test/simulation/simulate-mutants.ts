/** `npm run simulate:mutants`: plants each error alone and says after how many runs the simulator found it. */
import { parseArgs } from 'node:util';
import { checkAll } from './crew.ts';
import { mutants } from './mutants.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
  },
});
const first = Number(values.seed);
const runs = Number(values.runs);
let missed = 0;
console.log('| planted error | found after | by what did not hold any more |\n| --- | --- | --- |');
for (const { name } of mutants.filter((mutant) => mutant.name.includes(values.only))) {
  let played = 0;
  let found: string | undefined;
  await checkAll({
    seeds: Array.from({ length: runs }, (_, index) => first + index),
    mutant: name,
    checked({ sentences }) {
      if (found !== undefined) return true;
      played += 1;
      found = sentences[0];
      return found !== undefined;
    },
  });
  if (found === undefined) missed += 1;
  const because = found?.split(':')[0] ?? '';
  console.log(
    `| ${name} | ${found === undefined ? `**not in ${played} runs**` : `${played}`} | ${because} |`,
  );
}
console.log(`\n${missed} of ${mutants.length} were missed`);
process.exit(missed > 0 ? 1 : 0);
