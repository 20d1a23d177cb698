/** `npm start`: brings up the local world, shows a good push deployed and two bad ones stopped, and stays up. */
import { parseArgs } from 'node:util';
import { ConfigMistake, installedConfig } from './installed.ts';
import { play } from './play.ts';
import { reporter } from './reporter.ts';
import { openShowWorld } from './show-world.ts';
import { type Terminal, terminal } from './terminal.ts';
import { farewell, introduce, liveLine } from './words.ts';
import { announce, claim, release, type WorldFile } from './world-file.ts';

const usage = `Usage: npm start -- [options]        (the -- is npm's: what follows is for Tidegate)

  --once           exit after the show: 0 if every push ended as it must, else 1
  --quiet          bring the local world up without the show
  --port <n>       where the AWS API, the registry and the console answer (4747; any free one when it is taken)
  --config <file>  deploy by this file instead of tidegate.config.ts
  --help           say this`;

const directory = '.tidegate';

/** A mistake of the person who typed the command: told with the usage. */
class UsageError extends Error {}

/** Answers the process's exit code. */
async function main(args: string[], screen: Terminal): Promise<number> {
  const { once = false, quiet = false, port = '4747', config, help } = optionsOf(args);
  if (help) {
    screen.say(usage);
    return 0;
  }
  const installed = await installedConfig(config);
  const other = await claim(directory, process.pid);
  if (other) {
    for (const line of refusal(other)) screen.say(line);
    return 1;
  }
  try {
    return await run({ installed, once, quiet, port: Number(port) }, screen);
  } finally {
    await release(directory, process.pid);
  }
}

interface Run {
  installed: Awaited<ReturnType<typeof installedConfig>>;
  once: boolean;
  quiet: boolean;
  port: number;
}

async function run({ installed, once, quiet, port }: Run, screen: Terminal): Promise<number> {
  const started = Date.now();
  const report = reporter(screen, Date.now);
  screen.say('Tidegate: bringing up the local world …');
  const show = await openShowWorld(
    { installed, port, directory },
    {
      history: report.history,
      status: report.status,
      recorded: report.recorded,
      deadLetter: (name, error) => screen.say(screen.paint('red', `  dead letter of ${name}: ${error}`)),
      fault: (message) => screen.say(screen.paint('red', `  the local world: ${message}`)),
    },
  );
  const stopped = stopSignal();
  const { address, servingSince, config, environment } = show;
  await announce(directory, { pid: process.pid, address, servingSince, config, environment });
  const ticking = setInterval(() => screen.now(liveLine(show, report.going())), 250);
  try {
    introduce({ show, installed, seconds: (Date.now() - started) / 1000 }, screen);
    const played = quiet
      ? true
      : await Promise.race([play({ show, screen, report, strict: once }), stopped.then(() => undefined)]);
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
  }
}

function optionsOf(args: string[]) {
  const options = {
    once: { type: 'boolean' },
    quiet: { type: 'boolean' },
    port: { type: 'string' },
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ args, options });
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) < 65_536)) {
      throw new Error(`${values.port} is no port`);
    }
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function refusal({ pid, address }: WorldFile): string[] {
  return [
    `A local world ${address ? `runs in this folder already: ${address}/console` : 'is coming up in this folder already'} (process ${pid}).`,
    `npm run push pushes to it. Ctrl-C in its terminal stops it, or: kill ${pid}`,
  ];
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

const screen = terminal(process.stdout, Boolean(process.env.NO_COLOR));
main(process.argv.slice(2), screen).then(
  (code) => process.exit(code),
  (error: Error) => {
    screen.now('');
    const mistake = error instanceof UsageError;
    const known = mistake || error instanceof ConfigMistake;
    process.stderr.write(known ? `${error.message}\n${mistake ? `\n${usage}\n` : ''}` : `${error.stack}\n`);
    process.exit(mistake ? 2 : 1);
  },
);
