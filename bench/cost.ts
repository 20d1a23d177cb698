/** What releases cost on AWS, and what an installation costs while there are none: writes `bench/cost.md` and its chart. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { billOf, codePipeline, githubRunner, polling, pollSeconds } from './cost/alternatives.ts';
import { chart } from './cost/chart.ts';
import { sweepOver } from './cost/idle.ts';
import { playOutcomes } from './cost/outcomes.ts';
import { report } from './cost/report.ts';
import { alarms } from './cost/standing.ts';

const { values } = parseArgs({
  options: {
    /** Seconds from a push to its scan report. */
    report: { type: 'string', default: '30' },
    /** Milliseconds, as `Assumptions` has them. */
    call: { type: 'string', default: '40' },
    request: { type: 'string', default: '100' },
    own: { type: 'string', default: '20' },
    cold: { type: 'string', default: '500' },
  },
});
const assumptions = {
  callMs: Number(values.call),
  requestMs: Number(values.request),
  ownMs: Number(values.own),
  coldStartMs: Number(values.cold),
};
const reportSeconds = Number(values.report);

const played = await playOutcomes(assumptions, reportSeconds);
const sweeps = [];
for (const services of [1, 10, 100]) sweeps.push({ services, used: await sweepOver(services, assumptions) });
const [deployed] = played;
if (!deployed) throw new Error('nothing was played');

const here = (file: string) => new URL(file, import.meta.url);
const page = report({ assumptions, reportSeconds, played, sweeps, alarms: await alarms() });
writeFileSync(here('cost.md'), page);
const drawn = chart('What one deployed release costs', [
  { who: 'Tidegate', dollars: billOf(deployed).all, ours: true },
  { who: `the same, polling every ${pollSeconds} s`, dollars: billOf(polling(deployed)).all, ours: false },
  { who: 'CodePipeline V2', dollars: codePipeline(deployed), ours: false },
  { who: 'a GitHub runner that waits', dollars: githubRunner(deployed), ours: false },
]);
writeFileSync(here('cost.svg'), drawn);
console.log(page.slice(page.indexOf('| a thousand'), page.indexOf('![')));
