/** What redeploy and promote have in common: telling what is started, and how it ended. */
import { shortDigest } from '../../core/image.ts';
import type { Given } from '../command.ts';
import { untilEnded } from '../until-ended.ts';
import { type AgainAws, type Prepared, start } from './start.ts';

export const startOptions = {
  reason: { type: 'string' },
  wait: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

export const startUsage = `  --reason <text>  why; kept in the record with who asks
  --wait           stay until it has ended, and answer by the exit code
  --dry-run        say what would be started, and start nothing

Exit code:
  0 it was started, and with --wait deployed
  1 with --wait: it was not
  2 bad use, or there is nothing to deploy
  3 AWS could not be asked`;

/** Answers the exit code. */
export async function startAndTell(
  prepared: Prepared,
  aws: AgainAws,
  { values, screen }: Given,
): Promise<number> {
  const { request, release, execution, link, lastTime } = prepared;
  const { service, environment, push, promotedFrom } = request;
  const dryRun = values.own['dry-run'] === true;
  if (!dryRun) await start(prepared, aws);
  if (!values.json) {
    const what = `${service} ${screen.paint('bold', push.tag)} (${shortDigest(push.digest)})`;
    screen.tell('', `${what} ${dryRun ? 'would be' : 'is'} released to ${environment}.`);
    if (promotedFrom) screen.tell('  from     ', promotedFrom.slice(promotedFrom.lastIndexOf(':') + 1), 11);
    screen.tell('  by       ', String(request.again?.by), 11);
    if (lastTime) screen.tell('  last time ', lastTime, 11, 'yellow');
    if (!dryRun) screen.tell('  release  ', release, 11);
    if (!dryRun && link) screen.tell('  watch    ', link, 11);
    if (dryRun)
      screen.tell('  ', `What it would meet: tidegate plan ${service} ${environment} ${push.tag}`, 2);
  }
  const ended = values.own.wait && !dryRun ? await untilEnded(execution, aws) : undefined;
  if (values.json) screen.say(JSON.stringify({ ...prepared, started: !dryRun, ...ended }, null, 2));
  else if (ended)
    screen.tell(
      '  ended    ',
      `${ended.outcome}: ${ended.reason}`,
      11,
      ended.outcome === 'Deployed' ? 'green' : 'red',
    );
  return ended === undefined || ended.outcome === 'Deployed' ? 0 : 1;
}
