/** `tidegate status`: what runs where, who has the slot, and what is on its way. */

import { lookAtAll, openFor } from '../../functions/status/look.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { placesOf } from '../places.ts';
import { watching } from '../watching.ts';
import { told } from './told.ts';

export const status: Command = {
  summary: 'what runs where, who has the slot and who waits, what is under way',
  usage: `tidegate status [<service> [<environment>]] [options]

Of each environment: the version that runs, with its digest and commit and since
when; whether it is paused; which release has the slot and which wait behind
whom; the state that each release under way is in and for how long; how much of
the traffic a canary has; which approval is waited for; how the last one ended.
Changes nothing.

  --watch   look again every few seconds until it is stopped by Ctrl-C

Exit code:
  0 said
  2 bad use
  3 AWS could not be asked`,
  options: { watch: { type: 'boolean', default: false } },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, ...others] = positionals;
    if (others.length > 0)
      throw new BadUse(
        'status takes a service and an environment, such as: tidegate status my-api production',
      );
    const { surroundings } = await installation(values);
    const aws = openFor(surroundings);
    const places = placesOf(aws.config, service, environment);
    const look = () => lookAtAll(places, aws);
    const tell = (seen: Awaited<ReturnType<typeof look>>) => {
      if (values.json) screen.say(JSON.stringify(seen, null, values.own.watch ? 0 : 2));
      else told(seen, aws.now(), screen);
    };
    if (values.own.watch) await watching(look, tell, { screen, wait: aws.wait, json: values.json });
    else tell(await look());
    return 0;
  },
};
