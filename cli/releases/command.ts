/** `tidegate releases`: the last releases, and how they ended. */
import { spoken } from '../../core/duration.ts';
import { shortDigest } from '../../core/image.ts';
import type { Outcome } from '../../core/release.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { placesOf } from '../places.ts';
import { colourOf } from '../status/told.ts';
import { tellTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import { type ListedRelease, listReleases, openFor } from './look.ts';

const usual = 20;
const most = 500;

export const releases: Command = {
  summary: 'the last releases, and how they ended',
  usage: `tidegate releases [<service> [<environment>]] [--limit <number>] [options]

The newest first: when it started, what went where, how it ended and why, how
long it took, and the name that \`tidegate show\` takes. As far back as Step
Functions remembers: 90 days. Changes nothing.

  --limit <number>  so many (${usual}; at most ${most})

Exit code:
  0 said
  2 bad use
  3 AWS could not be asked`,
  options: { limit: { type: 'string', default: String(usual) } },
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, ...others] = positionals;
    const limit = Number(values.own.limit);
    if (others.length > 0)
      throw new BadUse(
        'releases takes a service and an environment, such as: tidegate releases my-api production',
      );
    if (!Number.isInteger(limit) || limit < 1 || limit > most)
      throw new BadUse(`--limit is a number from 1 to ${most}`);
    const { surroundings } = await installation(values);
    const aws = openFor(surroundings);
    const found = await listReleases(placesOf(aws.config, service, environment), limit, aws);
    if (values.json) screen.say(JSON.stringify(found, null, 2));
    else if (found.length === 0) screen.say('No release was started there in the last 90 days.');
    else told(found, aws.now(), screen);
    return 0;
  },
};

function told(found: readonly ListedRelease[], now: number, screen: Terminal): void {
  const { paint } = screen;
  const rows = found.map((release) => {
    const { service, environment, tag, digest, outcome, startedAt, endedAt, askedBy, reason } = release;
    const colour = colourOf[outcome as Outcome] ?? 'cyan';
    return [
      moment(startedAt, now),
      service,
      environment,
      tag,
      shortDigest(digest),
      paint(colour, outcome),
      spoken(Math.max(0, (endedAt ?? now) - startedAt) / 1000),
      release.release,
      [askedBy && `by ${askedBy}`, reason].filter(Boolean).join(': '),
    ];
  });
  const head = ['started', 'service', 'environment', 'tag', 'digest', 'outcome', 'took', 'release'];
  // Reasons are long, and `show` has them whole: one that fits is told beside.
  tellTable(
    [...head, 'why'],
    rows.map((row) => row.map((text, index) => (index === 8 ? short(text) : text))),
    screen,
  );
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
