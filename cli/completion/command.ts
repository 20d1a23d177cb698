/** `tidegate completion`: what a shell needs to complete its commands. */
import type { Command } from '../command.ts';
import { configFrom } from '../config-file.ts';
import { BadUse } from '../mistake.ts';
import { placesOf } from '../places.ts';
import { type Commands, type Shell, script, shells } from './scripts.ts';

/** `commands` are asked for when it runs: it is one of them. */
export const completion = (commands: () => Promise<Commands>, common: Command['options']): Command => ({
  summary: 'what a shell needs to complete these commands: bash, zsh or fish',
  usage: `tidegate completion bash|zsh|fish

Prints it. For bash, in ~/.bashrc:   eval "$(tidegate completion bash)"
For zsh, in ~/.zshrc:                eval "$(tidegate completion zsh)"
For fish, in config.fish:            tidegate completion fish | source

Names of services and environments are those of the configuration in the folder
that one is in. \`tidegate completion names [<service>]\` lists them.

Exit code:
  0 said
  2 bad use`,
  options: {},
  arguments: ['shell'],
  async run({ positionals, values, screen }) {
    const [shell = '', service] = positionals;
    if (shell === 'names') {
      const config = await configFrom(values.config);
      const places = placesOf(config, service);
      const found = places.map((place) => (service === undefined ? place.service : place.environment));
      for (const name of new Set(found)) screen.say(name);
      return 0;
    }
    if (!shells.includes(shell as Shell) || service !== undefined)
      throw new BadUse(`completion needs one of ${shells.join(', ')}`);
    screen.say(script(shell as Shell, await commands(), common).trimEnd());
    return 0;
  },
});
