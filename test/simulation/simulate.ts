/**
 * `npm run simulate -- --seed N --runs N`: plays that many plans, and shows the first that breaks an invariant as small as it gets.
 * `--seed commit` takes the seed from the commit: other plans for every commit, and the same wherever it is checked.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { shrink } from './check.ts';
import { checkAll } from './crew.ts';
import { timeline } from './timeline.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    runs: { type: 'string', default: '1000' },
    all: { type: 'boolean', default: false },
    'shrink-seconds': { type: 'string', default: '60' },
  },
});
const commit = () => Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD']).toString().slice(0, 7), 16);
const first = values.seed === 'commit' ? commit() : Number(values.seed);
const runs = Number(values.runs);
if (!Number.isInteger(first) || !Number.isInteger(runs) || runs < 1) {
  console.error(
    'Usage: npm run simulate -- --seed <number>|commit --runs <number> [--all] [--shrink-seconds <number>]',
  );
  process.exit(2);
}

const startedAt = performance.now();
let played = 0;
let releases = 0;
const failed: { seed: number; sentences: string[] }[] = [];
const seconds = () => (performance.now() - startedAt) / 1000;
console.log(`seeds ${first} to ${first + runs - 1}`);
await checkAll({
  seeds: Array.from({ length: runs }, (_, index) => first + index),
  checked(result) {
    played += 1;
    releases += result.releases;
    if (played % 200 === 0)
      console.log(
        `${played} of ${runs} runs, ${releases} releases, ${(releases / seconds()).toFixed(0)} a second, ${failed.length} failed`,
      );
    if (result.sentences.length === 0) return false;
    failed.push(result);
    console.log(`seed ${result.seed}:\n  ${result.sentences.join('\n  ')}`);
    return !values.all;
  },
});
console.log(
  `${played} runs, ${releases} releases in ${seconds().toFixed(0)} s: ${failed.length} broke an invariant`,
);

const [worst] = failed;
if (worst) {
  console.log(`\nShrinking seed ${worst.seed} …`);
  const { story, sentences, tried } = await shrink(worst.seed, Number(values['shrink-seconds']) * 1000);
  console.log(`${tried} smaller plans tried. ${sentences.join('\n')}\n\n${timeline(story)}`);
  console.log(`\nOnce mended, its plan stays a test in kept.json:\n${JSON.stringify(story.plan)}`);
}
process.exit(failed.length > 0 ? 1 : 0);
