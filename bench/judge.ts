/** How good the judge is, beside what others do with the same figures: writes `bench/judge.md` and `bench/judge.svg`. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Beside } from './judge/beside.ts';
import { chart } from './judge/chart.ts';
import type { Measured } from './judge/measure.ts';
import { regressions } from './judge/regressions.ts';
import { report } from './judge/report.ts';
import type { Task } from './judge/worker.ts';
import { changes, errorRates, stress, trafficLevels, worlds } from './judge/worlds.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261127' },
    /** In each cell, releases that change nothing, and of those, days on which each change is tried as well. */
    unchanged: { type: 'string', default: '400' },
    changed: { type: 'string', default: '60' },
    workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    /** Minutes after which no further cell is begun: the report says how many there are. */
    within: { type: 'string', default: 'Infinity' },
    /** A few cells, nothing written; fails where the judge is worse than it must be. */
    short: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { short } = values;
const seed = Number(values.seed);
const [unchanged, changed] = short ? [30, 8] : [Number(values.unchanged), Number(values.changed)];

const everywhere = worlds.flatMap((world) =>
  trafficLevels.flatMap((requestsPerSecond) =>
    errorRates.map((errorRate) => ({ world, requestsPerSecond, errorRate })),
  ),
);
const [slow, usual, busy] = [
  { requestsPerSecond: 2, errorRate: 0.01 },
  { requestsPerSecond: 20, errorRate: 0.001 },
  { requestsPerSecond: 200, errorRate: 0.001 },
] as const;
const few = [slow, usual, busy];
const cells = short ? worlds.slice(1).flatMap((world) => few.map((one) => ({ world, ...one }))) : everywhere;
const stressed = short ? [] : stress.flatMap((world) => few.map((one) => ({ world, ...one })));

const started = performance.now();
const tasks: Task[] = [
  ...[...cells, ...stressed].map((cell, index): Task => {
    const bounded = !short && index < cells.length;
    // Of days that are not like others there are three cells each, which only say what errors lead to.
    const part = index < cells.length ? 1 : 1 / 3;
    const of = (releases: number) => Math.ceil(part * releases);
    const sizes = {
      ...{ unchanged: of(unchanged), changed: of(Math.min(changed, unchanged)) },
      ...{ seed: seed + 7919 * index, bounded },
    };
    // What a change of durations does depends on no error rate: the middle one stands for all.
    const tried =
      part < 1
        ? changes.filter(({ errors = 0 }) => errors >= 2)
        : changes.filter(({ errors, failing }) => errors || failing || cell.errorRate === 0.001);
    return { kind: 'measure', index, args: [cell, tried, sizes] };
  }),
  ...(short ? [] : few).map((one, index): Task => {
    const tried = changes.filter(({ errors = 0 }) => errors >= 2);
    const cell = { world: worlds[1] as (typeof worlds)[number], ...one };
    return {
      kind: 'beside',
      index: cells.length + stressed.length + index,
      args: [cell, tried, unchanged, seed + index],
    };
  }),
];
// Where there is no time for all, those that say most come first.
const telling = ({ args: [cell] }: Task) =>
  few.some((one) => one.requestsPerSecond === cell.requestsPerSecond && one.errorRate === cell.errorRate);
const results = await inThreads(
  tasks.toSorted((a, b) => Number(telling(b)) - Number(telling(a))),
  Number(values.workers),
);
const minutes = (performance.now() - started) / 60_000;

const done = <Result extends Measured | Beside>(from: number, to: number) =>
  results.slice(from, to).filter(Boolean) as Result[];
const measured = done<Measured>(0, cells.length);
if (short) {
  const found = regressions(measured);
  console.log(
    found.length > 0 ? found.join('\n') : `The judge is as good as it must be: ${cells.length} cells`,
  );
  process.exitCode = found.length > 0 ? 1 : 0;
} else {
  const hard = done<Measured>(cells.length, cells.length + stressed.length);
  const both = done<Beside>(cells.length + stressed.length, tasks.length);
  const here = (file: string) => new URL(file, import.meta.url);
  writeFileSync(
    here('judge.md'),
    report({ measured, hard, both, seed, unchanged, changed, planned: tasks.length }),
  );
  writeFileSync(here('judge.svg'), chart(measured));
  console.log(`bench/judge.md and bench/judge.svg written, ${minutes.toFixed(1)} min`);
}

/** Each thread takes the next task when it is done with one. */
async function inThreads(tasks: readonly Task[], threads: number): Promise<(Measured | Beside)[]> {
  const results: (Measured | Beside)[] = [];
  let next = 0;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('judge/worker.ts', import.meta.url));
      const give = () => {
        const inTime = performance.now() - started < Number(values.within) * 60_000;
        const task = inTime ? tasks[next++] : undefined;
        if (task) worker.postMessage(task);
        else void worker.terminate().then(() => resolve());
      };
      worker.on('error', reject);
      worker.on('message', ({ index, result }: { index: number; result: Measured | Beside }) => {
        results[index] = result;
        if (values.verbose) console.log(`${results.filter(Boolean).length} of ${tasks.length}`);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return results;
}
