/** What a rollout by Tidegate takes, beside what others do: writes `bench/rollout.md`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { calls } from './rollout/calls.ts';
import { detection } from './rollout/detection.ts';
import { load } from './rollout/load.ts';
import { type RealLoad, realLoad } from './rollout/real.ts';
import { report } from './rollout/report.ts';
import { type StrategyName, strategies } from './rollout/strategies.ts';
import { faultNames, wayBack } from './rollout/way-back.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** Of each way in which a deployment may end. */
    runs: { type: 'string', default: '30' },
    /** Good ones under load, of each strategy. */
    releases: { type: 'string', default: '25' },
    /** So many good ones on real time too, which takes most of a minute each. */
    real: { type: 'string' },
    /** Of those. */
    strategy: { type: 'string', default: 'ROLLING' },
    /** Says how far it is. */
    verbose: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
const releases = Number(values.releases);
const requestsPerSecond = 50;
const log = (line: string) => values.verbose && console.log(line);
const here = (file: string) => new URL(file, import.meta.url);

const real: Partial<Record<StrategyName, RealLoad>> = JSON.parse(
  readFileSync(here('rollout/real.json'), 'utf8'),
);
if (values.real) {
  const strategy = strategies.find((name) => name === values.strategy);
  if (!strategy) throw new Error(`--strategy must be one of ${strategies.join(', ')}`);
  real[strategy] = await realLoad(strategy, Number(values.real), log);
  const lines = Object.entries(real).map(([name, run]) => `  ${JSON.stringify(name)}: ${oneLine(run)}`);
  writeFileSync(here('rollout/real.json'), `{\n${lines.join(',\n')}\n}\n`);
}

const found = await detection({ runs, seed, log });
const asked = await calls(seed);
const waysBack = [];
for (const fault of faultNames) {
  for (const strategy of strategies) {
    const all = [];
    for (let run = 0; run < 5; run += 1) all.push(await wayBack(strategy, fault, seed + run));
    waysBack.push({ strategy, fault, runs: all });
  }
  log(`${fault}: 5 releases of each strategy`);
}
const loads: { strategy: StrategyName; load: Awaited<ReturnType<typeof load>> }[] = [];
for (const strategy of strategies) {
  loads.push({ strategy, load: await load(strategy, releases, seed, requestsPerSecond) });
  log(`${strategy}: ${releases} releases under load`);
}

const page = report({
  command: `npm run bench:rollout -- --runs ${runs} --releases ${releases} --seed ${seed}`,
  ...{ detection: found, calls: asked, waysBack, loads, requestsPerSecond, real },
});
writeFileSync(here('rollout.md'), page);
console.log(page.slice(page.indexOf('## ')));

function oneLine(run: object): string {
  const fields = Object.entries(run).map(([name, value]) => `${JSON.stringify(name)}: ${value}`);
  return `{ ${fields.join(', ')} }`;
}
