/** One release of a rehearsal, watched by others who use what AWS gives: all of them see the same deployment. */
import type { HistoryEvent } from '../../local/asl/index.ts';
import type { Call } from '../../local/door/answering.ts';
import { awsPace, type Pace } from '../../local/ecs/pace.ts';
import { type Release, rehearsal } from '../../test/support/rehearsal.ts';
import { seeded } from '../../test/support/seeded.ts';
import { settle } from '../../test/support/virtual-world.ts';
import { thirdCrash } from './crashes.ts';
import { poll, type Said, waiter } from './peers.ts';
import { environmentOf, type StrategyName } from './strategies.ts';

/** What becomes of the deployment. */
export const fates = ['good', 'circuit breaker', 'crash loop', 'stopped by hand', 'superseded'] as const;
export type Fate = (typeof fates)[number];

export interface WatchedRelease {
  release: Release;
  /** ECS was done with the deployment, or began to give it up, ms since the epoch. */
  decidedAt: number;
  /** The flow went on from AwaitDeployment to something else, for the first time. */
  movedOnAt: number;
  waiter: Said;
  /** One that compares the task definition, and one that does not. */
  carefulPoll: Said;
  plainPoll: Said;
  /** Of Tidegate's functions, from the push to the end. */
  calls: Call[];
}

interface Asked {
  strategy: StrategyName;
  fate: Fate;
  seed: number;
  /** No event of ECS is delivered. */
  eventsLost: boolean;
}

export async function watchedRelease({ strategy, fate, seed, eventsLost }: Asked): Promise<WatchedRelease> {
  const random = seeded(1000 + seed);
  const begun = Promise.withResolvers<string>();
  const world = await rehearsal({
    environment: environmentOf(strategy),
    seed,
    pace: paceOf(random),
    ...(eventsLost && { lose: 'aws.ecs' }),
    async around({ operation, by, input }, next) {
      const answer = await next();
      if (operation === 'UpdateService' && by === 'StartDeployment')
        begun.resolve(String(input.taskDefinition));
      return answer;
    },
  });
  const { clock, ask } = world;
  const before = (await described(world)).taskDefinition as string;
  await world.pushOnly(variantOf[fate], 'v1.0.0');
  await settle(clock, begun.promise);
  const taskDefinition = await begun.promise;
  const askedAt = clock.now();
  const watched = { clock, aws: world.world.aws, seed: 2000 + seed, taskDefinition };
  const peers = Promise.all([waiter(watched), poll(watched, true), poll(watched, false)]);

  let byHandAt: number | undefined;
  if (fate === 'stopped by hand' || fate === 'superseded') {
    await clock.advance(15_000 + 20_000 * random());
    byHandAt = clock.now();
    const ours = await deploymentSince(world, askedAt);
    if (fate === 'superseded')
      await ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-api', taskDefinition: before });
    else {
      const { serviceDeploymentArn } = ours;
      await ask('ECS', 'StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    }
  }
  await world.ended();
  await settle(clock, peers);
  const [byWaiter, carefulPoll, plainPoll] = await peers;

  const release = (await world.releases())[0] as Release;
  const ended = await deploymentSince(world, askedAt);
  const decidedAt =
    byHandAt ??
    (fate === 'crash loop' ? await thirdCrash(world) : undefined) ??
    Number(ended.rollback?.startedAt ?? ended.finishedAt);
  return {
    release,
    decidedAt,
    movedOnAt: movedOn(release.history),
    ...{ waiter: byWaiter, carefulPoll, plainPoll },
    calls: world.calls.filter(({ by }) => !others.includes(by)),
  };
}

/** What AWS publishes no figures for takes half as long, or half as long again. */
function paceOf(random: () => number): Partial<Pace> {
  const about = (seconds: number) => seconds * (0.5 + random());
  const { provisioningSeconds, pullingSeconds, deprovisioningSeconds } = awsPace;
  return {
    provisioningSeconds: about(provisioningSeconds),
    pullingSeconds: about(pullingSeconds),
    deprovisioningSeconds: about(deprovisioningSeconds),
  };
}

const variantOf = {
  good: 'good',
  'circuit breaker': 'unhealthy',
  'crash loop': 'crash',
  'stopped by hand': 'good',
  superseded: 'good',
} as const;
/** The bench and its peers, and the schedule, which is nobody's release. */
const others = ['bench', 'tests', 'reconcile-pushes'];

/** The state is left and entered again whenever it has looked without being woken. */
function movedOn(history: readonly HistoryEvent[]): number {
  const isEntered = ({ type }: HistoryEvent) => type.endsWith('StateEntered');
  const left = history.findIndex(
    ({ stateExitedEventDetails: exited }, place) =>
      exited?.name === 'AwaitDeployment' &&
      history.slice(place).find(isEntered)?.stateEnteredEventDetails?.name !== 'AwaitDeployment',
  );
  return Number(history[left]?.timestamp);
}

type Rehearsed = Awaited<ReturnType<typeof rehearsal>>;

const described = async ({ ask }: Pick<Rehearsed, 'ask'>) =>
  (await ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] })).services[0];

/** The first one that was created since. */
async function deploymentSince({ ask }: Pick<Rehearsed, 'ask'>, since: number) {
  const { serviceDeployments } = await ask('ECS', 'ListServiceDeployments', {
    cluster: 'main',
    service: 'my-api',
  });
  const ours = (serviceDeployments as { serviceDeploymentArn: string; createdAt: Date }[])
    .toReversed()
    .find(({ createdAt }) => Number(createdAt) >= since);
  const { serviceDeployments: full } = await ask('ECS', 'DescribeServiceDeployments', {
    serviceDeploymentArns: [ours?.serviceDeploymentArn],
  });
  return full[0];
}
