/** Finds what events did not tell: releases that ended unseen, promotions and pushes that never became releases. */
import type { Aws } from '../../aws/open.ts';
import { environmentOf } from '../../core/config.ts';
import { deployable } from '../../core/push/deployable.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import { cleanUp } from '../clean-up.ts';
import { type EventHandler, onEvent } from '../event.ts';
import { runningImage } from '../running-image.ts';
import { startExecution, startMissed } from '../start-execution.ts';

/** An event may still be on its way for this long: only older pushes count as missed. */
const graceMs = 5 * 60_000;

/** Whom we could not tell by then is not told any more: dead letters and alarms have said so for as long. */
const giveUpMs = 2 * 86_400_000;

export const reconcilePushes: EventHandler<{ started: string[] }> = {
  name: 'reconcile-pushes',
  run: async (_event, aws) => {
    const started: string[] = [];
    const failures: Error[] = [];
    // What cannot be done for one release or service keeps no other from being looked after.
    const attempt = (what: string, work: Promise<unknown>) =>
      work.catch(
        (error: Error) => void failures.push(new Error(`${what}: ${error.message}`, { cause: error })),
      );
    for (const [service, { environments }] of Object.entries(aws.config.services)) {
      for (const [index, { name: environment }] of environments.entries()) {
        const where = `${service}/${environment}`;
        const look = async () => {
          const open = await aws.openReleases.of({ service, environment });
          for (const [name, request] of open) await attempt(name, endOpen(name, request, aws));
          const before = environments[index - 1]?.name;
          const missed = before
            ? await missedPromotion(service, before, environment, aws)
            : await missedPush(service, environment, aws);
          if (missed) started.push((await (before ? startExecution : startMissed)(missed, aws)).name);
        };
        await attempt(where, look());
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
    return { started };
  },
};

/** Cleans up behind a release whose end was not seen, or starts one that was never started. */
async function endOpen(name: string, request: ReleaseRequest, aws: Aws): Promise<void> {
  const execution = await aws.states.look(name);
  if (!execution) await startExecution(request, aws);
  if (!execution || execution.status === 'RUNNING') return;
  const old = aws.now() - request.push.pushedAt > giveUpMs;
  await cleanUp(aws.states.arnOf(name), request, execution, aws).catch((error) => {
    if (!old) throw error;
  });
  await aws.openReleases.close(request, [name]);
}

/** What the environment before deployed last, where this one has never heard of it. */
async function missedPromotion(
  service: string,
  before: string,
  environment: string,
  aws: Aws,
): Promise<ReleaseRequest | undefined> {
  const { deployed } = await aws.slots.look(environmentOf(aws.config, service, before).environment);
  if (!deployed) return undefined;
  const { push, execution } = deployed;
  if (await aws.pushes.seen({ service, environment, digest: push.digest })) return undefined;
  return { service, environment, push, promotedFrom: execution };
}

/** The newest deployable push, where it is newer than what runs and no event told of it. */
async function missedPush(
  name: string,
  environmentName: string,
  aws: Aws,
): Promise<ReleaseRequest | undefined> {
  const { service, environment } = environmentOf(aws.config, name, environmentName);
  const pushes = await aws.ecr.pushes(service.repository);
  const newest = pushes
    .filter(({ tag }) => deployable(tag, service.tags).yes)
    .sort((one, other) => other.pushedAt - one.pushedAt)[0];
  if (!newest || aws.now() - newest.pushedAt < graceMs) return undefined;
  const seen = { service: name, environment: environmentName, digest: newest.digest };
  // Nearly always: nothing else need be asked.
  if (await aws.pushes.seen(seen)) return undefined;
  const target = { cluster: environment.cluster, service: environment.service, container: service.container };
  const { digest: running } = await runningImage(aws, target);
  if (newest.digest === running) return undefined;
  const runningPush = pushes.find(({ digest }) => digest === running);
  if (runningPush && runningPush.pushedAt >= newest.pushedAt) return undefined;

  // The same for every run of the schedule, so a missed push is started once.
  const eventId = `late${newest.digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
  return { service: name, environment: environmentName, push: { eventId, ...newest } };
}

export const handler = onEvent(reconcilePushes);
