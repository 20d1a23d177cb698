/** An image was pushed: starts a release of it to the first environment of every service that it belongs to. */
import { openReleases } from '../../aws/open-releases.ts';
import { pushes } from '../../aws/pushes.ts';
import { states } from '../../aws/states.ts';
import { ContractViolation } from '../../core/errors.ts';
import { repositoryAt } from '../../core/place.ts';
import { parsePush } from '../../core/push/event.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { startExecution } from '../start-execution.ts';

export interface StartedReleases {
  /** Names of the executions that this event started; none where it was delivered before. */
  started: string[];
  ignored?: string;
}

export const startRelease = defineEventHandler({
  name: 'start-release',
  uses: { openReleases, pushes, states },
  run: async (event, aws): Promise<StartedReleases> => {
    const parsed = parsePush(event);
    if ('malformed' in parsed)
      throw new ContractViolation(`this is no push event of ECR: ${parsed.malformed}`);
    if ('ignored' in parsed) return { started: [], ignored: parsed.ignored };

    const { eventId, time, registryId, region, repository, tag, digest } = parsed.push;
    const services = Object.entries(aws.config.services).filter(([, service]) => {
      const its = repositoryAt(service, aws.home);
      return its.repository === repository && its.registryId === registryId && its.region === region;
    });
    if (services.length === 0) {
      const where = `${registryId}.dkr.ecr.${region}.amazonaws.com/${repository}`;
      return { started: [], ignored: `no service of tidegate.config.ts uses the repository ${where}` };
    }

    const started: string[] = [];
    for (const [service, { environments }] of services) {
      const environment = String(environments[0]?.name);
      const push = { eventId, pushedAt: time, registryId, region, repository, tag, digest };
      const execution = await startExecution({ service, environment, push }, aws);
      if (execution.started) started.push(execution.name);
    }
    return { started };
  },
});

export const handler = onEvent(startRelease);
