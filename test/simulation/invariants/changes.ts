/** What a release does to a service. */
import type { Plan } from '../plan.ts';
import {
  askedForAt,
  cannotBeReplaced,
  changedBy,
  enteredAt,
  forTargets,
  type Invariants,
  isQuiet,
  operatedOn,
  short,
  updatesBy,
} from './reading.ts';

const mayStopTheWayBack = ({ operator, incidents = [] }: Plan) =>
  operator.some(({ does }) => does === 'deletes the image that ran first') ||
  incidents.some(({ does }) => does === 'somebody stops the service deployment' || does === 'an alarm fires');

export const changes: Invariants = {
  'at most one release changes a service at a time': (story) =>
    forTargets(story, ({ service, environment }, releases) => {
      const spans = releases
        .flatMap((release) => {
          const { name, arn, record, stoppedAt = Infinity } = release;
          const changes = story.effects.filter(
            ({ execution, operation }) =>
              execution === arn && ['UpdateService', 'StopServiceDeployment'].includes(operation),
          );
          const [first] = changes;
          const ended = Math.min(record.endedAt ?? Infinity, stoppedAt);
          return first ? [{ name, from: first.at, to: Math.max(ended, changes.at(-1)?.at ?? 0) }] : [];
        })
        .sort((one, other) => one.from - other.from);
      return spans.flatMap((span, index) => {
        const before = spans[index - 1];
        return before && before.to > span.from + Math.abs(story.plan.skewSeconds) * 1000
          ? [`${span.name} changed ${service}/${environment} while ${before.name} did`]
          : [];
      });
    }),

  'a release calls UpdateService at most once, and once more to go back': ({ plan, executions, effects }) =>
    executions.flatMap((release) =>
      ['StartDeployment', 'RollBack'].flatMap((step) => {
        const services = Map.groupBy(effects.filter(updatesBy(release, step)), ({ input }) => input.service);
        return [...services].flatMap(([service, { length: times }]) =>
          // A way back that somebody stopped, or that ECS itself took back, is taken once more.
          times > 1 && !(step === 'RollBack' && mayStopTheWayBack(plan))
            ? [`${step} of ${release.name} did it to ${service} ${times} times`]
            : [],
        );
      }),
    ),

  /** What came between its last look and its call, it could not know. */
  'what somebody else deployed meanwhile is left alone': ({ executions, effects }) => {
    const ours = new Set(executions.flatMap((one) => changedBy(one, '').map(({ revision }) => revision)));
    return effects.flatMap(({ operation, input, by, execution, over, lookedAt = Infinity }) => {
      const release = executions.find(({ arn }) => arn === execution);
      if (operation !== 'UpdateService' || !release || !over) return [];
      const { wayBack, wayBacks = {} } = release.record;
      const known =
        ours.has(over.taskDefinition) || [wayBack, ...Object.values(wayBacks)].includes(over.taskDefinition);
      return known || over.createdAt.getTime() >= lookedAt
        ? []
        : [`${by} of ${release.name} deployed ${input.taskDefinition} over ${over.taskDefinition}`];
    });
  },

  'the way back is written down before anything changes': ({ effects }) =>
    effects
      .filter(
        ({ operation, by, prepared }) =>
          operation === 'UpdateService' && by === 'StartDeployment' && !prepared,
      )
      .map(({ input }) => `${input.taskDefinition} was deployed before its way back was written down`),

  'what was rejected or had nothing to do changed nothing': ({ executions, effects }) =>
    executions
      .filter(({ record }) => record.outcome === 'Rejected' || record.outcome === 'NothingToDo')
      .filter((release) => effects.some(updatesBy(release, 'StartDeployment')))
      .map(({ name, record }) => `${name} ended ${record.outcome}, but changed the service`),

  'a release that is not deployed leaves what was proved': (story) =>
    story.executions.flatMap((release) => {
      const { name, record, request, status } = release;
      const { outcome } = record;
      if (status === 'ABORTED' || outcome === undefined) return [];
      if (['Deployed', 'NeedsHuman', 'NothingToDo'].includes(outcome)) return [];
      const leading = request.service;
      return changedBy(release, leading).flatMap(({ service, revision, wayBack }) => {
        const left = story.left.get(release.arn)?.[service];
        if (!left || operatedOn(story, leading, service)) return [];
        const proved = story.executions.some(
          (other) =>
            other.record.outcome === 'Deployed' &&
            changedBy(other, leading).some((one) => one.revision === revision),
        );
        const unproved =
          left.taskDefinition === revision && !proved ? [`${name} ended ${outcome} and left its own`] : [];
        const { rolloutState, runningCount, desiredCount } = left;
        const away =
          left.taskDefinition !== wayBack || rolloutState !== 'COMPLETED' || runningCount < desiredCount;
        return outcome === 'RolledBack' && away
          ? [...unproved, `${name} ended RolledBack, and ${left.taskDefinition} is ${rolloutState}`]
          : unproved;
      });
    }),

  'where nothing fails, what crashes is taken back soon': (story) =>
    isQuiet(story)
      ? story.executions.flatMap((release) => {
          const { variant } = story.pushes.find(({ digest }) => digest === release.request.push.digest) ?? {};
          const from = enteredAt(release, 'StartDeployment');
          const late = (enteredAt(release, 'RollBack') ?? 0) - (from ?? 0);
          return variant === 'crash' && from !== undefined && late > 600_000
            ? [`${release.name} was taken back after ${late / 60_000} minutes`]
            : [];
        })
      : [],

  'a failed check never ends Deployed': ({ executions, pushes, config }) =>
    executions
      .filter(({ record }) => record.outcome === 'Deployed')
      .flatMap(({ name, record: { steps }, request }) => {
        const said = (state: string) =>
          (steps[state] ?? {}) as { status?: string; decision?: string; brokenGlass?: true };
        const brokenGlass = said('RequestApproval').brokenGlass === true;
        const { variant } = pushes.find(({ digest }) => digest === request.push.digest) ?? {};
        const { smoke, analysis } =
          config.services[request.service]?.environments.find((one) => one.name === request.environment) ??
          {};
        // Without a load balancer and without smoke tests nobody asks whether it is healthy.
        const asked = smoke !== undefined || analysis !== undefined;
        const bad =
          (variant === 'vulnerable' && !brokenGlass) ||
          variant === 'crash' ||
          (variant === 'unhealthy' && asked);
        return [
          ...(said('CheckScan').status === 'pass' || brokenGlass
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
      const deployed = releases.flatMap((release) => {
        const change = story.effects.find(updatesBy(release, 'StartDeployment'));
        return change ? [{ release, at: change.at }] : [];
      });
      return deployed.flatMap(({ release, at }) => {
        const newer = releases.find(
          (other) =>
            other.record.outcome === 'Deployed' &&
            (other.record.endedAt ?? Infinity) < at - Math.abs(story.plan.skewSeconds) * 1000 &&
            askedForAt(other) > askedForAt(release),
        );
        return newer ? [`${release.name} was deployed after ${newer.name}`] : [];
      });
    }),

  'the old or the new version serves': (story) =>
    forTargets(story, ({ service, environment, desiredCount, running, alongside }, releases) => {
      if (operatedOn(story, service) || cannotBeReplaced(story)) return [];
      // A person was told, and has not come yet.
      if (releases.some(({ record }) => record.outcome === 'NeedsHuman')) return [];
      const deployed = releases
        .filter(({ record }) => record.outcome === 'Deployed')
        .sort((one, other) => (one.record.endedAt ?? 0) - (other.record.endedAt ?? 0))
        .at(-1);
      const expected = deployed?.request.push.digest ?? story.first[service];
      return [{ name: service, desiredCount, running }, ...alongside].flatMap((one) => {
        const right =
          one.running.length === one.desiredCount && one.running.every((digest) => digest === expected);
        const runs = one.running.map(short).join(', ') || 'nothing';
        return right
          ? []
          : [`${one.name}/${environment} runs ${runs}, not ${one.desiredCount} of ${short(expected)}`];
      });
    }),

  'services of one image never mix versions': (story) =>
    forTargets(story, ({ service, environment, running, alongside }, releases) => {
      if (operatedOn(story, service)) return [];
      if (releases.some(({ record }) => record.outcome === 'NeedsHuman')) return [];
      const versions = new Set([running, ...alongside.map((one) => one.running)].flat());
      return versions.size > 1
        ? [`${service}/${environment} runs ${[...versions].map(short).join(', ')}`]
        : [];
    }),

  'a release task runs at most once per release': ({ effects, executions }) => {
    const tokens = new Map<unknown, Set<unknown>>();
    for (const { operation, input } of effects) {
      if (operation !== 'RunTask') continue;
      const of = tokens.get(input.clientToken) ?? new Set();
      tokens.set(input.clientToken, of.add(JSON.stringify(input)));
    }
    const asking = executions.filter((release) => enteredAt(release, 'RunReleaseTask') !== undefined).length;
    if (tokens.size > asking) return [`${tokens.size} release tasks of ${asking} releases`];
    return [...tokens].flatMap(([token, inputs]) =>
      inputs.size > 1 || token === undefined
        ? [`release task ${token} was asked for in ${inputs.size} ways`]
        : [],
    );
  },
};
