/** The findings as a page: `bench/rollout.md`. */
import type { Calls } from './calls.ts';
import type { Delay, Detection } from './detection.ts';
import type { Load } from './load.ts';
import type { RealLoad } from './real.ts';
import { median, worst } from './statistics.ts';
import { type StrategyName, strategies, told } from './strategies.ts';
import type { Fault, WayBack } from './way-back.ts';

export interface Findings {
  /** As it was called. */
  command: string;
  detection: Detection[];
  calls: Calls[];
  waysBack: { strategy: StrategyName; fault: Fault; runs: WayBack[] }[];
  loads: { strategy: StrategyName; load: Load }[];
  requestsPerSecond: number;
  /** Of the last run with `--real`, by strategy. */
  real: Partial<Record<StrategyName, RealLoad>>;
}

export function report({ command, detection, calls, waysBack, loads, requestsPerSecond, real }: Findings) {
  return `# Rollouts

The real state machine, the real functions and the real SDK on virtual time, in the local world at AWS's pace
(\`local/ecs/pace.ts\`): two tasks behind a load balancer with AWS's default health check and 30 seconds of deregistration delay.
Events take half a second and then find their function running; functions that the state machine calls take 20 to 80 ms to start, and now
and then 400; calls take no time, for nobody. Seconds are virtual.

    ${command}

${detected(detection)}
${asked(calls)}
${wentBack(waysBack)}
${lost(loads, requestsPerSecond, real)}`;
}

function detected(detection: Detection[]): string {
  const runs = detection[0]?.runs ?? 0;
  const columns = ['tidegate', 'withoutEvents', 'waiter', 'carefulPoll', 'plainPoll'] as const;
  const rows = detection.map((one) => row(one.fate, ...columns.map((who) => delayOf(one[who]))));
  const all = count(sum(detection.map((one) => one.runs)));
  const wrong = columns.map((who) => `**${count(sum(detection.map((one) => one[who].wrong)))} of ${all}**`);
  return `## Until it is noticed

From ECS's being done with a rolling deployment, or giving it up, until it is noticed: by Tidegate when the flow leaves \`AwaitDeployment\`; by
\`waitUntilServicesStable\` of @aws-sdk/client-ecs, unmodified and with its own pauses, when it resolves; by scripts that ask
\`DescribeServices\` every 15 s when they end. All watch the same ${count(runs)} deployments a line, from \`UpdateService\` on; what AWS publishes no
figures for takes 50 to 150 % of its pace. Median / worst, in seconds.

| what becomes of it | Tidegate | Tidegate, every event of ECS lost | the SDK's waiter | poll of 15 s, careful | poll of 15 s, plain |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${row('**wrong verdicts**', ...wrong)}

- The waiter's success is "stable", and a service that went back to the old version is stable: wrong wherever the deployment failed.
- The careful script compares the task definition too. The plain one asks whether the rollout is \`COMPLETED\`, which that of a rollback is as well.
- Tidegate's 0.5 s is the time that an event is assumed to take. What a function needs to start comes to it on AWS.
- Without events Tidegate looks every minute, and is later than a script. Where events come, nobody waits for that minute.
- Stopped by hand and superseded are counted from the call by hand: two seconds of them are ECS's own.
- To ECS a crash loop is no failure. It is counted from the end of the third task, the first that is too many; ECS shows a task
  as stopped only once it is deprovisioned. It is Tidegate that ends it, and what the others notice is that: alone they would go on waiting.
`;
}

function asked(calls: Calls[]): string {
  const operations = [...new Set(calls.flatMap(({ byOperation }) => [...byOperation.keys()]))].toSorted();
  const each = (of: (one: Calls) => number) => calls.map((one) => count(of(one)));
  return `## Calls of a good release

Of all functions, from the push to the end, by strategy: ${calls.map(({ strategy }) => told[strategy]).join('; ')}.

| | ${calls.map(({ strategy }) => strategy).join(' | ')} |
| --- |${' --- |'.repeat(calls.length)}
${operations.map((name) => row(name, ...each(({ byOperation }) => byOperation.get(name) ?? 0))).join('\n')}
${row('**all**', ...each(({ byOperation }) => sum([...byOperation.values()])))}
${row('of them while it waits for ECS', ...each(({ waiting }) => waiting))}
${row('of those, of ECS', ...each(({ waitingForEcs }) => waitingForEcs))}
${row("the SDK's waiter: `DescribeServices`", ...each(({ waiter }) => waiter))}
${row('poll of 15 s: `DescribeServices`', ...each(({ poll }) => poll))}

Every event of the service's tasks and deployments is a look, which is what being early costs. The waiter and the scripts answer
one question, and look into no task.
`;
}

function wentBack(waysBack: Findings['waysBack']): string {
  const rows = waysBack.map(({ strategy, fault, runs }) => {
    const serving = runs.map(({ servingSeconds }) => servingSeconds);
    const end = runs.map(({ endSeconds }) => endSeconds);
    const noticed = runs.flatMap(({ noticedSeconds }) => noticedSeconds ?? []);
    const never = runs.every(({ reached }) => reached === 0);
    return row(
      ...[fault, strategy, [...new Set(runs.map(({ verdictOf }) => verdictOf))].join(', ')],
      noticed.length > 0 ? `${seconds(median(noticed))} / ${seconds(worst(noticed))}` : '',
      never ? 'no user reached it' : `${seconds(median(serving))} / ${seconds(worst(serving))}`,
      `${seconds(median(end))} / ${seconds(worst(end))}`,
      count(median(runs.map(({ reached }) => reached))),
      count(median(runs.map(({ errors }) => errors))),
      count(runs.filter(({ outcome }) => outcome === 'RolledBack').length),
    );
  });
  return `## From a bad verdict to the old version

${count(waysBack[0]?.runs.length ?? 0)} releases of each bad image at 50 requests a second. From the answer of the step that found it until the last request that the old
version did not answer, or not well; and until the release has ended, which is after the old version was verified and its smoke tests have
run. Median / worst, in seconds. The requests, medians, are those of the whole release.

| what is wrong | strategy | found by | crash loop found after | old version serves everything after | release ends after | requests to the new version | requests that failed | \`RolledBack\` |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

A rolling update has no old tasks left once it is done: the way back is another rolling update. Otherwise it is one change of the
listener's weights. AWS publishes no figure for how long ECS takes to make it: the two seconds are those that the local world assumes.

"Crash loop found after" is counted from the end of the third task that ended by itself. While ECS brings the version up, events say it. While
metrics are compared nobody listens to them, and tasks are looked at once a minute. Meanwhile users get what is in the last column but one.
`;
}

function lost(loads: Findings['loads'], requestsPerSecond: number, real: Findings['real']): string {
  const rows = loads.map(({ strategy, load }) =>
    row(
      ...[told[strategy], `${count(load.deployed)} of ${count(load.releases)}`],
      ...[count(load.requests), count(load.byBalancer), count(load.byTargets)],
    ),
  );
  const measured = strategies.flatMap((strategy) => {
    const run = real[strategy];
    return run ? [realRow(strategy, run)] : [];
  });
  return `## Requests lost during good releases

One release after the other at ${count(requestsPerSecond)} requests a second, from the first push until three minutes after the last release, by what users get.
A modelled request takes no time, so nothing is under way when a task is stopped; the real ones below are.

| strategy | deployed | requests | 5xx of the load balancer | 5xx of tasks |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
${measured.length > 0 ? realTable(measured) : ''}`;
}

const realTable = (rows: string[]) => `
**Real**: in the world of \`npm start\`, with processes, a proxy and HTTP clients on real time, at 60 requests a second and at the show's pace. Lost is a 5xx,
a connection that broke, or no answer within ten seconds. Kept in \`bench/rollout/real.json\` by \`npm run bench:rollout -- --real 10\`, with
\`--strategy BLUE_GREEN\` for the others.

| strategy | deployed | requests | lost |
| --- | --- | --- | --- |
${rows.join('\n')}
`;

const realRow = (strategy: StrategyName, { deployed, releases, requests, lost: gone }: RealLoad) =>
  row(strategy, `${count(deployed)} of ${count(releases)}`, count(requests), count(gone));

const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
const delayOf = (delay: Delay) =>
  `${seconds(delay.median)} / ${seconds(delay.worst)}${delay.wrong > 0 ? `, ${count(delay.wrong)} wrong` : ''}`;
const seconds = (value: number) => value.toFixed(1);
const count = (value: number) => Math.round(value).toLocaleString('en-US');
const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
