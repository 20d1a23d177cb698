/** The findings as a page: `bench/scale.md`. */
import { maxEvents } from '../../local/asl/history.ts';
import { maxDataBytes } from '../../local/states/limits.ts';
import type { Allowed, BucketUse } from './allowed.ts';
import type { Crowd } from './crowd.ts';
import type { Round, Sweeps } from './sweeps.ts';
import { defaultWaits, largestPayload, mostEvents } from './worst-case.ts';

export interface Findings {
  services: number;
  seed: number;
  attempts: number;
  crowd: Crowd;
  alone: Crowd;
  uses: BucketUse[];
  allowed: Allowed;
  sweeps: Sweeps;
  /** Transitions a second that AWS allows. */
  transitionsAllowed: number;
}

export function report({
  services,
  seed,
  attempts,
  crowd,
  alone,
  uses,
  allowed,
  sweeps,
  transitionsAllowed,
}: Findings): string {
  const { calls, releases, deadLetters, concurrency } = crowd;
  const ends = releases.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  const refused = calls.filter((call) => call.refused).length;
  const slowest = uses[0];
  const queue =
    slowest && slowest.seconds >= allowed.queueSeconds
      ? `for the slowest bucket (${slowest.bucket})`
      : 'until the last push';
  const needed = alone.calls.length * services;

  return `# Scale

${count(services)} services, pushed evenly within one minute: the real state machine, the real functions and the real SDK on virtual
time, against AWS's token buckets (\`local/limits/aws-limits.ts\`). Services have one task and smoke tests, no analysis. Each call takes
10 to 40 ms. What AWS refuses, the SDK tries ${attempts} times in all, and then the state machine's retrier, again and again.

    npm run bench:scale -- --services ${services} --seed ${seed} --attempts ${attempts}

| | |
| --- | --- |
| pushes that ended, with one recorded outcome each | ${count(releases.filter(({ endedAt }) => endedAt !== undefined).length)} of ${count(services)}: ${outcomes(crowd)} |
| from the first push to the end of the last release | ${count(last)} s |
| as the limits allow | ${count(allowed.seconds)} s: ${count(allowed.queueSeconds)} s ${queue}, and ${count(allowed.aloneSeconds)} s that a release takes alone |
| **how much longer** | **${(last / allowed.seconds).toFixed(3)} ×** |
| calls | ${count(calls.length)}, ${count(refused)} of them refused (${share(refused, calls.length)}); undisturbed, so many releases make ${count(needed)} |
| most calls in one second, answered and refused | ${count(busiest(calls.map(({ at }) => at)))} |
| events given up by Lambda | ${lettersOf(deadLetters)} |
| functions at the same time, at most | ${count(concurrency)} of 1,000 |

![Calls a second and releases that are over](scale.svg)

## What limits the time

What an undisturbed release calls, times ${count(services)}, less the burst, at the rate of each bucket. The first line decides.

| bucket | burst / a second | calls a release | takes |
| --- | --- | --- | --- |
${uses.map(({ bucket, burst, perSecond, callsARelease, seconds }) => `| ${bucket} | ${burst} / ${perSecond} | ${callsARelease} | ${count(seconds)} s |`).join('\n')}

## Calls

| operation | a release alone | answered | refused | most in a second |
| --- | --- | --- | --- | --- |
${operations(crowd, alone).join('\n')}

${sweepsReport(sweeps, services)}
## A release, against half of what Step Functions allows

| | alone | here, at most | at worst, with the default waits | half |
| --- | --- | --- | --- | --- |
| events of the history | ${count(greatest(alone, 'events'))} | ${count(greatest(crowd, 'events'))} | ${count(worstByDefault(crowd))} | ${count(maxEvents / 2)} |
| largest payload, bytes | ${count(greatest(alone, 'largestPayload'))} | ${count(greatest(crowd, 'largestPayload'))} | ${count(largestPayload().characters)} (${largestPayload().step}) | ${count(maxDataBytes / 2)} |
| state transitions | ${count(greatest(alone, 'transitions'))} | ${count(greatest(crowd, 'transitions'))} | | |

All releases together made at most ${count(busiest(crowd.transitions))} transitions in a second, of ${count(transitionsAllowed)} that an account has.

At worst: an approval, another release that holds the slot, a release task, a deployment, smoke tests, an analysis and a rollback
that each take all the time they may, and twice as many refused attempts as the unluckiest release had here. The payload is the
largest that the steps' schemas let through, in ASCII.

\`tidegate.config.ts\` refuses timeouts that together could take more than half of the history.
`;
}

function sweepsReport({ first, later }: Sweeps, services: number): string {
  const row = (what: string, of: (round: Round) => number, unit = '') =>
    `| ${what} | ${count(of(first))}${unit} | ${count(of(later))}${unit} |`;
  const operationsCalled = [
    ...new Set([first, later].flatMap(({ calls }) => calls.map((call) => call.operation))),
  ];
  return `## The schedule's sweep

What looks after lost events, over ${count(services)} services that nobody pushes to. It calls at about a fifth of each limit, stops by
itself after four and a half minutes, and goes on a quarter of an hour later with those that it did not reach.

| | after the installation | from then on |
| --- | --- | --- |
${[
  row('sweeps until every service was looked at', (round) => round.sweeps),
  row('from the first call to the last', (round) => round.seconds, ' s'),
  row('calls', ({ calls }) => calls.length),
  row('of them refused', ({ calls }) => calls.filter((call) => call.refused).length),
  row('most calls in one second', ({ calls }) => busiest(calls.map(({ at }) => at))),
  ...operationsCalled.map((operation) =>
    row(operation, ({ calls }) => calls.filter((call) => call.operation === operation).length),
  ),
].join('\n')}
`;
}

function worstByDefault(crowd: Crowd): number {
  const unluckiest = Math.max(...crowd.releases.map(({ transitions }) => transitions));
  const luckiest = Math.min(...crowd.releases.map(({ transitions }) => transitions));
  return mostEvents(defaultWaits, 2 * (unluckiest - luckiest));
}

function operations(crowd: Crowd, alone: Crowd): string[] {
  const names = [...new Set(crowd.calls.map(({ operation }) => operation))];
  const rows = names.map((operation) => {
    const made = crowd.calls.filter((call) => call.operation === operation);
    const refused = made.filter((call) => call.refused).length;
    return {
      refused,
      answered: made.length - refused,
      row: [
        operation,
        alone.calls.filter((call) => call.operation === operation).length,
        count(made.length - refused),
        count(refused),
        count(busiest(made.map(({ at }) => at))),
      ],
    };
  });
  return rows
    .toSorted((one, other) => other.refused - one.refused || other.answered - one.answered)
    .map(({ row }) => `| ${row.join(' | ')} |`);
}

function outcomes({ releases }: Crowd): string {
  const counts = Map.groupBy(releases, ({ outcome }) => outcome ?? 'without an end');
  return [...counts].map(([outcome, { length }]) => `${count(length)} ${outcome}`).join(', ');
}

function lettersOf(deadLetters: Record<string, number>): string {
  const letters = Object.entries(deadLetters).map(([name, times]) => `${count(times)} of ${name}`);
  return letters.join(', ') || 'none';
}

function busiest(times: readonly number[]): number {
  const seconds = Map.groupBy(times, Math.floor);
  return Math.max(0, ...[...seconds.values()].map(({ length }) => length));
}

const greatest = ({ releases }: Crowd, what: 'events' | 'transitions' | 'largestPayload') =>
  Math.max(...releases.map((release) => release[what]));
const count = (value: number) => Math.round(value).toLocaleString('en-US');
const share = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
