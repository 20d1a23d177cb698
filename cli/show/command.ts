/** `tidegate show`: everything that is known of one release. */
import { spoken } from '../../core/duration.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import type { Terminal } from '../terminal.ts';
import { executionOf, lookAt, openFor, type ShowAws, type ShownRelease } from './look.ts';
import { told } from './told.ts';

export const show: Command = {
  summary: 'the whole story of one release, while it runs and afterwards',
  usage: `tidegate show <release> [options]
       tidegate show <service> <environment> [options]

A release is named by its execution, as \`tidegate releases\` lists them, or by an
environment: then it is the last one there. Says how it ended and why, each
state with its time and what it found, the commit, who approved, what blocks and
what to upgrade, what the metrics said, why tasks failed and their last lines.
Changes nothing.

  --follow  stay, and say each state as it comes, until it has ended

Exit code:
  0 said
  2 bad use, or there is no such release
  3 AWS could not be asked`,
  options: { follow: { type: 'boolean', default: false } },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    if (positionals.length < 1 || positionals.length > 2)
      throw new BadUse(
        'show needs a release, or a service and an environment: tidegate show my-api production',
      );
    const { surroundings } = await installation(values);
    const aws = openFor(surroundings);
    const execution = await executionOf(positionals, aws);
    let seen = await lookAt(execution, aws);
    if (values.own.follow && seen.outcome === 'Running')
      seen = await follow(execution, values.json ? undefined : screen, aws);
    if (values.json) screen.say(JSON.stringify(seen, null, 2));
    else told(seen, aws.now(), screen);
    return 0;
  },
};

const everySeconds = 2;

/** Tells each state once it has been left, and the one that it is in. Answers how it was in the end. */
async function follow(execution: string, screen: Terminal | undefined, aws: ShowAws): Promise<ShownRelease> {
  const said = new Set<string>();
  for (;;) {
    const seen = await lookAt(execution, aws);
    const { states, startedAt = 0 } = seen;
    for (const { state, at, until, said: sentence = '' } of states) {
      const key = `${state} ${at} ${until === undefined ? '…' : 'left'}`;
      if (said.has(key)) continue;
      said.add(key);
      const after = `  ${spoken(Math.max(0, at - startedAt) / 1000)}`.padEnd(14);
      screen?.tell(`${after}${state.padEnd(24)}`, until === undefined ? '…' : sentence, 38);
    }
    if (seen.outcome !== 'Running') {
      screen?.say();
      return seen;
    }
    await aws.wait(everySeconds * 1000);
  }
}
