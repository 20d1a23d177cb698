/** `tidegate redeploy`: a push is released once more. */
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { openFor, redeployment } from './start.ts';
import { startAndTell, startOptions, startUsage } from './told.ts';

export const redeploy: Command = {
  summary: 'releases once more what was tried there last, or a tag or digest',
  usage: `tidegate redeploy <service> <environment> [<tag>|<digest>] [options]

Starts a release as the push would: after what kept it from being deployed is
gone, such as a missing report or a registry that did not answer. Without a tag
it is the last one that was tried there. All gates hold: scan, approval,
preflight, smoke tests, metrics. In a later environment only what was deployed in
the one before. It never goes back: \`tidegate rollback\` does.

${startUsage}`,
  options: startOptions,
  arguments: ['service', 'environment'],
  async run(given) {
    const [service, environment, what, ...others] = given.positionals;
    if (!service || !environment || others.length > 0)
      throw new BadUse(
        'redeploy needs a service and an environment, such as: tidegate redeploy my-api production v1.4.2',
      );
    const { surroundings, by } = await installation(given.values);
    const aws = openFor(surroundings);
    const { reason } = given.values.own;
    const wanted = { service, environment, what, by, ...(typeof reason === 'string' && { reason }) };
    return startAndTell(await redeployment(wanted, aws), aws, given);
  },
};
