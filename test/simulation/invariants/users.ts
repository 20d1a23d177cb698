/** What users meet of services whose traffic ECS shifts. */
import { environmentOf } from '../../../core/config.ts';
import { takesItsPlace } from '../../../core/slot.ts';
import type { PlayedExecution, Story } from '../story.ts';
import { answersIn, cannotBeReplaced, commitOf, forTargets, type Invariants, isQuiet } from './reading.ts';

/** Two clocks of one world agree; what is measured is dated by the begin of a period. */
const tolerance = 1000;

const environmentOfRelease = ({ config }: Story, { request }: PlayedExecution) =>
  environmentOf(config, request.service, request.environment).environment;

/** To a person who was told and has not come yet, or who deployed by hand what nobody has proved. */
const isLeft = ({ plan }: Story, releases: PlayedExecution[]) =>
  plan.operator.some(
    ({ does }) => does === 'deploys a hot fix' || does === 'deploys the first revision by hand',
  ) || releases.some(({ record }) => record.outcome === 'NeedsHuman');

/** When the metrics were last found to be good, ms since the epoch. */
const heldAt = (release: PlayedExecution): number | undefined =>
  answersIn(release, 'CompareMetrics').find(({ answer }) => answer.decision === 'keep')?.at;

export const users: Invariants = {
  'no user reaches a version before its smoke tests have passed': (story) =>
    forTargets(story, ({ service, environment }, releases) => {
      const at = environmentOf(story.config, service, environment).environment;
      if (at.rollout.strategy === 'ROLLING' || !at.smoke) return [];
      // A hot fix has the image of whichever revision was registered last.
      if (story.plan.operator.some(({ does }) => does === 'deploys a hot fix')) return [];
      const own = story.served.filter((one) => one.cluster === at.cluster && one.service === at.service);
      return own.flatMap(({ revision, from, requests }) => {
        const candidates = releases.filter((release) => commitOf(release) === revision);
        if (candidates.length === 0) return [];
        const passed = candidates.some(
          ({ arn }) => (story.testedAt.get(arn) ?? Infinity) <= from + tolerance,
        );
        const names = candidates.map(({ name }) => name).join(', ');
        return passed ? [] : [`${names} had ${requests} requests, the first before its smoke tests passed`];
      });
    }),

  'in the end all traffic goes to what runs, and nothing else is left': (story) =>
    forTargets(story, ({ service, environment, behind, running, desiredCount }, releases) => {
      if (!behind || desiredCount === 0 || isLeft(story, releases) || cannotBeReplaced(story)) return [];
      const [only] = behind;
      const right =
        behind.length === 1 &&
        new Set(only?.revisions).size === 1 &&
        only?.revisions.length === running.length &&
        running.length === desiredCount;
      const told = behind.map(({ weight, revisions }) => `${weight} of the weight to ${revisions.length}`);
      return right
        ? []
        : [
            `${service}/${environment} has ${told.join(' and ')} of ${running.length} tasks, and wants ${desiredCount}`,
          ];
    }),

  'nobody waits for ever on a deployment': (story) =>
    forTargets(story, ({ service, environment, deployments, alongside }, releases) =>
      isLeft(story, releases)
        ? []
        : [{ name: service, deployments }, ...alongside].flatMap((one) =>
            one.deployments.flatMap(({ status, createdAt, finishedAt }) => {
              const where = `a deployment of ${one.name}/${environment}`;
              if (finishedAt === undefined) return [`${where} is ${status} still`];
              const hours = (finishedAt - createdAt) / 3_600_000;
              return hours > 6 ? [`${where} took ${hours.toFixed(1)} hours`] : [];
            }),
          ),
    ),

  'what was deployed has been measured, where that is asked for': (story) =>
    story.executions.flatMap((release) => {
      const { rollout, analysis } = environmentOfRelease(story, release);
      if (!analysis || release.record.outcome !== 'Deployed') return [];
      const at = heldAt(release);
      if (at === undefined) return [`${release.name} was deployed without`];
      if (rollout.strategy === 'ROLLING' || !isQuiet(story)) return [];
      const target = story.targets.find(
        (one) => one.service === release.request.service && one.environment === release.request.environment,
      );
      const { serviceDeploymentArn } = (release.record.steps.ConfirmRelease ?? {}) as {
        serviceDeploymentArn?: string;
      };
      const own = target?.deployments.find(({ arn }) => arn === serviceDeploymentArn);
      return own && at > (own.finishedAt ?? 0)
        ? [`${release.name} was measured only after the old tasks were gone`]
        : [];
    }),

  'old and new are compared by what their own target groups measured': (story) =>
    story.executions.flatMap((release) => {
      const { cluster, service } = environmentOfRelease(story, release);
      return answersIn(release, 'AwaitDeployment').flatMap(({ at, answer }) => {
        const { new: group } = (answer.targetGroups ?? {}) as { new?: string };
        if (answer.status !== 'serving' || group === undefined) return [];
        // Pushed twice, a version may be the old one and the new one.
        const serving = story.served.filter(
          (one) =>
            one.cluster === cluster &&
            one.service === service &&
            one.revision === commitOf(release) &&
            one.from <= at &&
            one.to >= at,
        );
        if (serving.length === 0 || serving.some(({ targetGroup }) => targetGroup === group)) return [];
        return serving.map((one) => `${release.name} serves in ${one.targetGroup}, not in ${group}`);
      });
    }),

  'what was measured and held does not give way': (story) =>
    story.executions.flatMap((release) => {
      const { rollout } = environmentOfRelease(story, release);
      const at = heldAt(release);
      if (rollout.strategy === 'ROLLING' || at === undefined) return [];
      const late = answersIn(release, 'AwaitDeployment').find(
        (one) =>
          one.at > at &&
          one.answer.status === 'gives way' &&
          String(one.answer.reason).includes(takesItsPlace('').slice(-18)),
      );
      return late ? [`${release.name} gave way: ${late.answer.reason}`] : [];
    }),

  'where nothing fails, it is measured once': (story) =>
    isQuiet(story)
      ? story.executions.flatMap((release) => {
          const held = answersIn(release, 'CompareMetrics').filter(
            ({ answer }) => answer.decision === 'keep',
          );
          return held.length > 1 ? [`${release.name} was measured ${held.length} times`] : [];
        })
      : [],
};
