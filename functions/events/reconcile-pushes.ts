/** ECR's events are best effort: a schedule compares the newest deployable tag with what runs, and starts what was missed. */

import type { Aws } from '../../aws/open.ts';
import { environmentOf } from '../../core/config.ts';
import { deployable } from '../../core/push/deployable.ts';
import { executionName } from '../../core/push/execution-name.ts';
import { type EventHandler, onEvent } from '../event.ts';
import { runningImage } from '../running-image.ts';

/** An event may still be on its way for this long: only older pushes count as missed. */
const graceMs = 5 * 60_000;

export const reconcilePushes: EventHandler<{ started: string[] }> = {
  name: 'reconcile-pushes',
  run: async (_event, aws) => {
    const started: string[] = [];
    for (const [service, { environments }] of Object.entries(aws.config.services)) {
      const environment = String(environments[0]?.name);
      const name = await startMissed(service, environment, aws);
      if (name) started.push(name);
    }
    return { started };
  },
};

async function startMissed(name: string, environmentName: string, aws: Aws): Promise<string | undefined> {
  const { service, environment } = environmentOf(aws.config, name, environmentName);
  const { cluster, service: ecsService } = environment;
  const { digest: running } = await runningImage(aws, {
    cluster,
    service: ecsService,
    container: service.container,
  });
  const pushes = await aws.ecr.pushes(service.repository);
  const newest = pushes
    .filter(({ tag }) => deployable(tag, service.tags).yes)
    .sort((one, other) => other.pushedAt - one.pushedAt)[0];
  if (!newest || newest.digest === running || aws.now() - newest.pushedAt < graceMs) return undefined;
  const seen = { service: name, environment: environmentName, digest: newest.digest };
  if (await aws.pushes.seen(seen)) return undefined;
  const runningPush = pushes.find(({ digest }) => digest === running);
  if (runningPush && runningPush.pushedAt >= newest.pushedAt) return undefined;

  // The same for every run of the schedule, so a missed push is started once.
  const eventId = `late${newest.digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
  const execution = executionName({ service: name, environment: environmentName, tag: newest.tag, eventId });
  const started = await aws.states.start(execution, {
    service: name,
    environment: environmentName,
    push: { eventId, ...newest },
  });
  await aws.pushes.see(seen, execution);
  return started ? execution : undefined;
}

export const handler = onEvent(reconcilePushes);
