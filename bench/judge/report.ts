/** What was measured, as a page. */
import type { Beside } from './beside.ts';
import { goals } from './goals.ts';
import { matchedPower, wilson } from './matched.ts';
import { allowed, emptyTally, type Judge, judges, type Measured, policy, type Tally } from './measure.ts';
import { changes, worlds } from './worlds.ts';

interface Results {
  measured: readonly Measured[];
  hard: readonly Measured[];
  both: readonly Beside[];
  seed: number;
  unchanged: number;
  changed: number;
  /** Cells, of which there may not have been time for all. */
  planned: number;
}

/** Of the releases with this change in all cells, those that the judge takes back; NaN where it was not tried. */
export function shareOf(measured: readonly Measured[], judge: Judge, change: string): number {
  const tallies = measured.flatMap(({ tallies }) => tallies[change] ?? []);
  const sum = (value: (tally: Tally) => number) => tallies.reduce((total, tally) => total + value(tally), 0);
  return sum(({ failed }) => failed[judge]) / sum((tally) => triedBy(judge, tally));
}

/** The extended policy is tried on the first days only. */
const triedBy = (judge: Judge, { releases, tried }: Tally) =>
  judge === 'Tidegate, extended' ? tried : releases;

const percent = (share: number) => (Number.isNaN(share) ? '–' : (share * 100).toFixed(share < 0.1 ? 1 : 0));
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const cellName = ({ cell }: { cell: Measured['cell'] }) =>
  `${cell.requestsPerSecond}/s, ${percent(cell.errorRate).replace(/^0\.0$/, '0.01')} %`;

function summary(measured: readonly Measured[]): string {
  const worst = (judge: Judge) =>
    measured.reduce((most, { tallies }) => {
      const nothing = tallies.nothing as Tally;
      return Math.max(most, nothing.failed[judge] / Math.max(1, triedBy(judge, nothing)));
    }, 0);
  const outage = (judge: Judge) => {
    const tallies = measured.flatMap(({ tallies }) => tallies.outage ?? []);
    const [failed, minutes] = tallies.reduce(
      ([failed, minutes], tally) => [failed + tally.failed[judge], minutes + tally.minutes[judge]],
      [0, 0],
    );
    return `${percent(shareOf(measured, judge, 'outage'))} (${(minutes / Math.max(1, failed)).toFixed(1)})`;
  };
  const others = changes.filter(({ name }) => name !== 'outage').map(({ name }) => name);
  return table(
    [
      'judge',
      ...worlds.map(({ name }) => `wrong: ${name}`),
      'wrong: worst cell',
      'outage (minute)',
      ...others,
    ],
    judges.map((judge) => [
      judge === 'Tidegate' ? '**Tidegate**' : judge,
      ...worlds.map(({ name }) =>
        percent(
          shareOf(
            measured.filter(({ cell }) => cell.world.name === name),
            judge,
            'nothing',
          ),
        ),
      ),
      percent(worst(judge)),
      outage(judge),
      ...others.map((change) => percent(shareOf(measured, judge, change))),
    ]),
  );
}

/** Tidegate's false rollbacks of each cell with what they may be. */
function wrong(measured: readonly Measured[]): string {
  return table(
    ['cell', ...worlds.map(({ name }) => name)],
    measured
      .filter(({ cell }) => cell.world.name === worlds[0]?.name)
      .map((first) => [
        cellName(first),
        ...worlds.map(({ name }) => {
          const same = measured.filter(
            ({ cell }) => cell.world.name === name && cellName({ cell }) === cellName(first),
          );
          const { failed, releases } = same[0]?.tallies.nothing ?? emptyTally();
          if (releases === 0) return '–';
          const [low, high] = wilson(failed.Tidegate, releases);
          return `${percent(failed.Tidegate / releases)} (${percent(low)} to ${percent(high)})`;
        }),
      ]),
  );
}

/** Tidegate, Mann-Whitney with its limit moved, and the bound. */
function matched(measured: readonly Measured[], kind: 'errors' | 'latency'): string {
  const named = changes
    .filter(({ errors, failing }) => (kind === 'errors' ? errors && errors <= 5 : !errors && !failing))
    .map(({ name }) => name);
  const telling = ({ cell }: Measured) =>
    kind === 'errors' ? cell.requestsPerSecond * cell.errorRate >= 0.0019 : cell.errorRate === 0.001;
  const rows = measured.filter(telling).map((one) => {
    const nothing = one.tallies.nothing as Tally;
    const share = Math.max(allowed[kind], nothing[kind] / nothing.releases);
    return [
      one.cell.world.name,
      cellName(one),
      percent(nothing[kind] / nothing.releases),
      ...named.map((name) => {
        const tally = one.tallies[name] as Tally;
        const mann = matchedPower(one.scores.nothing?.[kind] ?? [], one.scores[name]?.[kind] ?? [], share);
        return [tally[kind] / tally.releases, mann, one.bounds[name] ?? Number.NaN].map(percent).join(' / ');
      }),
    ];
  });
  return table(['noise', 'cell', 'wrong', ...named], rows);
}

function verdicts(measured: readonly Measured[]): string {
  return table(
    ['change', 'fail', 'pass', 'inconclusive'],
    ['nothing', ...changes.map(({ name }) => name)].map((change) => {
      const tallies = measured.flatMap(({ tallies }) => tallies[change] ?? []);
      const sum = (value: (tally: Tally) => number) =>
        tallies.reduce((total, tally) => total + value(tally), 0);
      const of = (value: (tally: Tally) => number) => percent(sum(value) / sum(({ releases }) => releases));
      return [
        change,
        of(({ failed }) => failed.Tidegate),
        of(({ passed }) => passed),
        of(({ inconclusive }) => inconclusive),
      ];
    }),
  );
}

function stresses(hard: readonly Measured[]): string {
  const shown = ['nothing', 'errors ×2', 'errors ×5', 'errors ×20'];
  const compared: Judge[] = ['seed rule, ×1.5', 'Kayenta 5 v 60', 'Tidegate'];
  return table(
    ['world', 'cell', ...compared],
    hard.map((one) => [
      one.cell.world.name,
      cellName(one),
      ...compared.map((judge) => shown.map((change) => percent(shareOf([one], judge, change))).join(' / ')),
    ]),
  );
}

/** With Wilson's interval. */
function pooled(measured: readonly Measured[]): string {
  const [failed, releases] = measured.reduce(
    ([failed, releases], { tallies }) => {
      const tally = tallies.nothing ?? emptyTally();
      return [failed + tally.failed.Tidegate, releases + tally.releases];
    },
    [0, 0],
  );
  const [low, high] = wilson(failed, Math.max(1, releases)).map(percent);
  return `**${percent(failed / Math.max(1, releases))} %** (${failed} of ${releases}; ${low} to ${high} %)`;
}

export function report({ measured, hard, both, seed, unchanged, changed, planned }: Results): string {
  const releases = [...measured, ...hard].reduce(
    (sum, { tallies }) => sum + Object.values(tallies).reduce((all, tally) => all + tally.releases, 0),
    0,
  );
  const wrongest = Math.max(...[...measured, ...hard].map((one) => shareOf([one], 'Tidegate', 'nothing')));
  return `<!-- Written by npm run bench:judge: seed ${seed}. -->
# How good the judge is

\`npm run bench:judge\` plays ${releases} releases: a day of one-minute figures in the shape of GetMetricData, with a deployment at its end, judged
look by look as the state machine does, with the policy that holds where nothing is configured: a window of ${policy.window / 60} minutes, of which ${policy.warmUp / 60} are warm-up. Every cell has ${unchanged} releases that change nothing, and ${changed} of each change; on days that are not like others a third as many. Figures are percentages. All
services are made up (${measured.length + hard.length + both.length} of ${planned} cells); orders of magnitude carry over, the digits do not. What each world is like is in \`bench/judge/worlds.ts\`.

Of the releases that change nothing, Tidegate takes back ${pooled(measured)} in the main table's worlds and ${pooled(hard)} on the days that are not like
others (worst cell ${percent(wrongest)} %). The intervals of single cells are wide: take the sums.

![False rollbacks and detections of each judge](judge.svg)

## Goals

${table(
  ['goal', 'reached', 'found'],
  goals({ measured, both }).map(({ goal, reached, found }) => [goal, reached ? 'yes' : '**no**', found]),
)}

The first design tested counts against an hour, with a placebo check against the day, for up to fifteen minutes; its figures are of the simulation that it was made with.

## Side by side

Taken back although nothing changed ("wrong"), and found of each change, over all traffic levels and error rates; of outages, the minute of figures in which
they are found. The seed rule compares five minutes with five; fixed limits are 1 % errors and 500 ms; Kayenta has its defaults (Mann-Whitney, 98 %, tolerance 0.25),
and skips the warm-up for durations as Tidegate does: it has five points of both. "Extended" is Tidegate with \`extension: '9m'\`: where the window was not enough, it goes
on for up to fifteen minutes: it was tried where errors change, and where nothing does.

${summary(measured)}

## Wrong, cell by cell

Tidegate's false rollbacks, with Wilson's 95 % interval.

${wrong(measured)}

## As often wrong as Tidegate

Errors found: Tidegate / Mann-Whitney of five minutes against 60 / the bound. The limit of Mann-Whitney is moved until it is wrong as often as Tidegate in
that cell, or ${allowed.errors * 100} % if that is more; the bound's until it is wrong ${allowed.errors * 100} % of the time, the chance of a false alarm that Tidegate's errors may spend. The bound is the likelihood ratio of who knows the
error rate, the law of the noise and the change to look for: no judge finds more in the same minutes.

${matched(measured, 'errors')}

Slow versions found, likewise, at ${allowed.latency * 100} %. Tidegate and the bound read p50, p90 and p99 of ${(policy.window - policy.warmUp) / 60} minutes, Mann-Whitney five p99. Tidegate accepts a rise by a fifth, so of a
rise by a fifth it can find half; the bound accepts none.

${matched(measured, 'latency')}

## What it says

Of the releases of each kind, over all cells.

${verdicts(measured)}

A release with a real change passes where the change is smaller than what a pass certifies: that errors are at most three times as many, or one point more, with 95 %
confidence. Where the figures cannot certify that either, the answer is \`inconclusive\`, with the smallest rise that would have been seen.

## Days that are not like others

Taken back: with nothing changed / errors ×2 / ×5 / ×20.

${stresses(hard)}

## Both versions at once

Half of the traffic each. "Incident": errors of both rise five times, which is not the release's fault. In brackets the bound: the test of the two counts, which no
other that is indifferent to what both have in common exceeds, with its limit moved until it is wrong ${allowed.errors * 100} % of the time.

${table(
  ['cell', 'nothing', 'incident', ...Object.keys(both[0]?.found ?? {})],
  both.map((one) => [
    cellName(one),
    percent(one.quiet / one.releases),
    percent(one.incident / one.releases),
    ...Object.keys(both[0]?.found ?? {}).map(
      (name) =>
        `${percent((one.found[name] ?? 0) / one.releases)} (${percent(one.bounds[name] ?? Number.NaN)})`,
    ),
  ]),
)}
`;
}
