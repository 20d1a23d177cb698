/** `tidegate plan`: what a release would change and go through, without one. */

import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { type Foresight, look } from './look.ts';
import { told } from './told.ts';

const codes: Record<Foresight['would'], number> = {
  deploy: 0,
  'do nothing': 0,
  'be rejected': 1,
  'be superseded': 1,
  wait: 1,
};

export const plan: Command = {
  summary: 'what a release of a tag would change and go through; changes nothing',
  usage: `tidegate plan <service> <environment> <tag> [options]

Asks AWS by the very code of the release, and says: the exact difference of the
task definition (values of environment variables and secrets are hidden), every
reason not to deploy, the verdict on the scan report, whether the slot is free,
which way back there is, and what would happen, state by state. Changes nothing.

Exit code:
  0 it would be deployed, or there is nothing to do
  1 it would not; of a tag that does not deploy: not under another one either
  2 bad use
  3 AWS could not be asked`,
  options: {},
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, tag, ...others] = positionals;
    if (!service || !environment || !tag || others.length > 0)
      throw new BadUse(
        'plan needs a service, an environment and a tag, such as: tidegate plan my-api production v1.4.2',
      );
    const { surroundings } = await installation(values);
    const seen = await look({ service, environment, tag }, surroundings);
    if (values.json) screen.say(JSON.stringify(seen, null, 2));
    else told(seen, surroundings.now(), screen);
    // Asked before the push that releases, it says what that would come to.
    return codes[seen.underAnotherTag ?? seen.would];
  },
};
