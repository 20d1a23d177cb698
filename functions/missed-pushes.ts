/** The newest deployable push of each service, where it is newer than what runs and no event told of it. */
import type { TaggedImage } from '../aws/ecr.ts';
import { serviceKey } from '../aws/ecs-service.ts';
import { environmentOf, type Service } from '../core/config.ts';
import { Throttled, Transient } from '../core/errors.ts';
import { placeOf, repositoryAt } from '../core/place.ts';
import { deployable } from '../core/push/deployable.ts';
import { lateEventId } from '../core/push/late.ts';
import { type ReleaseRequest, type Target, targetsOf } from '../core/release.ts';
import { imageOfRevision } from './running-image.ts';
import type { Place, Sweep } from './sweep.ts';

/** An event may still be on its way for this long: only older pushes count as missed. */
const graceMs = 5 * 60_000;

/** DescribeServices takes so many. */
const servicesACall = 10;

interface Candidate {
  place: Place;
  request: ReleaseRequest;
  /** All of its repository. */
  pushes: TaggedImage[];
  /** Every ECS service of the environment. */
  targets: Target[];
}

/** ECS is asked only about a push that nobody has seen. What turns out to be no news counts as seen from then on. */
export async function missedPushes(places: readonly Place[], sweep: Sweep): Promise<ReleaseRequest[]> {
  const { aws, attempt, paces } = sweep;
  const first = places.filter(({ before }) => before === undefined);
  const since = await attempt('environments', () => aws.pushes.knownSince(first, aws.now()));
  const pushed = await newestPushes(first, sweep);
  const newest = pushed.filter(({ place, request }) => {
    const known = since?.[first.indexOf(place)];
    return known !== undefined && request.push.pushedAt >= known;
  });
  const requests = await attempt('pushes', () => aws.pushes.unseen(newest.map(({ request }) => request)));
  const unseen = newest.filter(({ request }) => requests?.includes(request));
  const revisions = await runningRevisions(unseen, sweep);
  const missed = unseen.map(async ({ request, pushes, targets }) => {
    const isNews = await attempt(`${request.service}/${request.environment}`, async () => {
      let news = false;
      for (const target of targets) {
        const revision = revisions.get(target);
        if (revision === undefined) return false;
        const { digest } = await paces.images(() => imageOfRevision(aws, target, revision));
        const runs = pushes.find((push) => push.digest === digest);
        news ||= digest !== request.push.digest && !(runs && runs.pushedAt >= request.push.pushedAt);
      }
      if (!news) await aws.pushes.spare(request, 'none: it, or something newer, ran already');
      return news;
    });
    return isNews ? [request] : [];
  });
  return (await Promise.all(missed)).flat();
}

async function newestPushes(places: readonly Place[], sweep: Sweep): Promise<Candidate[]> {
  const { aws, attempt, paces } = sweep;
  // Services may share a repository.
  const repositories = new Map<string, Promise<TaggedImage[] | undefined>>();
  const pushesTo = (service: Service) => {
    const repository = repositoryAt(service, aws.home);
    const key = Object.values(repository).join('/');
    const asked =
      repositories.get(key) ??
      attempt(`repository ${service.repository}`, () => paces.repositories(() => aws.ecr.pushes(repository)));
    repositories.set(key, asked);
    return asked;
  };
  const found = places.map(async (place): Promise<Candidate[]> => {
    const { service, environment } = environmentOf(aws.config, place.service, place.environment);
    const pushes = (await pushesTo(service)) ?? [];
    const [newest] = pushes
      .filter(({ tag }) => deployable(tag, service.tags, service.latest).yes)
      // Of the tags of one image, a version says more than latest.
      .sort((one, other) => other.pushedAt - one.pushedAt || latestLast(one) - latestLast(other));
    if (!newest || aws.now() - newest.pushedAt < graceMs) return [];
    const eventId = lateEventId(newest.digest);
    return [
      {
        place,
        request: {
          ...{ service: place.service, environment: place.environment, push: { eventId, ...newest } },
          seenLate: true,
        },
        pushes,
        targets: targetsOf(service, environment),
      },
    ];
  });
  return (await Promise.all(found)).flat();
}

const latestLast = ({ tag }: TaggedImage) => (tag === 'latest' ? 1 : 0);

/** Of any of its services. */
type Cluster = Pick<Target, 'cluster' | 'region' | 'roleArn'>;

/** The task definition that each target runs on. */
async function runningRevisions(
  candidates: readonly Candidate[],
  { aws, attempt, paces }: Sweep,
): Promise<Map<Target, string>> {
  const revisions = new Map<Target, string>();
  const nameOf = (target: Target) => serviceKey(target, aws.home);

  async function ask(cluster: Cluster, targets: readonly Target[]): Promise<void> {
    const names = targets.map(({ service }) => service);
    const services = await paces.services(() => aws.ecs(cluster).services(cluster.cluster, names));
    for (const target of targets) {
      await attempt(nameOf(target), () => {
        const revision = services.get(target.service)?.taskDefinition;
        if (revision === undefined) throw new Error(`ECS service ${nameOf(target)}: MISSING`);
        revisions.set(target, revision);
      });
    }
  }

  const clusters = Map.groupBy(
    candidates.flatMap(({ targets }) => targets),
    ({ cluster, ...at }) => `${cluster} ${JSON.stringify(placeOf(at, aws.home))}`,
  );
  // One that does not answer keeps nobody else waiting.
  await Promise.all([...clusters.values()].map(lookInto));

  async function lookInto(targets: readonly Target[]): Promise<void> {
    for (let from = 0; from < targets.length; from += servicesACall) {
      const some = targets.slice(from, from + servicesACall);
      const [cluster] = some;
      if (!cluster) continue;
      await attempt(`the cluster of ${nameOf(cluster)}`, async () => {
        try {
          await ask(cluster, some);
        } catch (error) {
          if (some.length === 1 || error instanceof Throttled || error instanceof Transient) throw error;
          // One of them may be what is refused, and then the others are not.
          for (const target of some) await attempt(nameOf(target), () => ask(target, [target]));
        }
      });
    }
  }
  return revisions;
}
