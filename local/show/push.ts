/** `npm run push`: pushes a version of a sample service into the local world that `npm start` runs. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { pushVariant } from '../images/push-variant.ts';
import { isVariant, type VariantName, variants } from '../images/variants.ts';

const usage = `Usage: npm run push -- <service> [options]

  --variant <name>  ${Object.keys(variants).join(' | ')} (good when absent)
  --tag <tag>       the image's tag; made of the time when absent
  --report <file>   attach this Trivy report (JSON) instead of the variant's own
  --no-report       attach none

Example: npm run push -- my-api --variant errors`;

/** A mistake of the person who typed the command: told with the usage, without a stack. */
class UsageError extends Error {}

interface Push {
  service: string;
  variant: VariantName;
  tag: string;
  report: 'none' | { file: string } | undefined;
}

/** Throws an error that says what is wrong with the arguments. */
export function readArguments(args: string[], now: Date, random: string): Push {
  const { values, positionals } = parsed(args);
  const [service, ...others] = positionals;
  if (service === undefined) throw new UsageError('which service? For example my-api.');
  if (others.length > 0) throw new UsageError(`one service at a time, not also ${others.join(' ')}.`);
  if (!isVariant(values.variant)) throw new UsageError(`there is no variant ${values.variant}.`);
  const tag = values.tag ?? tagOf(now, random);
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) {
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
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** `v0105-0930-4f2a`: month, day, hour and minute in UTC, then what makes it unique. */
function tagOf(now: Date, random: string): string {
  const [, month, day, hour, minute] = now.toISOString().split(/[-T:]/);
  return `v${month}${day}-${hour}${minute}-${random}`;
}

const worldSchema = z.object({ address: z.url() });

async function addressOfWorld(directory: string): Promise<string> {
  const advice = 'Run `npm start` first, in another terminal.';
  const text = await readFile(`${directory}/.tidegate/world.json`, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`the local world is not running. ${advice}`);
  const { address } = worldSchema.parse(JSON.parse(text));
  const answered = await fetch(new URL('/v2/', address), { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  );
  if (!answered) throw new Error(`the local world does not answer at ${address}. ${advice}`);
  return address;
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
    const wanted = readArguments(args, new Date(), randomBytes(2).toString('hex'));
    const report = typeof wanted.report === 'object' ? await readReport(wanted.report.file) : wanted.report;
    const address = await addressOfWorld(directory);
    const { digest } = await pushVariant({ ...wanted, address, report, log });
    log('');
    log(`${wanted.service}:${wanted.tag} is ${digest}`);
    if (!report) log(`Expect that it ${variants[wanted.variant].expect}.`);
    log(`Watch it at ${address}`);
    return 0;
  } catch (error) {
    const mistake = error instanceof UsageError;
    log(`npm run push: ${(error as Error).message}`);
    if (mistake) log(`\n${usage}`);
    return mistake ? 2 : 1;
  }
}

const [, script] = process.argv;
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
  process.exitCode = await push(process.argv.slice(2), process.cwd(), (line) => console.log(line));
}
