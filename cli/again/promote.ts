/** `tidegate promote`: what one environment has deployed goes on to the next one. */
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { openFor, promotion } from './start.ts';
import { startAndTell, startOptions, startUsage } from './told.ts';

export const promote: Command = {
  summary: 'releases what one environment has deployed to the next one',
  usage: `tidegate promote <service> <from> <to> [options]

Starts a release of the same digest that <from> has deployed last, to <to>, which
must come right behind it: as a release that ends Deployed does by itself. Of use
where that one was stopped, rejected or taken back for a reason that is gone. All
gates hold.

${startUsage}`,
  options: startOptions,
  arguments: ['service', 'environment', 'environment'],
  async run(given) {
    const [service, from, environment, ...others] = given.positionals;
    if (!service || !from || !environment || others.length > 0)
      throw new BadUse(
        'promote needs a service and two environments, such as: tidegate promote my-api staging production',
      );
    const { surroundings, by } = await installation(given.values);
    const aws = openFor(surroundings);
    const { reason } = given.values.own;
    const wanted = { service, from, environment, by, ...(typeof reason === 'string' && { reason }) };
    return startAndTell(await promotion(wanted, aws), aws, given);
  },
};
