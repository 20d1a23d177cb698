/** The findings as a page: `bench/cost.md`. */
import { activeSeconds, billOf, codePipeline, githubRunner, polling, pollSeconds } from './alternatives.ts';
import { customMetrics } from './custom-metrics.ts';
import { sweepsAMonth } from './idle.ts';
import type { Assumptions, Used } from './meter.ts';
import type { Played } from './outcomes.ts';
import { cost, freeTransitions, type Price, prices, remembered } from './prices.ts';

export interface Findings {
  assumptions: Assumptions;
  reportSeconds: number;
  played: Played[];
  /** One sweep of the schedule, by how many services there are. */
  sweeps: { services: number; used: Used }[];
  /** How many there are, and how many metrics they look at. */
  alarms: { count: number; metrics: number };
}

/** What a function logs in an invocation, Lambda's own lines included: an assumption. */
const logBytes = 2000;

export function report({ assumptions, reportSeconds, played, sweeps, alarms }: Findings): string {
  const [deployed] = played;
  if (!deployed) throw new Error('nothing was played');
  const { callMs, requestMs, ownMs, coldStartMs } = assumptions;
  const bill = billOf(deployed);

  return `# What a release costs

One release for each way in which a release can end, played in the local world: the real state machine, functions and SDK, a service of
two tasks with smoke tests and the default analysis, Slack, a scan report ${reportSeconds} s after the push. Counted from what was recorded: the
execution's history, the functions' invocations and what they asked of AWS.

    npm run bench:cost -- --report ${reportSeconds} --call ${callMs} --request ${requestMs} --own ${ownMs} --cold ${coldStartMs}

Dollars, us-east-1, for **a thousand releases**. ※: by a price that was not verified. No free tier is taken off.

| a thousand releases that end | took, each | Tidegate | the same, polling every ${pollSeconds} s | CodePipeline V2 | a GitHub runner that waits |
| --- | --- | --- | --- | --- | --- |
${played.map(compared).join('\n')}

![What one release costs](cost.svg)

**CloudWatch's custom metrics are not in these sums**, and may be more than all the rest: see [below](#what-is-not-in-the-sum).

- Polling: each state once, and every ${pollSeconds} s a look for as long as the release takes: wait, look, decide, three transitions and a function.
- CodePipeline V2: one action that lasts as long, and nothing of what it would start. Its first 100 minutes a month are free.
- A GitHub-hosted runner with 2 cores whose job waits for the release; not rounded up to whole minutes.
- An approval: the time in which a person thinks is left out everywhere, since nobody charges for it.
- What is over within seconds is cheapest where time is paid for, unless that is rounded up.

## Of what

| a release that ends | transitions | invocations | GB-seconds | metrics | Step Functions | Lambda ※ | CloudWatch ※ | EventBridge |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${played.map(composed).join('\n')}

The last four are dollars for a thousand releases. Step Functions is ${share(bill.stepFunctions, bill.all)} of a deployed one; its first ${count(freeTransitions)} transitions a month are free for
good, which is ${Math.floor(freeTransitions / deployed.transitions)} such releases.

**State transitions** are counted as AWS bills them: each state that is entered, and each further attempt at one ("retries count",
[Step Functions pricing](https://aws.amazon.com/step-functions/pricing)). In a history that is every \`TaskScheduled\`, and every
\`…StateEntered\` of a state that is no Task (\`isTransition\` in \`test/support/history.ts\`). Whether AWS also counts the step out of the
start or into the end, one each, is not verified.

**Functions' time** on one machine is not Lambda's. So it is assumed, by the clock of the world, which tells what a function does at the
same time from what it does in turn: ${callMs} ms for each call of AWS, ${requestMs} ms for each request by HTTP, ${ownMs} ms of its own, ${coldStartMs} ms more for the first
invocation of each function in a release, all of it billed, with the memory of \`core/functions.ts\` at the price for x86.

**Superseded** and **NothingToDo** take another release that is deployed. Told is their own history, and what the functions did for both
less what they do for one that is deployed.

## What is not in the sum

Used, too, but at prices that are only remembered. The last line is there for comparison.

| a thousand deployed releases | used by each | dollars, remembered ※ |
| --- | --- | --- |
${notInTheSum(deployed).join('\n')}
| beside them, in the sum: Step Functions | ${deployed.transitions} transitions | ${thousand(bill.stepFunctions)} |

The metrics are those of [\`core/metrics.ts\`](../core/metrics.ts). AWS charges for each in the hours in which it is written: releases in the same hour
share them, and if there is one in every hour they are ${dollars(monthly(customMetricsOf(deployed)))} a month ※.

A release makes ${count(sum(Object.values(deployed.calls)))} calls of AWS in all. Those of ECS, ECR, Step Functions and Parameter Store are not billed by the call (not
verified). X-Ray's traces are not counted.

## Idle

Nothing runs but the schedule, ${count(sweepsAMonth)} times a month (of 730 hours), here always with a cold start:

| services | a sweep calls | GB-seconds a month | dollars a month, Lambda ※ | DynamoDB, units a month |
| --- | --- | --- | --- | --- |
${sweeps.map(idle).join('\n')}

Beside it, by the month and whether anything is deployed or not, at prices that are remembered (※) and before any free tier:

| | dollars a month ※ |
| --- | --- |
| ${alarms.count} alarms, which look at ${alarms.metrics} metrics | ${cost(remembered.alarmMonth, alarms.metrics).toFixed(2)} |
| a dashboard | ${remembered.dashboardMonth.dollars.toFixed(2)}, none for an account's first three |
| rules and the schedule of EventBridge, queues, the topic, functions and the state machine at rest, Slack's two parameters | nothing |
| what is kept: the table, and logs for 90 days | next to nothing |

A task of a configured service that stops, also where nobody deploys (a scale-in, a crash), is an event of AWS's own, free, and one
invocation.

## Prices

| dollars | for | source |
| --- | --- | --- |
${Object.values(prices).map(priced).join('\n')}
${Object.values(remembered)
  .map((price) => priced({ ...price, source: 'remembered, in no sum', verified: false }))
  .join('\n')}
`;
}

const priced = ({ dollars, per, unit, source, verified }: Price) =>
  `| ${dollars} | ${per === 1 ? 'a' : count(per)} ${unit} | ${verified ? '' : '※ '}${source} |`;

function compared(played: Played): string {
  const others = [billOf(polling(played)).all, codePipeline(played), githubRunner(played)];
  const ours = billOf(played).all;
  const cells = others.map((dollars) => `${thousand(dollars)} (${ratio(dollars / ours)})`);
  return `| ${played.name} | ${time(activeSeconds(played))} | **${thousand(ours)}** ※ | ${cells.join(' | ')} |`;
}

function composed(played: Played): string {
  const { stepFunctions, lambda, cloudwatch, eventBridge } = billOf(played);
  const cells = [
    ...[played.name, played.transitions, sum(Object.values(played.invocations))],
    ...[played.gigabyteSeconds.toFixed(1), played.metrics],
    ...[stepFunctions, lambda, cloudwatch, eventBridge].map(thousand),
  ];
  return `| ${cells.join(' | ')} |`;
}

function notInTheSum(played: Played): string[] {
  const { writeUnits, readUnits, historyBytes, invocations } = played;
  const row = (what: string, used: string, dollars: number) => `| ${what} | ${used} | ${thousand(dollars)} |`;
  const functions = sum(Object.values(invocations)) * logBytes;
  const logged = cost(remembered.logGigabyte, (historyBytes + functions) / 1e9);
  return [
    row(
      "CloudWatch's custom metrics",
      `${customMetricsOf(played)} for the hour in which it ends, if it has that to itself`,
      monthly(customMetricsOf(played)) / hoursAMonth,
    ),
    row('DynamoDB, written', `${writeUnits} units of 1 KiB`, cost(remembered.writeUnit, writeUnits)),
    row('DynamoDB, read', `${readUnits} units of 4 KiB`, cost(remembered.readUnit, readUnits)),
    row(
      'CloudWatch Logs',
      `${count(historyBytes / 1000)} KB of the execution, ${count(functions / 1000)} KB of functions (${logBytes / 1000} KB an invocation, assumed)`,
      logged,
    ),
  ];
}

const hoursAMonth = 730;
const monthly = (metrics: number) => cost(remembered.metricMonth, metrics);
const customMetricsOf = ({ outcome, states }: Played) => customMetrics(outcome, states.tasks);
const dollars = (amount: number) => `${amount.toFixed(2)} dollars`;

function idle({ services, used }: Findings['sweeps'][number]): string {
  const { calls, invocations, gigabyteSeconds, writeUnits, readUnits } = used;
  const dollars =
    sweepsAMonth *
    (cost(prices.invocation, sum(Object.values(invocations))) + cost(prices.gigabyteSecond, gigabyteSeconds));
  const said = Object.entries(calls).map(([operation, times]) => `${times} ${operation}`);
  const units = `${count(sweepsAMonth * readUnits)} read, ${count(sweepsAMonth * writeUnits)} written`;
  return `| ${services} | ${said.join(', ')} | ${count(sweepsAMonth * gigabyteSeconds)} | ${dollars.toFixed(3)} | ${units} |`;
}

const thousand = (dollars: number) => (1000 * dollars).toFixed(0 < dollars && dollars < 1e-5 ? 3 : 2);
const ratio = (factor: number) => (factor < 10 ? `${factor.toFixed(1)} ×` : `${Math.round(factor)} ×`);
const share = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
const count = (value: number) => Math.round(value).toLocaleString('en-US');
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const time = (seconds: number) =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
