/** `tidegate pause` and `resume`: nothing new is deployed to an environment for a while. */
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { reasonIn } from '../reason.ts';
import type { Terminal } from '../terminal.ts';
import { type Changed, openFor, pause as pauseThere, resume as resumeThere } from './change.ts';

const exitCodes = `Exit code:
  0 done
  2 bad use
  3 AWS could not be asked`;

const options = {
  reason: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

export const pause: Command = {
  summary: 'lets nothing new be deployed to an environment until it is resumed',
  usage: `tidegate pause <service> <environment> --reason <text> [options]

Releases go as far as the slot and wait there, by their environment's \`queue\`:
the newest one, all in a line, or none (those end Rejected with the reason). One
that has the slot goes on: \`tidegate abort\` stops it. Rollbacks go all the same.
A release waits for at most a week.

  --reason <text>  why; shown to everybody who asks, and told in Slack
  --dry-run        say what would wait, and pause nothing

${exitCodes}`,
  options,
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const { service, environment } = placeIn(positionals, 'pause');
    const reason = reasonIn(values.own.reason, 'sale until Monday');
    const dryRun = values.own['dry-run'] === true;
    const { surroundings, by } = await installation(values);
    const changed = await pauseThere({ service, environment, by, reason, dryRun }, openFor(surroundings));
    if (values.json) screen.say(JSON.stringify({ ...changed, changed: !dryRun }, null, 2));
    else {
      const { was, goesOn, waiting } = changed;
      screen.tell('', `${service} in ${environment} ${dryRun ? 'would be' : 'is'} paused: ${reason}`);
      if (was) screen.tell('  before   ', `paused by ${was.by}: ${was.reason}`, 11);
      if (goesOn) screen.tell('  goes on  ', `${goesOn}, which has the slot`, 11);
      for (const release of waiting) screen.tell('  waits    ', release, 11);
      tellUntold(changed, screen);
    }
    return 0;
  },
};

export const resume: Command = {
  summary: 'ends a pause: whoever waits goes on',
  usage: `tidegate resume <service> <environment> [--reason <text>] [options]

  --reason <text>  why; told in Slack
  --dry-run        say what would go on, and resume nothing

${exitCodes}`,
  options,
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const { service, environment } = placeIn(positionals, 'resume');
    const reason = typeof values.own.reason === 'string' ? values.own.reason.trim().slice(0, 500) : '';
    const dryRun = values.own['dry-run'] === true;
    const { surroundings, by } = await installation(values);
    const changed = await resumeThere({ service, environment, by, reason, dryRun }, openFor(surroundings));
    if (values.json) screen.say(JSON.stringify({ ...changed, changed: !dryRun }, null, 2));
    else {
      const { was, waiting } = changed;
      screen.tell('', `${service} in ${environment} ${dryRun ? 'would go' : 'goes'} on.`);
      if (was) screen.tell('  before   ', `paused by ${was.by}: ${was.reason}`, 11);
      for (const release of waiting) screen.tell('  waited   ', release, 11);
      tellUntold(changed, screen);
    }
    return 0;
  },
};

function placeIn([service, environment, ...others]: string[], command: string) {
  if (!service || !environment || others.length > 0)
    throw new BadUse(
      `${command} needs a service and an environment, such as: tidegate ${command} my-api production`,
    );
  return { service, environment };
}

function tellUntold({ untold }: Changed, { tell, paint }: Terminal): void {
  if (untold) tell(`  ${paint('yellow', '!')} `, `Slack was not told: ${untold}`, 4);
}
