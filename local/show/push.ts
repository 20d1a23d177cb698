/** `npm run push`: pushes a version of a sample service into the local world that `npm start` runs. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Config, Service } from '../../core/config.ts';
import { pushVariant } from '../images/push-variant.ts';
import { isVariant, type VariantName, variants } from '../images/variants.ts';
import { expectation, tooEarly } from './expectation.ts';
import { tagFor, tagOf } from './tag.ts';
import { answersAt, readWorldFile, type WorldFile } from './world-file.ts';

const usage = `Usage: npm run push -- <service> [options]

  --variant <name>  ${Object.keys(variants).join(' | ')} (good when absent)
  --tag <tag>       the image's tag; made of the time when absent, so that it deploys
  --report <file>   attach this Trivy report (JSON) instead of the variant's own
  --no-report       attach none
  --help            say this

Example: npm run push -- my-api --variant errors`;

/** A mistake of the person who typed the command: told with the usage, without a stack. */
class UsageError extends Error {}

interface Push {
  service: string;
  variant: VariantName;
  /** Made of the time when absent. */
  tag: string | undefined;
  report: 'none' | { file: string } | undefined;
}

/** Throws an error that says what is wrong with the arguments. */
export function readArguments(args: string[]): Push | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [service, ...others] = positionals;
  if (service === undefined) throw new UsageError('which service? For example my-api.');
  if (others.length > 0) throw new UsageError(`one service at a time, not also ${others.join(' ')}.`);
  if (!isVariant(values.variant)) throw new UsageError(`there is no variant ${values.variant}.`);
  const { tag } = values;
  if (tag !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) {
    throw new UsageError(
      `${tag} is no image tag: letters, digits, ".", "_" and "-", at most 128 characters.`,
    );
  }
  if (values.report !== undefined && values['no-report']) {
    throw new UsageError('--report and --no-report exclude each other.');
  }
  const report = values['no-report']
    ? 'none'
    : values.report === undefined
      ? undefined
      : { file: values.report };
  return { service, variant: values.variant, tag, report };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        variant: { type: 'string', default: 'good' },
        tag: { type: 'string' },
        report: { type: 'string' },
        'no-report': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The world of this folder, with its address. */
async function runningWorld(directory: string): Promise<WorldFile & { address: string }> {
  const advice = 'Run `npm start` first, in another terminal.';
  const world = await readWorldFile(join(directory, '.tidegate'));
  if (!world) throw new Error(`the local world is not running. ${advice}`);
  const { address } = world;
  if (address === undefined) throw new Error('the local world is coming up. Try again in a moment.');
  if (!(await answersAt(address)))
    throw new Error(`the local world does not answer at ${address}. ${advice}`);
  return { ...world, address };
}

async function readReport(file: string): Promise<{ text: string }> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`cannot read the report: ${error.message}.`);
  });
  try {
    JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON.`);
  }
  return { text };
}

/** Answers the process's exit code: 0 pushed, 1 no world or a refused push, 2 a mistake in the command. */
export async function push(args: string[], directory: string, log: (line: string) => void): Promise<number> {
  try {
    const wanted = readArguments(args);
    if (wanted === 'help') {
      log(usage);
      return 0;
    }
    const report = typeof wanted.report === 'object' ? await readReport(wanted.report.file) : wanted.report;
    const { address, config, servingSince } = await runningWorld(directory);
    const service = serviceOf(config, wanted.service);
    const now = Date.now();
    const fresh = tagOf(new Date(now), randomBytes(2).toString('hex'));
    const tag = wanted.tag ?? tagFor(service?.tags ?? 'v*', fresh);
    const { repository } = service ?? {};
    const { digest } = await pushVariant({ ...wanted, address, repository, tag, report, log });
    log('');
    log(`${wanted.service}:${tag} is ${digest}`);
    if (service) {
      const pushed = {
        variant: wanted.variant,
        tag,
        report: report && (report === 'none' ? report : 'given'),
      } as const;
      const { outcome, words } = expectation(service, pushed, now);
      log(`Expect that ${words}.`);
      const early = servingSince && tooEarly(service, wanted.variant, (now - servingSince) / 1000);
      if (early && outcome === 'RolledBack') log(early);
    }
    log(`Watch it at ${address}/console`);
    return 0;
  } catch (error) {
    const mistake = error instanceof UsageError;
    log(`npm run push: ${(error as Error).message}`);
    if (mistake) log(`\n${usage}`);
    return mistake ? 2 : 1;
  }
}

/** Undefined where the world does not say what it is configured for. */
function serviceOf(config: Config | undefined, name: string): Service | undefined {
  if (!config) return undefined;
  const names = Object.keys(config.services);
  if (names.includes(name)) return config.services[name];
  throw new UsageError(`there is no service ${name} in this world, only ${names.join(', ')}.`);
}

const [, script] = process.argv;
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
  process.exitCode = await push(process.argv.slice(2), process.cwd(), (line) => console.log(line));
}
