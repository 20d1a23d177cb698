/** Starts a release that no event started: of a push once more, or of what the environment before has deployed. */
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { executions } from '../../aws/executions.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { pushes } from '../../aws/pushes.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import type { Environment, Service } from '../../core/config.ts';
import { shortDigest } from '../../core/image.ts';
import { named } from '../../core/named.ts';
import { repositoryAt } from '../../core/place.ts';
import { deployable } from '../../core/push/deployable.ts';
import { executionName } from '../../core/push/execution-name.ts';
import { type ReleaseRequest, releaseRequestSchema, targetsOf } from '../../core/release.ts';
import { unprovedOf } from '../../core/slot.ts';
import { runningImage } from '../../functions/running-image.ts';
import { startExecution } from '../../functions/start-execution.ts';
import { eachRelease } from '../../functions/status/find-releases.ts';
import { Mistake } from '../mistake.ts';

export interface Wanted {
  service: string;
  environment: string;
  by: string;
  reason?: string | undefined;
}

export interface Prepared {
  request: ReleaseRequest;
  /** Name and ARN of its execution. */
  release: string;
  execution: string;
  link: string | undefined;
  /** How the same image ended there last, where it was not deployed. */
  lastTime: string | undefined;
}

const uses = { ecr, ecs, executions, openReleases, pushes, records, slots, states };
export type AgainAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): AgainAws => openAws(surroundings, uses);

type Origin = Pick<ReleaseRequest, 'push' | 'promotedFrom'>;

/** A release of the last one that was tried there, or of a tag or digest. Throws a `Mistake` that says why not. */
export async function redeployment(
  wanted: Wanted & { what?: string | undefined },
  aws: AgainAws,
): Promise<Prepared> {
  const { service, environment } = named(aws.config, wanted.service, wanted.environment);
  const index = service.environments.indexOf(environment);
  const before = service.environments[index - 1];
  const origin =
    wanted.what === undefined
      ? await lastTried(wanted, aws)
      : before
        ? await deployedIn(wanted.service, before.name, wanted.what, aws)
        : await pushed(service, wanted.what, aws);
  return prepared(wanted, { service, environment }, origin, aws);
}

/** A release of what one environment has deployed last to the one behind it. Throws a `Mistake` that says why not. */
export async function promotion(wanted: Wanted & { from: string }, aws: AgainAws): Promise<Prepared> {
  const { service, environment } = named(aws.config, wanted.service, wanted.environment);
  const source = named(aws.config, wanted.service, wanted.from).environment;
  const before = service.environments[service.environments.indexOf(environment) - 1];
  if (!before)
    throw new Mistake(
      `${environment.name} is the first environment of ${wanted.service}: pushes come there, and nothing is promoted to it`,
    );
  if (before !== source)
    throw new Mistake(
      `${environment.name} gets what ${before.name} has deployed: tidegate promote ${wanted.service} ${before.name} ${environment.name}`,
    );
  const [target] = targetsOf(service, source);
  const { deployed } = await aws.slots.look(target);
  if (!deployed)
    throw new Mistake(`${wanted.service}/${source.name} has deployed nothing yet that could be promoted`);
  const { outcome } = await aws.records.of(deployed.execution);
  if (outcome !== 'Deployed')
    throw new Mistake(`${deployed.execution} is not recorded as Deployed, so nothing vouches for it`);
  const origin = { push: deployed.push, promotedFrom: deployed.execution };
  return prepared(wanted, { service, environment }, origin, aws);
}

/** Starts what was prepared. Throws a `Mistake` where it was started already. */
export async function start({ request, release }: Prepared, aws: AgainAws): Promise<void> {
  const { started } = await startExecution(request, aws);
  if (!started) throw new Mistake(`${release} was started already: look at it, or ask again in a second`);
}

async function prepared(
  { service: name, environment: at, by, reason }: Wanted,
  { service, environment }: { service: Service; environment: Environment },
  { push, promotedFrom }: Origin,
  aws: AgainAws,
): Promise<Prepared> {
  await refuseWhatCannotGo({ name, at, service, environment }, push, aws);
  const now = aws.now();
  const request: ReleaseRequest = {
    ...{ service: name, environment: at },
    // Of its name, so that the same push can be released twice.
    push: {
      ...push,
      eventId: `next${Math.floor(now / 1000)
        .toString(36)
        .slice(-4)}`,
    },
    ...(promotedFrom && { promotedFrom }),
    again: { by: by.slice(0, 300), ...(reason && { reason }), at: now },
  };
  const release = executionName({
    service: name,
    environment: at,
    tag: push.tag,
    eventId: request.push.eventId,
  });
  const execution = aws.states.arnOf(release);
  const link = aws.consoleUrl && aws.consoleUrl + execution;
  return { request, release, execution, link, lastTime: await lastTime(request, aws) };
}

/** What a release would only end NothingToDo for is said before. */
async function refuseWhatCannotGo(
  {
    name,
    at,
    service,
    environment,
  }: { name: string; at: string; service: Service; environment: Environment },
  push: Origin['push'],
  aws: AgainAws,
): Promise<void> {
  const what = `${push.tag} (${shortDigest(push.digest)})`;
  const same = await sameUnderWay({ service: name, environment: at }, push, aws);
  if (same) throw new Mistake(`${same} releases ${what} already: tidegate status ${name} ${at}`);
  const pushedAt = await aws.ecr.pushedAt(push, push.digest);
  if (pushedAt === undefined) throw new Mistake(`${what} is no longer in ECR: push its image again`);
  const targets = targetsOf(service, environment);
  const running = await Promise.all(targets.map((target) => runningImage(aws, target)));
  const [leading] = targets;
  const slot = await aws.slots.look(leading);
  const runs = running.every(({ digest, taskDefinitionArn }, index) => {
    const left = unprovedOf(slot, String(targets[index]?.service), leading.service);
    return digest === push.digest && left?.taskDefinitionArn !== taskDefinitionArn;
  });
  if (runs) throw new Mistake(`${what} runs in ${name}/${at} already: there is nothing to deploy`);
  for (const { digest } of running) {
    const its = digest && (await aws.ecr.pushedAt(push, digest));
    if (its && its > push.pushedAt)
      throw new Mistake(
        `what runs in ${name}/${at} was pushed later than ${what}: to go back to it, tidegate rollback ${name} ${at} ${push.tag} --reason …`,
      );
  }
}

/** The name of a release of the same image that has not ended: two of them would ask people twice. */
async function sameUnderWay(
  place: Pick<Wanted, 'service' | 'environment'>,
  { digest }: Origin['push'],
  aws: AgainAws,
): Promise<string | undefined> {
  const open = await aws.openReleases.of([place]);
  const ofIt = open.filter(
    ([, request]) => releaseRequestSchema.safeParse(request).data?.push.digest === digest,
  );
  if (ofIt.length === 0) return undefined;
  const running = await aws.states.running();
  return ofIt.map(([name]) => name).find((name) => running.has(name));
}

async function lastTried(place: Wanted, aws: AgainAws): Promise<Origin> {
  let found: ReleaseRequest | undefined;
  await eachRelease([place], aws, ({ request, execution }) => {
    if (execution.status === 'RUNNING')
      throw new Mistake(
        `${execution.name} is under way: tidegate status ${place.service} ${place.environment}`,
      );
    if (request.rollback) return true;
    found = request;
    return false;
  });
  if (!found)
    throw new Mistake(
      `nothing was released to ${place.service}/${place.environment} in the last 90 days: name a tag`,
    );
  return found;
}

/** So many releases are looked through. */
const enough = 50;

async function lastTime(request: ReleaseRequest, aws: AgainAws): Promise<string | undefined> {
  let looked = 0;
  let found: string | undefined;
  await eachRelease([request], aws, ({ request: { push }, record: { outcome, reason } }) => {
    const same = push.digest === request.push.digest && outcome !== undefined;
    if (same && outcome !== 'Deployed') found = `${outcome}: ${reason}`;
    looked += 1;
    return !same && looked < enough;
  });
  return found;
}

const isDigest = (what: string) => /^(sha256:)?[\da-f]{12,64}$/.test(what);
const hasDigest = (digest: string, what: string) =>
  digest.startsWith(what.startsWith('sha256:') ? what : `sha256:${what}`);
const matches = ({ tag, digest }: { tag: string; digest: string }, what: string) =>
  tag === what || (isDigest(what) && hasDigest(digest, what));

/** As its push would have asked for it. */
async function pushed(service: Service, what: string, aws: AgainAws): Promise<Origin> {
  const repository = repositoryAt(service, aws.home);
  const found = (await aws.ecr.pushes(repository)).filter((image) => matches(image, what));
  const may = found.find(({ tag }) => deployable(tag, service.tags, service.latest).yes);
  const [any] = found;
  if (may) return { push: { eventId: 'next', ...may } };
  if (!any) throw new Mistake(`there is no image ${what} in ${repository.repository}: push it first`);
  const answer = deployable(any.tag, service.tags, service.latest);
  throw new Mistake(`${any.tag} does not deploy: ${answer.yes ? '' : answer.reason}`);
}

/** What the environment before has deployed: only that may go further. */
async function deployedIn(
  service: string,
  environment: string,
  what: string,
  aws: AgainAws,
): Promise<Origin> {
  let found: Origin | undefined;
  await eachRelease([{ service, environment }], aws, ({ request, record, execution }) => {
    if (record.outcome !== 'Deployed' || !matches(request.push, what)) return true;
    found = { push: request.push, promotedFrom: execution.arn };
    return false;
  });
  if (!found)
    throw new Mistake(
      `${what} was not deployed to ${service}/${environment} in the last 90 days: only what was comes further`,
    );
  return found;
}
