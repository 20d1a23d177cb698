/** What must hold whatever fails. Each looks at a whole story and answers, in sentences, what broke it. */
import { isDeepStrictEqual } from 'node:util';
import { deployable } from '../../core/push/deployable.ts';
import type { PlayedExecution, PlayedTarget, Story } from './play.ts';

export type Invariant = (story: Story) => string[];

const short = (digest: string | undefined) => digest?.slice(7, 15) ?? 'nothing';

/** The registered revision of a release, where it got that far. */
const revisionOf = ({ record }: PlayedExecution) =>
  (record.steps.RegisterTaskDefinition as { taskDefinitionArn?: string } | undefined)?.taskDefinitionArn;

const forTargets = (story: Story, check: (target: PlayedTarget, releases: PlayedExecution[]) => string[]) =>
  story.targets.flatMap((target) =>
    check(
      target,
      story.executions.filter(
        ({ request }) => request.service === target.service && request.environment === target.environment,
      ),
    ),
  );

/** What an operator did to a service, and what a stopped release left there, excuses what it is like in the end. */
const operatedOn = ({ plan, config }: Story, service: string) => {
  const names = Object.keys(config.services);
  return plan.operator.some(
    ({ does, service: index }) =>
      does === 'stops the newest execution' ||
      (names[index % names.length] === service &&
        (does === 'scales to zero' || does === 'deploys the first revision by hand')),
  );
};

export const invariants: Record<string, Invariant> = {
  'everything comes to rest': ({ stuck, executions }) => [
    ...(stuck ? [stuck] : []),
    ...executions.filter(({ status }) => status === 'RUNNING').map(({ name }) => `${name} still runs`),
  ],

  /** Of three days that an execution may take here at most, nothing that is ours to end takes more than half a day. */
  'every wait has an end': ({ executions }) =>
    executions
      .filter(({ startedAt, stoppedAt = Infinity }) => stoppedAt - startedAt > 12 * 3_600_000)
      .map(({ name }) => `${name} took more than 12 hours`),

  'one push starts one release': ({ executions }) => {
    const ids = executions.map(({ request: { service, environment, push } }) =>
      [service, environment, push.eventId, push.tag].join(' '),
    );
    return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} was released twice`);
  },

  'where nothing fails, nobody is needed, and what is good arrives': (story) => {
    const { plan, executions, config, pushes, targets } = story;
    const quiet = plan.callFaults.length + plan.functionFaults.length + plan.operator.length === 0;
    if (!quiet || plan.skewSeconds !== 0 || plan.slackDown) return [];
    const needed = executions
      .filter(({ record }) => record.outcome === 'NeedsHuman')
      .map(({ name, record }) => `${name} needs a human: ${record.reason}`);
    const names = Object.keys(config.services);
    const missing = names.flatMap((service, index) => {
      const last = pushes.findLast((push) => push.service % names.length === index);
      const [environment] = config.services[service]?.environments ?? [];
      if (last?.variant !== 'good' || last.report !== 'attached' || environment?.approval) return [];
      const running = targets.find(
        (target) => target.service === service && target.environment === environment?.name,
      )?.running;
      return running?.every((digest) => digest === last.digest)
        ? []
        : [`${service}:${last.tagName} is good and does not run in ${environment?.name}`];
    });
    return [...needed, ...missing];
  },

  'every release ends in one recorded outcome': ({ executions }) =>
    executions
      .filter(({ record }) => record.outcome === undefined)
      .map(({ name, status }) => `${name} is ${status} without an outcome`),

  /** What was pushed before something newer may be skipped, never what was pushed last. */
  'no push is lost': ({ pushes, executions, config }) => {
    const names = Object.keys(config.services);
    return names.flatMap((service, index) => {
      const ofService = pushes.filter((push) => push.service % names.length === index);
      const last = ofService.at(-1);
      const { tags = '', environments = [] } = config.services[service] ?? {};
      if (!last || !deployable(last.tagName, tags).yes) return [];
      const seen = executions.some(
        ({ request }) =>
          request.service === service &&
          request.environment === environments[0]?.name &&
          request.push.digest === last.digest,
      );
      return seen ? [] : [`${service}:${last.tagName} ${short(last.digest)} was never looked at`];
    });
  },

  'what was deployed to one environment is promoted to the next': ({ executions, config }) =>
    executions
      .filter(({ record }) => record.outcome === 'Deployed')
      .flatMap(({ name, request }) => {
        const environments = config.services[request.service]?.environments ?? [];
        const next = environments[environments.findIndex((one) => one.name === request.environment) + 1];
        if (!next) return [];
        const promoted = executions.some(
          (other) =>
            other.request.service === request.service &&
            other.request.environment === next.name &&
            other.request.push.pushedAt >= request.push.pushedAt,
        );
        return promoted ? [] : [`${name} was deployed, and ${next.name} never heard of it`];
      }),

  'at most one release changes a service at a time': (story) =>
    forTargets(story, ({ service, environment }, releases) => {
      const spans = releases
        .flatMap((release) => {
          const changes = story.effects.filter(
            ({ operation, input, by }) =>
              operation === 'UpdateService' &&
              by === 'StartDeployment' &&
              input.taskDefinition === revisionOf(release),
          );
          const first = changes[0]?.at;
          return first === undefined
            ? []
            : [{ name: release.name, from: first, to: release.record.endedAt ?? Infinity }];
        })
        .sort((one, other) => one.from - other.from);
      return spans.flatMap((span, index) => {
        const before = spans[index - 1];
        return before && before.to > span.from + Math.abs(story.plan.skewSeconds) * 1000
          ? [`${span.name} changed ${service}/${environment} while ${before.name} did`]
          : [];
      });
    }),

  'a release calls UpdateService at most once, and once more to go back': (story) =>
    story.executions.flatMap((release) => {
      const count = (by: string, taskDefinition: unknown) =>
        story.effects.filter(
          (effect) =>
            effect.operation === 'UpdateService' &&
            effect.by === by &&
            effect.input.taskDefinition === taskDefinition,
        ).length;
      const revision = revisionOf(release);
      if (!revision) return [];
      // The same content is registered once: a second release of a digest deploys the same revision again.
      const sharing = story.executions.filter((other) => revisionOf(other) === revision).length;
      const there = count('StartDeployment', revision);
      return there > sharing ? [`${release.name} deployed ${there} times`] : [];
    }),

  'the way back is written down before anything changes': ({ effects }) =>
    effects
      .filter(
        ({ operation, by, prepared }) =>
          operation === 'UpdateService' && by === 'StartDeployment' && !prepared,
      )
      .map(({ input }) => `${input.taskDefinition} was deployed before its way back was written down`),

  'what was rejected or had nothing to do changed nothing': (story) =>
    story.executions.flatMap((release) => {
      const { outcome } = release.record;
      if (outcome !== 'Rejected' && outcome !== 'NothingToDo') return [];
      const revision = revisionOf(release);
      const alone = !story.executions.some((other) => other !== release && revisionOf(other) === revision);
      const changed = story.effects.some(
        ({ operation, input }) => operation === 'UpdateService' && input.taskDefinition === revision,
      );
      return revision && alone && changed
        ? [`${release.name} ended ${outcome}, but changed the service`]
        : [];
    }),

  'a release that is not deployed leaves what was proved': (story) =>
    story.executions.flatMap((release) => {
      const { outcome, wayBack } = release.record;
      const left = story.left.get(release.arn);
      const revision = revisionOf(release);
      if (!left || operatedOn(story, release.request.service)) return [];
      if (release.status === 'ABORTED' || outcome === undefined) return [];
      if (['Deployed', 'NeedsHuman', 'NothingToDo'].includes(outcome)) return [];
      const proved = story.executions.some(
        (other) => other.record.outcome === 'Deployed' && revisionOf(other) === revision,
      );
      const unproved =
        left.taskDefinition === revision && !proved
          ? [`${release.name} ended ${outcome} and left its own`]
          : [];
      const { rolloutState, runningCount, desiredCount } = left;
      const away =
        left.taskDefinition !== wayBack || rolloutState !== 'COMPLETED' || runningCount < desiredCount;
      return outcome === 'RolledBack' && away
        ? [...unproved, `${release.name} ended RolledBack, and ${left.taskDefinition} is ${rolloutState}`]
        : unproved;
    }),

  'a failed check never ends Deployed': ({ executions, pushes, config }) =>
    executions
      .filter(({ record }) => record.outcome === 'Deployed')
      .flatMap(({ name, record: { steps }, request }) => {
        const said = (state: string) => (steps[state] ?? {}) as { status?: string; decision?: string };
        const { variant } = pushes.find(({ digest }) => digest === request.push.digest) ?? {};
        const { smoke, analysis } =
          config.services[request.service]?.environments.find((one) => one.name === request.environment) ??
          {};
        // Without a load balancer and without smoke tests nobody asks whether it is healthy.
        const asked = smoke !== undefined || analysis !== undefined;
        const bad = variant === 'vulnerable' || variant === 'crash' || (variant === 'unhealthy' && asked);
        return [
          ...(said('CheckScan').status === 'pass'
            ? []
            : [`${name}: the scan is ${said('CheckScan').status}`]),
          ...(said('RunSmokeTests').status === 'fail' ? [`${name}: smoke tests failed`] : []),
          ...(said('CompareMetrics').decision === 'take back' ? [`${name}: metrics said no`] : []),
          ...(said('ConfirmRelease').status === 'confirmed' ? [] : [`${name}: it was not confirmed`]),
          ...(bad ? [`${name} is ${variant}, and was deployed`] : []),
        ];
      }),

  'nothing is deployed after something newer': (story) =>
    forTargets(story, (_target, releases) => {
      const deployed = story.effects.flatMap(({ operation, by, input, at }) => {
        const release = releases.find((one) => revisionOf(one) === input.taskDefinition);
        return operation === 'UpdateService' && by === 'StartDeployment' && release ? [{ release, at }] : [];
      });
      return deployed.flatMap(({ release, at }) => {
        const newer = releases.find(
          (other) =>
            other.record.outcome === 'Deployed' &&
            (other.record.endedAt ?? Infinity) < at - Math.abs(story.plan.skewSeconds) * 1000 &&
            other.request.push.pushedAt > release.request.push.pushedAt,
        );
        return newer ? [`${release.name} was deployed after ${newer.name}`] : [];
      });
    }),

  'the old or the new version serves': (story) =>
    forTargets(story, ({ service, environment, desiredCount, running }, releases) => {
      if (operatedOn(story, service)) return [];
      // A person was told, and has not come yet.
      if (releases.some(({ record }) => record.outcome === 'NeedsHuman')) return [];
      const deployed = releases
        .filter(({ record }) => record.outcome === 'Deployed')
        .sort((one, other) => (one.record.endedAt ?? 0) - (other.record.endedAt ?? 0))
        .at(-1);
      const expected = deployed?.request.push.digest ?? story.first[service];
      const right = running.length === desiredCount && running.every((digest) => digest === expected);
      return right
        ? []
        : [
            `${service}/${environment} runs ${running.map(short).join(', ') || 'nothing'}, not ${desiredCount} of ${short(expected)}`,
          ];
    }),

  'the slot is free at the end': ({ targets }) =>
    targets.flatMap(({ service, environment, slot: { holder, waiting } }) => [
      ...(holder ? [`${service}/${environment} is held by ${holder.execution}`] : []),
      ...(waiting ? [`${service}/${environment} is waited for by ${waiting.execution}`] : []),
    ]),

  'record and execution agree': ({ executions }) =>
    executions.flatMap(({ name, status, error, record: { outcome } }) => {
      // A person stopped it, or its time was over: what it had found out by then stays true.
      if (status === 'ABORTED' || status === 'TIMED_OUT' || status === 'RUNNING') return [];
      const green = ['Deployed', 'NothingToDo', 'Superseded'].includes(outcome ?? '');
      const agrees =
        error === 'Unrecorded' || (green ? status === 'SUCCEEDED' : status === 'FAILED' && error === outcome);
      return agrees ? [] : [`${name} is ${status} ${error ?? ''}, its record says ${outcome}`];
    }),

  'the record can be rebuilt from the history': ({ executions }) =>
    executions.flatMap(({ name, history, record: { steps } }) => {
      const answers = answersOf(history);
      return Object.entries(answers).flatMap(([state, answer]) =>
        isDeepStrictEqual(steps[state], answer)
          ? []
          : [
              `${name}: ${state} answered ${JSON.stringify(answer)}, its record says ${JSON.stringify(steps[state])}`,
            ],
      );
    }),

  'people are told how every release ended, or the failure is known': ({ executions, messages, plan, log }) =>
    executions.flatMap(({ name, arn, record: { outcome, steps } }) => {
      if (outcome === undefined || outcome === 'NothingToDo' || plan.slackDown) return [];
      const told = messages.some((text) => text.includes(arn) && !text.includes('"actions"'));
      const known =
        steps.Notify === undefined &&
        log.some(({ what }) => what.startsWith('Notify') || what.includes('GetSecretValue'));
      return told || known ? [] : [`nobody was told that ${name} ended ${outcome}`];
    }),

  'a release task runs at most once per release': ({ effects, executions }) => {
    const tokens = new Map<unknown, Set<unknown>>();
    for (const { operation, input } of effects) {
      if (operation !== 'RunTask') continue;
      const of = tokens.get(input.clientToken) ?? new Set();
      tokens.set(input.clientToken, of.add(JSON.stringify(input)));
    }
    const asking = executions.filter(({ history }) =>
      history.some((event) => JSON.stringify(event).includes('"name":"RunReleaseTask"')),
    ).length;
    if (tokens.size > asking) return [`${tokens.size} release tasks of ${asking} releases`];
    return [...tokens].flatMap(([token, inputs]) =>
      inputs.size > 1 || token === undefined
        ? [`release task ${token} was asked for in ${inputs.size} ways`]
        : [],
    );
  },
};

/** What each state answered when it was visited last, as the history of its execution tells; nothing where it failed then. */
function answersOf(history: PlayedExecution['history']): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  let state = '';
  for (const event of history as unknown as Record<
    string,
    { name?: string; output?: string; resource?: string } | undefined
  >[]) {
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) delete answers[entered];
    state = entered ?? state;
    const output = event.taskSucceededEventDetails?.output;
    if (output === undefined) continue;
    const result = JSON.parse(output);
    const waits = event.taskSucceededEventDetails?.resource === 'invoke.waitForTaskToken';
    answers[state] = waits ? result : result.Payload;
  }
  return answers;
}

/** Every invariant that a story breaks, with its sentences. */
export function broken(story: Story): string[] {
  return Object.entries(invariants).flatMap(([name, holds]) =>
    holds(story).map((what) => `${name}: ${what}`),
  );
}
