/** Finds an earlier release of an environment, and starts a release of it: for the command line, and for Slack. */
import { ecr } from '../aws/ecr.ts';
import { ecs } from '../aws/ecs.ts';
import type { Surroundings } from '../aws/means.ts';
import { type Opened, openAws } from '../aws/open.ts';
import { openReleases } from '../aws/open-releases.ts';
import { pushes } from '../aws/pushes.ts';
import { records } from '../aws/records.ts';
import { slots } from '../aws/slots.ts';
import { states } from '../aws/states.ts';
import { type Deployed, earlierRelease, type Running } from '../core/earlier-release.ts';
import { shortDigest } from '../core/image.ts';
import { Mistake } from '../core/mistake.ts';
import { named } from '../core/named.ts';
import { executionName } from '../core/push/execution-name.ts';
import type { ReleaseRecord } from '../core/record.ts';
import { type ReleaseRequest, type Target, targetOf } from '../core/release.ts';
import { waitingIn } from '../core/slot.ts';
import { runningImage } from './running-image.ts';
import { startExecution } from './start-execution.ts';
import { nameIn, prefixOf } from './status/find-releases.ts';

export interface WantedRollback {
  service: string;
  environment: string;
  /** The last release of it; without both, the last push before what runs. */
  tag?: string | undefined;
  /** The ARN or the name of the execution that deployed it. */
  to?: string | undefined;
  by: string;
  reason: string;
  /** Everything but starting it. */
  dryRun?: boolean | undefined;
}

export interface StartedRollback {
  /** ARN of the execution. */
  execution: string;
  link: string | undefined;
  request: ReleaseRequest;
  /** What runs now. */
  from: string | undefined;
}

export interface PreparedRollback extends StartedRollback {
  /** The release that is gone back to. */
  to: Deployed;
}

export const rollbackUses = { ecr, ecs, openReleases, pushes, records, slots, states };
export type RollbackAws = Opened<typeof rollbackUses>;
export const openFor = (surroundings: Surroundings): RollbackAws => openAws(surroundings, rollbackUses);

/** Throws a `Mistake` that says why not. */
export async function goBack(wanted: WantedRollback, aws: RollbackAws): Promise<StartedRollback> {
  const { to: _, ...rollback } = await prepareRollback(wanted, aws);
  const { execution, request } = rollback;
  const started = wanted.dryRun || (await startExecution(request, aws)).started;
  if (!started)
    throw new Mistake(`${nameIn(execution)} was started already: look at it, or ask again in a second`);
  return rollback;
}

/** Looks only. Throws a `Mistake` that says why not. */
export async function prepareRollback(
  wanted: Omit<WantedRollback, 'dryRun'>,
  aws: RollbackAws,
): Promise<PreparedRollback> {
  const { service, environment } = named(aws.config, wanted.service, wanted.environment);
  const target = targetOf(service, environment);
  const running = await whatRuns(target, service.repository, aws);
  const to = await chosen(wanted, running, aws);
  const { push } = to.request;
  if ((await aws.ecr.pushedAt(push, push.digest)) === undefined)
    throw new Mistake(
      `${push.tag} (${shortDigest(push.digest)}) is no longer in ECR: push its image again, or go back to another release`,
    );
  const requestedAt = await laterThanAll(target, aws);
  const request: ReleaseRequest = {
    ...{ service: wanted.service, environment: wanted.environment },
    // Of its name, so that two rollbacks to one release are two executions.
    push: {
      ...push,
      eventId: `back${Math.floor(requestedAt / 1000)
        .toString(36)
        .slice(-4)}`,
    },
    rollback: {
      by: wanted.by.slice(0, 300),
      reason: wanted.reason.slice(0, 500),
      requestedAt,
      to: to.execution,
    },
  };
  const { tag, eventId } = request.push;
  const name = executionName({ service: wanted.service, environment: wanted.environment, tag, eventId });
  const execution = aws.states.arnOf(name);
  const link = aws.consoleUrl && aws.consoleUrl + execution;
  return { execution, link, request, from: running.digest, to };
}

async function whatRuns(target: Target, repository: string, aws: RollbackAws): Promise<Running> {
  const { digest } = await runningImage(aws, target);
  const { deployed } = await aws.slots.look(target);
  if (digest === undefined) return { digest, pushedAt: undefined };
  if (deployed?.push.digest === digest) return { digest, pushedAt: deployed.push.pushedAt };
  const where = deployed?.push ?? { registryId: aws.home.account, region: aws.home.region, repository };
  return { digest, pushedAt: await aws.ecr.pushedAt(where, digest) };
}

async function chosen(wanted: WantedRollback, running: Running, aws: RollbackAws): Promise<Deployed> {
  const { service, environment, tag, to } = wanted;
  const where = `${service}/${environment}`;
  if (to !== undefined) {
    const arn = to.startsWith('arn:') ? to : aws.states.arnOf(to);
    const record = await aws.records.of(arn);
    const release = deployedTo(wanted, record);
    if (!release)
      throw new Mistake(
        record.outcome
          ? `${to} ended ${record.outcome} in ${record.request?.service}/${record.request?.environment}: only what was Deployed to ${where} can be gone back to`
          : `there is no record of an execution ${to}`,
      );
    if (release.request.push.digest === running.digest) throw new Mistake(`${to} runs already`);
    return release;
  }
  const choice = earlierRelease(await allDeployed(wanted, running, aws), running, tag);
  if ('release' in choice) return choice.release;
  const older = 'a release of more than 90 days ago is named by --to <execution>, as its record has it';
  throw new Mistake(`${where}: ${choice.refused}${choice.unknown ? `\n${older}` : ''}`);
}

const deployedTo = (
  { service, environment }: Pick<WantedRollback, 'service' | 'environment'>,
  { execution, request, outcome, endedAt = 0 }: ReleaseRecord,
): Deployed | undefined =>
  outcome === 'Deployed' && request?.service === service && request.environment === environment
    ? { execution, request, endedAt }
    : undefined;

/** Records that are read at a time, and how many releases are enough to choose from. */
const together = 20;
const enough = 50;

/** The last releases, as far back as what is looked for. */
async function allDeployed(
  wanted: WantedRollback,
  running: Running,
  { records, states }: RollbackAws,
): Promise<Deployed[]> {
  const found: Deployed[] = [];
  const prefix = prefixOf(wanted);
  for await (const page of states.succeeded()) {
    const names = page.filter((name) => name.startsWith(prefix));
    for (let from = 0; from < names.length; from += together) {
      const arns = names.slice(from, from + together).map(states.arnOf);
      const read = await Promise.all(arns.map((arn) => records.of(arn)));
      found.push(...read.flatMap((record) => deployedTo(wanted, record) ?? []));
      if ('release' in earlierRelease(found, running, wanted.tag) || found.length >= enough) return found;
    }
  }
  return found;
}

/** This machine's clock may be behind that of ECR: what is known by now is older all the same. */
async function laterThanAll(target: Target, { now, slots }: RollbackAws): Promise<number> {
  const slot = await slots.look(target);
  const known = [slot.holder, ...waitingIn(slot), slot.deployed].flatMap((one) => one?.pushedAt ?? []);
  return Math.max(now(), ...known.map((at) => at + 1));
}
