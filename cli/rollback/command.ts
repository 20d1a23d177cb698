/** `tidegate rollback`: deploys an earlier release again, through the same flow. */

import { shortDigest } from '../../core/image.ts';
import { goBack, openFor, type StartedRollback } from '../../functions/go-back.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { reasonIn } from '../reason.ts';
import type { Terminal } from '../terminal.ts';
import { untilEnded } from '../until-ended.ts';

export const rollback: Command = {
  summary: 'deploys an earlier release again, through the same flow',
  usage: `tidegate rollback <service> <environment> [<tag>] --reason <text> [options]

Starts a release of what was deployed there before: without a tag, the last push
before what runs. It takes the slot, is planned, deployed, tested, measured and
taken back as any other, with these differences: its image is not judged by the
scan gate again, nobody is asked to approve it, its release task (such as a
migration) is not run again, it goes before every push until now, and it is not
promoted. A push after it deploys as usual.

  --reason <text>   why; kept in the record with who asks, and told in Slack
  --to <execution>  to the release that this execution deployed, however long
                    ago
  --wait            stay until it has ended, and answer by the exit code
  --dry-run         say what would be gone back to, and start nothing

Exit code:
  0 it was started, and with --wait deployed
  1 with --wait: it was not
  2 bad use, or there is nothing to go back to
  3 AWS could not be asked`,
  options: {
    reason: { type: 'string' },
    to: { type: 'string' },
    wait: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, tag, ...others] = positionals;
    const { reason, to, wait } = values.own;
    if (!service || !environment || others.length > 0)
      throw new BadUse(
        'rollback needs a service and an environment, such as: tidegate rollback my-api production --reason "checkout fails"',
      );
    const why = reasonIn(reason, 'checkout fails');
    if (tag !== undefined && to !== undefined) throw new BadUse('a tag and --to exclude each other');
    const { surroundings, by } = await installation(values);
    const aws = openFor(surroundings);
    const wanted = { service, environment, tag, by, reason: why };
    const dryRun = values.own['dry-run'] === true;
    const started = await goBack({ ...wanted, dryRun, ...(typeof to === 'string' && { to }) }, aws);
    if (!values.json) sayStarted(started, { ...wanted, dryRun }, screen);
    const ended = wait && !dryRun ? await untilEnded(started.execution, aws) : undefined;
    if (values.json) screen.say(JSON.stringify({ ...started, ...ended }, null, 2));
    else if (ended) {
      const colour = ended.outcome === 'Deployed' ? 'green' : 'red';
      screen.tell('  ended    ', `${ended.outcome}: ${ended.reason}`, 11, colour);
    }
    return ended === undefined || ended.outcome === 'Deployed' ? 0 : 1;
  },
};

/** Before it is waited for: where to watch it is of use meanwhile. */
function sayStarted(
  { request, link, execution, from }: StartedRollback,
  { service, environment, by, dryRun }: { service: string; environment: string; by: string; dryRun: boolean },
  screen: Terminal,
) {
  const { tag, digest } = request.push;
  const left = from ? ` from ${shortDigest(from)}` : '';
  screen.tell(
    '',
    `${service} in ${environment} ${dryRun ? 'would go' : 'goes'} back to ${screen.paint('bold', tag)} (${shortDigest(digest)})${left}.`,
  );
  screen.tell('  by       ', by, 11);
  if (dryRun) return;
  screen.tell('  release  ', execution.slice(execution.lastIndexOf(':') + 1), 11);
  if (link) screen.tell('  watch    ', link, 11);
}
