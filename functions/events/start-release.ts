/** An image was pushed: starts a release of it to the first environment of every service that it belongs to. */
import { ContractViolation } from '../../core/errors.ts';
import { parsePush } from '../../core/push/event.ts';
import { type EventHandler, onEvent } from '../event.ts';
import { startExecution } from '../start-execution.ts';

export interface StartedReleases {
  /** Names of the executions that this event started; none where it was delivered before. */
  started: string[];
  ignored?: string;
}

export const startRelease: EventHandler<StartedReleases> = {
  name: 'start-release',
  run: async (event, aws) => {
    const parsed = parsePush(event);
    if ('malformed' in parsed)
      throw new ContractViolation(`this is no push event of ECR: ${parsed.malformed}`);
    if ('ignored' in parsed) return { started: [], ignored: parsed.ignored };

    const { eventId, time, registryId, region, repository, tag, digest } = parsed.push;
    const services = Object.entries(aws.config.services).filter(
      ([, service]) => service.repository === repository,
    );
    if (services.length === 0)
      return { started: [], ignored: `no service of tidegate.config.ts uses the repository ${repository}` };

    const started: string[] = [];
    for (const [service, { environments }] of services) {
      const environment = String(environments[0]?.name);
      const push = { eventId, pushedAt: time, registryId, region, repository, tag, digest };
      const execution = await startExecution({ service, environment, push }, aws);
      if (execution.started) started.push(execution.name);
    }
    return { started };
  },
};

export const handler = onEvent(startRelease);
