/** `npm run tidegate -- …`: what people ask of Tidegate, and tell it, from a terminal. */
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { completion } from './completion/command.ts';
import { BadUse, Mistake } from './mistake.ts';
import { type Terminal, terminal } from './terminal.ts';

const common = {
  local: { type: 'boolean', default: false },
  config: { type: 'string' },
  stage: { type: 'string', default: 'production' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Each is read when it is needed: one command alone starts in half the time. */
const commands: Record<string, () => Promise<Command>> = {
  status: async () => (await import('./status/command.ts')).status,
  releases: async () => (await import('./releases/command.ts')).releases,
  show: async () => (await import('./show/command.ts')).show,
  plan: async () => (await import('./plan/command.ts')).plan,
  redeploy: async () => (await import('./again/redeploy.ts')).redeploy,
  promote: async () => (await import('./again/promote.ts')).promote,
  rollback: async () => (await import('./rollback/command.ts')).rollback,
  abort: async () => (await import('./abort/command.ts')).abort,
  pause: async () => (await import('./pause/command.ts')).pause,
  resume: async () => (await import('./pause/command.ts')).resume,
  approvals: async () => (await import('./approvals/command.ts')).approvals,
  approve: async () => (await import('./approvals/command.ts')).approve,
  reject: async () => (await import('./approvals/command.ts')).reject,
  'break-glass': async () => (await import('./approvals/command.ts')).breakGlass,
  strategy: async () => (await import('./strategy/command.ts')).strategy,
  judge: async () => (await import('./judge/command.ts')).judge,
  doctor: async () => (await import('./doctor/command.ts')).doctor,
  completion: async () => completion(all, common),
};

async function all(): Promise<Record<string, Command>> {
  const read = Object.entries(commands).map(async ([name, command]) => [name, await command()] as const);
  return Object.fromEntries(await Promise.all(read));
}

const commonUsage = `Options of every command:
  --local           the local world that \`npm start\` runs in this folder, instead of AWS
  --stage <stage>   of the installation on AWS (production)
  --config <file>   instead of tidegate.config.ts
  --json            for programs
  --help            say this

On AWS: the SDK's own credentials and Region (AWS_PROFILE, AWS_REGION, …).
AWS_ENDPOINT_URL with the local world's address is the same as --local.`;

const list = async () => {
  const rows = Object.entries(await all()).map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`);
  return `Usage: npm run tidegate -- <command> …        (the -- is npm's)\n\n${rows.join('\n')}\n\n${commonUsage}`;
};

/** Answers the process's exit code. */
async function main([name, ...args]: string[], screen: Terminal): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    screen.say(await list());
    return name === undefined ? 2 : 0;
  }
  const command = await commands[name]?.();
  try {
    if (!command)
      throw new BadUse(
        name.startsWith('-') ? `say a command first, then ${name}` : `there is no command ${name}`,
      );
    const { values, positionals } = parsed(args, command);
    if (values.help) {
      screen.say(`Usage: ${command.usage}\n\n${commonUsage}`);
      return 0;
    }
    const { local, config, stage, json, help: _, ...own } = values;
    return await command.run({ positionals, values: { local, config, stage, json, own }, screen });
  } catch (error) {
    const { message } = error as Error;
    // Whoever reads it with a program finds why where the answer would be.
    if (args.includes('--json')) screen.say(JSON.stringify({ error: message }));
    process.stderr.write(`tidegate: ${message}\n`);
    if (error instanceof BadUse)
      process.stderr.write(command ? `\nUsage: ${command.usage}\n` : `\n${await list()}\n`);
    return error instanceof Mistake ? 2 : 3;
  }
}

function parsed(args: string[], { options }: Command) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { ...options, ...common } });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node goes on to explain how such a word could be no option.
    const [, unknown] = /^Unknown option '([^']+)'/.exec(message) ?? [];
    if (unknown && code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new BadUse(`there is no option ${unknown}`);
    throw new BadUse(message);
  }
}

// Whoever reads only the first lines has what they want.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 3));
process.exitCode = await main(process.argv.slice(2), terminal(process.stdout, Boolean(process.env.NO_COLOR)));
