/** `npm start`: brings up the local world, shows a good push deployed and two bad ones stopped, and stays up. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pushVariant } from '../images/push-variant.ts';
import type { Seen } from '../load-balancer/tally.ts';
import { type Act, acts } from './acts.ts';
import { balancing, publication, requestsPerSecond } from './pace.ts';
import { reporter } from './reporter.ts';
import { openShowWorld, type ShowWorld } from './show-world.ts';
import { type Terminal, terminal } from './terminal.ts';

const usage = `Usage: npm start -- [options]

  --once        exit after the show: 0 if every push ended as it must, else 1
  --quiet       bring the local world up without the show
  --port <n>    where the AWS API, the registry and the console answer (4747)`;

const directory = '.tidegate';

/** Answers the process's exit code. */
async function main(args: string[], screen: Terminal): Promise<number> {
  const { once = false, quiet = false, port = '4747' } = optionsOf(args);
  const started = Date.now();
  const report = reporter(screen, Date.now);
  screen.say('Tidegate: bringing up the local world …');
  await mkdir(directory, { recursive: true });
  const show = await openShowWorld(
    { port: Number(port), directory },
    {
      history: report.history,
      status: report.status,
      deadLetter: (name, error) => screen.say(screen.paint('red', `  dead letter of ${name}: ${error}`)),
      fault: (message) => screen.say(screen.paint('red', `  the local world: ${message}`)),
    },
  );
  const stopped = stopSignal();
  await writeFile(join(directory, 'world.json'), `${JSON.stringify({ address: show.address })}\n`);
  const ticking = setInterval(() => screen.now(liveLine(show, report.going())), 250);
  try {
    introduce(show, screen, (Date.now() - started) / 1000);
    const played = quiet
      ? true
      : await Promise.race([play(show, screen, report), stopped.then(() => undefined)]);
    if (played === undefined) return 130;
    if (once) return played ? 0 : 1;
    farewell(show, screen);
    await stopped;
    return 0;
  } finally {
    clearInterval(ticking);
    screen.now('');
    screen.say('Stopping: tasks, load balancer, doors …');
    await show.close();
    await rm(join(directory, 'world.json'), { force: true });
  }
}

function optionsOf(args: string[]) {
  const options = {
    once: { type: 'boolean' },
    quiet: { type: 'boolean' },
    port: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args, options });
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port))
    throw new Error(`${values.port} is no port`);
  return values;
}

/** Resolves at the first Ctrl-C or SIGTERM, or when npm, which started it, is gone. A second Ctrl-C ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(130));
      });
    }
    // npm does not pass a SIGTERM on.
    const parent = process.ppid;
    if (!process.env.npm_lifecycle_event) return;
    const watching = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watching);
      resolve();
    }, 1000);
    watching.unref();
  });
}

function introduce({ address, serviceUrl }: ShowWorld, { say, paint }: Terminal, seconds: number) {
  say(
    `Up after ${seconds.toFixed(1)} s: ${paint('bold', 'my-api')} serves ${requestsPerSecond} requests/s from two tasks, real processes at ${serviceUrl}`,
  );
  say(`  console    ${address}/console`);
  say(`  Slack      ${address}/slack`);
  say(`  registry   ${address.slice('http://'.length)}   (docker, podman, skopeo, oras; any login)`);
  say(`  AWS API    ${address}   (aws --endpoint-url ${address} stepfunctions list-state-machines)`);
  say(
    paint(
      'dim',
      `  Quicker than AWS here, so that this is short: metrics every ${publication.periodSeconds} s (AWS: 60 s, two minutes late), draining ${balancing.deregistrationDelaySeconds} s (AWS: 300 s), tasks start in about 2 s.`,
    ),
  );
}

/** The three pushes. Answers whether each ended as it must. */
async function play(
  show: ShowWorld,
  screen: Terminal,
  report: ReturnType<typeof reporter>,
): Promise<boolean> {
  const { say, paint } = screen;
  const seconds = 16;
  say();
  say(paint('dim', `Users come for ${seconds} s first, so that there is something to compare with.`));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  let good = true;
  for (const [index, act] of acts.entries()) {
    say();
    say(paint('bold', `${index + 1}. ${act.title}: my-api ${act.tag}`));
    const since = Date.now();
    const [ended] = await Promise.all([report.nextEnd(), push(show, act)]);
    users(show.users.seen(Math.ceil((Date.now() - since) / 1000)), screen);
    if (ended.outcome === act.outcome) continue;
    good = false;
    say(paint('red', `   It had to end ${act.outcome}, not ${ended.outcome}.`));
  }
  return good;
}

async function push({ address }: ShowWorld, { variant, tag }: Act) {
  await pushVariant({ address, service: 'my-api', variant, tag, log: () => {} });
}

function users({ requests, errors, p99Ms }: Seen, { say, paint }: Terminal) {
  const share = requests > 0 ? ((100 * errors) / requests).toFixed(2) : '0';
  const figures = `${requests} requests, ${errors} errors (${share} %), p99 ${p99Ms === undefined ? '–' : Math.round(p99Ms)} ms`;
  say(paint('blue', `           users meanwhile: ${figures}`));
}

function farewell({ address }: ShowWorld, { say, paint }: Terminal) {
  say();
  say(paint('bold', 'The local world stays up. In another terminal:'));
  say('  npm run push -- my-api --variant slow        (or errors, crash, unhealthy, vulnerable, good)');
  say(`  open ${address}/console`);
  say('Ctrl-C stops it.');
  say();
}

function liveLine({ users: { seen } }: ShowWorld, going: string): string {
  const { requests, errors, p99Ms } = seen(5);
  const rate = Math.round(requests / 5);
  return `${going ? `${going} | ` : ''}users: ${rate} requests/s, ${errors} errors in 5 s, p99 ${p99Ms === undefined ? '–' : Math.round(p99Ms)} ms`;
}

const screen = terminal(process.stdout, Boolean(process.env.NO_COLOR));
main(process.argv.slice(2), screen).then(
  (code) => process.exit(code),
  (error: Error) => {
    screen.now('');
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(2);
  },
);
