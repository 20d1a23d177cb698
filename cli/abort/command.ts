/** `tidegate abort`: a release under way is stopped, and never left half done. */

import { openFor, stop } from '../../functions/stop-release.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { reasonIn } from '../reason.ts';
import { untilEnded } from '../until-ended.ts';

export const abort: Command = {
  summary: 'stops a release under way: it ends, or is taken back',
  usage: `tidegate abort <release> --reason <text> [options]
       tidegate abort <service> <environment> --reason <text> [options]

A release is named by its execution, as \`tidegate status\` says it, or by an
environment where one is under way. Before anything is changed it ends Rejected;
later it is taken back as one that failed, and ends RolledBack. A release task,
such as a migration, is let finish first. The state machine does it itself: no
execution is stopped from outside.

  --reason <text>  why; kept with who asks, and told in Slack
  --wait           stay until it has ended, and answer by the exit code
  --dry-run        say what would become of it, and leave it alone

Exit code:
  0 it is being stopped; with --wait: it ended, and is not deployed
  1 with --wait: it was deployed before it could be stopped, or needs a human
  2 bad use, or nothing of that name is under way
  3 AWS could not be asked`,
  options: {
    reason: { type: 'string' },
    wait: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    if (positionals.length < 1 || positionals.length > 2)
      throw new BadUse(
        'abort needs a release, or a service and an environment: tidegate abort my-api production --reason "wrong branch"',
      );
    const reason = reasonIn(values.own.reason, 'wrong branch');
    const dryRun = values.own['dry-run'] === true;
    const { surroundings, by } = await installation(values);
    const aws = openFor(surroundings);
    const stopped = await stop({ words: positionals, by, reason, dryRun }, aws);
    if (!values.json) {
      const { release, state, becomes, later } = stopped;
      const would = { ends: 'would end', 'is taken back': 'would be taken back' }[becomes];
      screen.tell('', `${release} (in ${state}) ${dryRun ? would : becomes}.`);
      if (later)
        screen.tell(
          '  ',
          `It could not be woken and finds out at its next look, within 15 minutes: ${later}`,
          2,
        );
    }
    const ended = values.own.wait && !dryRun ? await untilEnded(stopped.execution, aws) : undefined;
    if (values.json) screen.say(JSON.stringify({ ...stopped, stopped: !dryRun, ...ended }, null, 2));
    else if (ended) screen.tell('  ended  ', `${ended.outcome}: ${ended.reason}`, 9);
    const failed = ended && ['Deployed', 'NeedsHuman'].includes(ended.outcome);
    return failed ? 1 : 0;
  },
};
