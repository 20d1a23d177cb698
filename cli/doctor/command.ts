/** `tidegate doctor`: is everything there that releases need? */
import type { Finding } from '../../core/doctor.ts';
import type { Command } from '../command.ts';
import { installation } from '../installation.ts';
import { BadUse } from '../mistake.ts';
import { placesOf } from '../places.ts';
import type { Terminal } from '../terminal.ts';
import { examine, openFor } from './examine.ts';

export const doctor: Command = {
  summary: 'checks an installation and its ECS services, and says how to mend what is wrong',
  usage: `tidegate doctor [<service> [<environment>]] [options]

Looks, with your own credentials: is Tidegate installed there, does its
repository exist and are its tags immutable, does Slack take the token, is each
ECS service there and as the configuration says (cluster, family, container,
roles, log group, strategy, circuit breaker, grace period), has CloudWatch the
figures that releases are judged by, has what runs a scan report. Changes nothing.

Exit code:
  0 nothing found
  1 something keeps releases from working (broken), or makes them less safe than
    they could be (risky)
  2 bad use
  3 AWS could not be asked`,
  options: {},
  arguments: ['service', 'environment'],
  async run({ positionals, values, screen }) {
    const [service, environment, ...others] = positionals;
    if (others.length > 0)
      throw new BadUse('doctor takes a service and an environment, such as: tidegate doctor my-api');
    const { surroundings, where } = await installation(values);
    const aws = openFor(surroundings);
    const places = placesOf(aws.config, service, environment);
    const { SLACK_TOKEN_PARAMETER: token, SLACK_SIGNING_SECRET_PARAMETER } = surroundings.environment;
    const signingSecret =
      SLACK_SIGNING_SECRET_PARAMETER ?? token?.replace(/slack-token$/, 'slack-signing-secret');
    const findings = await examine(places, aws, { signingSecret });
    if (values.json) screen.say(JSON.stringify({ where, looked: places, findings }, null, 2));
    else told(findings, places.length, where, screen);
    return findings.length > 0 ? 1 : 0;
  },
};

function told(findings: readonly Finding[], places: number, where: string, screen: Terminal): void {
  const { say, tell, paint } = screen;
  const looked = `${places} environment${places === 1 ? '' : 's'} of ${where}`;
  if (findings.length === 0) {
    tell('', paint('green', `Nothing found in ${looked}.`));
    return;
  }
  for (const [at, some] of Map.groupBy(findings, (finding) => finding.where)) {
    say(paint('bold', at));
    for (const { kind, problem, fix } of some) {
      tell(`  ${paint(kind === 'broken' ? 'red' : 'yellow', kind.padEnd(7))} `, problem, 10);
      if (fix !== 'as it says') tell('        → ', fix, 10, 'dim');
    }
  }
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  say();
  tell('', `${count('broken')} broken, ${count('risky')} risky in ${looked}.`);
}
