/** What the show says before and after the acts. */
import type { Config } from '../../core/config.ts';
import { stateMachineArn } from '../world.ts';
import { overlaid } from './config.ts';
import { shownOf } from './front.ts';
import { balancing, publication, requestsPerSecond } from './pace.ts';
import type { ShowWorld } from './show-world.ts';
import type { Terminal } from './terminal.ts';
import { milliseconds, usersOf } from './users.ts';

interface Introduction {
  show: ShowWorld;
  installed: Config;
  /** It took so long to come up. */
  seconds: number;
}

export function introduce({ show, installed, seconds }: Introduction, { say, tell, paint }: Terminal) {
  const { address, places, config } = show;
  const shown = shownOf(places);
  const others = places.filter((place) => place !== shown);
  const several = others.some(({ service }) => service === shown?.service);
  const name = paint('bold', String(shown?.service)) + (several ? ` (${shown?.environment})` : '');
  tell(
    '',
    0,
    `Up after ${seconds.toFixed(1)} s: ${name} serves ${requestsPerSecond.shown} requests/s from two tasks, real processes at ${shown?.url}`,
  );
  for (const { service, environment, url } of others) say(`  and ${service} (${environment}) at ${url}`);
  say(`  console    ${address}/console`);
  if (config.slack) say(`  Slack      ${address}/slack`);
  if (config.mail) say(`  Mail       ${address}/mail`);
  say(`  registry   ${address.slice('http://'.length)}   (docker, podman, skopeo, oras; any login)`);
  say(`  AWS API    ${address}`);
  for (const line of awsCommand(address)) say(`  ${line}`);
  tell(
    '  ',
    2,
    `Quicker than AWS here, so that this is short: metrics every ${publication.periodSeconds} s (AWS: 60 s, two minutes late), draining ${balancing.deregistrationDelaySeconds} s (AWS: 300 s), tasks start in about 2 s.`,
    'dim',
  );
  const differences = overlaid(installed);
  if (differences.length > 0) {
    tell('  ', 2, `As in tidegate.config.ts, except here: ${differences.join('; ')}.`, 'dim');
  }
  const asking = Object.entries(config.services).flatMap(([service, { environments }]) =>
    environments.filter(({ approval }) => approval).map(({ name }) => `${service} (${name})`),
  );
  if (asking.length > 0) tell('  ', 2, `${asking.join(', ')}: waits for you to approve at ${address}/slack`);
}

/** In lines that can be pasted together. */
function awsCommand(address: string): string[] {
  return [
    'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --region eu-west-1 \\',
    `--endpoint-url ${address} stepfunctions list-executions \\`,
    `--state-machine-arn ${stateMachineArn}`,
  ];
}

export function farewell({ address, config }: ShowWorld, { say, paint }: Terminal) {
  const [service] = Object.keys(config.services);
  say();
  say(paint('bold', 'The local world stays up. In another terminal:'));
  say(`  npm run push -- ${service} --variant slow`);
  say('                (or errors, crash, unhealthy, vulnerable, good)');
  say(`  open ${address}/console`);
  say('Ctrl-C stops it.');
  say();
}

/** The line that changes. */
export function liveLine(show: ShowWorld, going: string): string {
  const { requests, errors, p99Ms } = usersOf(show, String(show.places[0]?.service), 5);
  const users = `users: ${Math.round(requests / 5)} requests/s, ${errors} errors in 5 s, p99 ${milliseconds(p99Ms)}`;
  return `${going ? `${going} | ` : ''}${users}`;
}
