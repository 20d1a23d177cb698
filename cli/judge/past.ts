/** What a past deployment is judged by: its times, the policy, and CloudWatch's figures of then. Reads only. */
import { cloudwatch } from '../../aws/cloudwatch.ts';
import { logCounts } from '../../aws/log-counts.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { logGroupsOf } from '../../core/config.ts';
import { alarmHistoryKeptMs } from '../../core/judge/alarm-history.ts';
import { unusable } from '../../core/judge/baseline.ts';
import { type Judged, judgedBy } from '../../core/judge/judged.ts';
import { logQueriesFor } from '../../core/judge/log-lines.ts';
import { type AnalysisPolicy, analysisSchema } from '../../core/judge/policy.ts';
import { type Found, idOf, joined, type Look, queriesFor } from '../../core/judge/queries.ts';
import { lastLookAt, type Past } from '../../core/judge/replay.ts';
import { keptMs, retention } from '../../core/judge/retention.ts';
import { aWeekBefore } from '../../core/judge/season.ts';
import { mistakesIn } from '../../core/mistakes.ts';
import { named } from '../../core/named.ts';
import { deploymentSchema } from '../../core/plan.ts';
import { targetOf } from '../../core/release.ts';
import { rolloutSchema } from '../../core/rollout.ts';
import { BadUse, Mistake } from '../mistake.ts';
import { rebased } from './baseline.ts';
import { type Figures, figuresFrom, jsonFrom } from './data.ts';

/** As they were typed. */
export interface Asked {
  service?: string | undefined;
  environment?: string | undefined;
  at?: string | undefined;
  stable?: string | undefined;
  until?: string | undefined;
  release?: string | undefined;
  policy?: string | undefined;
  file?: string | undefined;
  baseline?: string | undefined;
}

export interface JudgePast extends Omit<Past, 'found'> {
  queries: Look['queries'];
  /** What is asked for, ms since the epoch: one span, or some of other days beside it, the earliest first. */
  spans: readonly { from: number; until: number }[];
  figures(): Promise<Figures>;
}

const uses = { cloudwatch, logCounts, records, slots, states };
type JudgeAws = Opened<typeof uses>;

/** Without `surroundings` nothing is asked: then a file has the figures, and another the policy. */
export async function pastOf(asked: Asked, surroundings: Surroundings | undefined): Promise<JudgePast> {
  const aws = surroundings && openAws(surroundings, uses);
  const { service, environment } = asked;
  const found = aws && service && environment ? named(aws.config, service, environment) : undefined;
  const settings = found?.environment.analysis;
  const given = asked.policy === undefined ? settings : await policyFrom(asked.policy);
  if (!given)
    throw new Mistake(
      `${service}/${environment} compares no metrics (analysis): give a policy to judge it by, --policy file.json`,
    );
  const policy = await rebased(given, asked.baseline, async (release) => {
    if (!aws)
      throw new BadUse(
        `--baseline ${asked.baseline}: to look up a release, name its service and environment`,
      );
    return (await timesOf({ release }, aws)).stableAt;
  });
  const times = await timesOf(asked, aws);
  const target = found && targetOf(found.service, found.environment);
  const slot = aws && target && asked.file === undefined ? await aws.slots.look(target) : undefined;
  // What was taken back is spoiled from its start on, and that may be the very deployment to judge.
  const spoiled = (slot?.spoiled ?? []).filter(({ to }) => to <= times.startedAt);
  const now = aws?.now() ?? Date.now();
  const until = Math.min(asked.until === undefined ? now : timeIn(asked.until, '--until'), now);
  const at = found?.environment;
  const judged: Judged[] = judgedBy(
    policy,
    at ? { ...at, logGroups: logGroupsOf(at) } : { cluster: '-', service: '-' },
  );
  const { startedAt, stableAt } = times;
  const look = queriesFor({
    policy,
    deployedAt: startedAt,
    now: Math.min(until, lastLookAt({ policy, stableAt })),
    spoiled,
    judged,
  });
  const past = { policy, judged, startedAt, stableAt, spoiled, until };
  // What is in a file is not forgotten.
  const problem = unusable(policy, startedAt, asked.file === undefined ? now : startedAt);
  if (problem) throw new Mistake(problem);
  const spans = [
    ...(policy.week ? [aWeekBefore({ ...past, now }, look.windowEnd)] : []),
    ...(look.earlier ? [look.earlier] : []),
    { from: look.windowStart, until: look.windowEnd },
  ];
  return {
    ...past,
    queries: look.queries,
    spans,
    async figures() {
      if (asked.file !== undefined) return figuresFrom(asked.file);
      if (!aws || !target)
        throw new BadUse('without a service and an environment, judge needs --policy and --file');
      for (const { from } of spans) refuseForgotten(policy, from, now);
      const cloudwatch = aws.cloudwatch(target);
      let found: Found = {};
      for (const { from, until } of spans)
        found = joined(found, await cloudwatch.metrics(look.queries, from, until));
      const lines = logQueriesFor(judged, past, { windowEnd: look.windowEnd, early: false }, (index) =>
        idOf(index, 'bad'),
      );
      const counts = lines.length > 0 ? await aws.logCounts(target).count(lines) : { found: {}, unread: {} };
      const { alarms = [] } = policy;
      // Further back nobody knows what they were.
      const known = alarms.length > 0 && now - startedAt <= alarmHistoryKeptMs;
      return {
        found: { ...found, ...counts.found },
        unread: counts.unread,
        ...(known && {
          alarmHistory: {
            changes: await cloudwatch.alarmChanges(alarms, startedAt),
            now: await cloudwatch.alarms(alarms),
          },
        }),
      };
    },
  };
}

async function policyFrom(file: string): Promise<AnalysisPolicy> {
  const checked = analysisSchema.safeParse(await jsonFrom(file), { reportInput: true });
  if (checked.success) return checked.data;
  throw new Mistake(
    `${file} is no analysis:\n${mistakesIn(checked.error)
      .map((line) => `  ${line}`)
      .join('\n')}`,
  );
}

async function timesOf(
  { at, stable, release }: Pick<Asked, 'at' | 'stable' | 'release'>,
  aws: JudgeAws | undefined,
): Promise<{ startedAt: number; stableAt: number }> {
  if ((at === undefined) === (release === undefined))
    throw new BadUse('when was the deployment? Say --at <time>, or --release <execution>');
  if (at !== undefined) {
    const startedAt = timeIn(at, '--at');
    const stableAt = stable === undefined ? startedAt : timeIn(stable, '--stable');
    if (startedAt > (aws?.now() ?? Date.now()))
      throw new BadUse(`--at ${at} is in the future: when was the deployment?`);
    if (stableAt < startedAt)
      throw new BadUse('--stable is before --at: a deployment is stable after it started');
    return { startedAt, stableAt };
  }
  if (!aws || release === undefined) throw new BadUse('--release needs a service and an environment');
  const name = release.slice(release.lastIndexOf(':') + 1);
  const { steps } = await aws.records.of(aws.states.arnOf(name));
  const started = deploymentSchema.safeParse(steps.StartDeployment).data;
  const rollout = rolloutSchema.safeParse(steps.AwaitDeployment).data;
  if (!started)
    throw new Mistake(`no release ${name} is known that started a deployment: look for its execution's name`);
  if (stable !== undefined) return { startedAt: started.startedAt, stableAt: timeIn(stable, '--stable') };
  if (!rollout || rollout.targetGroups)
    throw new Mistake(
      `the record of ${name} does not say when its users' requests could be judged: say --stable <time>, when the new version had them`,
    );
  return { startedAt: started.startedAt, stableAt: rollout.at };
}

function timeIn(text: string, option: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !/\d{4}-\d\d-\d\d/.test(text))
    throw new BadUse(`${option} ${text} is no time: write it as 2026-11-27T10:00:00Z`);
  return time;
}

function refuseForgotten({ period }: AnalysisPolicy, from: number, now: number) {
  if (now - from <= keptMs(period)) return;
  throw new Mistake(
    `CloudWatch has forgotten the periods of ${period} s of then: ${retention}. Give a --policy with a longer period, and a window of several`,
  );
}
