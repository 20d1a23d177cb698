/** From what is asked for to a verdict. */
import type { Config } from '../../core/config.ts';
import { mistakesIn } from '../../core/mistakes.ts';
import type { ScanResult } from '../../core/scan/finding.ts';
import {
  policyMistakes,
  type ScanPolicy,
  scanDefaults,
  scanPolicyOf,
  scanSchema,
} from '../../core/scan/policy.ts';
import { type Sorted, sort } from '../../core/scan/sorting.ts';
import { judgeScan, type ScanVerdict } from '../../core/scan/verdict.ts';
import { NotUsable } from './not-usable.ts';
import { readResult, readText } from './read.ts';
import { readSigned } from './signed.ts';
import { usage } from './usage.ts';

export interface Asked {
  report?: string | undefined;
  /** Instead of a report. */
  bundle?: string | undefined;
  key?: string[] | undefined;
  digest?: string | undefined;
  running?: string | undefined;
  service?: string | undefined;
  environment?: string | undefined;
  policy?: string | undefined;
}

export interface Decision {
  /** Whose policy it is by. */
  by: string;
  policy: ScanPolicy;
  result: ScanResult;
  sorted: Sorted;
  verdict: ScanVerdict;
}

const maxPolicyBytes = 1024 * 1024;

/** `now`: ms since the epoch. Rejects with a `NotUsable` where nothing can be decided. */
export async function decide(asked: Asked, now: number): Promise<Decision> {
  const { by, policy } = await policyFor(asked);
  const { result, ...source } = await judged(asked, policy);
  const running = asked.running === undefined ? undefined : await readResult(asked.running);
  const memory = { now, running };
  return {
    ...{ by, policy, result, sorted: sort(result, policy, memory) },
    verdict: { ...judgeScan(result, policy, memory), ...source },
  };
}

async function judged(
  { report, bundle, key, digest }: Asked,
  policy: ScanPolicy,
): Promise<{ result: ScanResult; signedBy?: string }> {
  if (report && bundle) throw new NotUsable('--report and --bundle: name one or the other');
  if (bundle) return readSigned({ bundle, key, digest }, policy);
  if (key || digest) throw new NotUsable('--key and --digest need --bundle');
  if (!report) throw new NotUsable(`--report must name a file\n\n${usage}`);
  return { result: await readResult(report) };
}

async function policyFor({ service, environment, policy }: Asked) {
  if (policy !== undefined) {
    if (service !== undefined || environment !== undefined)
      throw new NotUsable('--policy stands for the policy of a service: name one or the other');
    return { by: `the policy in ${policy}`, policy: await policyIn(policy) };
  }
  if (service !== undefined) return policyOf(await installedConfig(), service, environment);
  if (environment !== undefined) throw new NotUsable('--environment needs --service');
  return { by: 'the default policy', policy: scanDefaults };
}

async function policyIn(file: string): Promise<ScanPolicy> {
  const read = scanSchema.safeParse(json(await readText(file, maxPolicyBytes), file), {
    reportInput: true,
  });
  const mistakes = read.success
    ? policyMistakes(read.data).map(({ path, message }) => `${path.join('.')}: ${message}`)
    : mistakesIn(read.error);
  if (!read.success || mistakes.length > 0) {
    const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
    throw new NotUsable([`${file} has ${count}:`, ...mistakes.map((each) => `  ${each}`)].join('\n'));
  }
  return read.data;
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotUsable(`${file} is no JSON: ${(error as Error).message}`);
  }
}

/** The file is run when it is first asked for. */
async function installedConfig(): Promise<Config> {
  const { default: config } = await import('../../tidegate.config.ts').catch((error: Error) => {
    throw new NotUsable(error.message);
  });
  return config;
}

function policyOf({ services }: Config, name: string, environment: string | undefined) {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!service)
    throw new NotUsable(
      `tidegate.config.ts has no service ${name}, only ${Object.keys(services).join(', ')}`,
    );
  if (environment === undefined) return { by: `the policy of ${name}`, policy: scanPolicyOf(service) };
  const at = service.environments.find((each) => each.name === environment);
  if (!at) {
    const names = service.environments.map((each) => each.name).join(', ');
    throw new NotUsable(`${name} has no environment ${environment}, only ${names}`);
  }
  return { by: `the policy of ${name} in ${environment}`, policy: scanPolicyOf(service, at) };
}
