/** Asks SST's components once for everything that is looked at here, in processes of their own; installs them where needed. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { install } from '../../../local/sst/platform.ts';

export interface Resource {
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the provider takes
  inputs: Record<string, any>;
}

export interface Synthesised {
  app: {
    name: string;
    removal: string;
    protect: boolean;
    providers: { aws: { defaultTags: { tags: Record<string, string> } } };
  };
  outputs: Record<string, unknown>;
  /** By the names of the functions, as `functions/steps/notify.handler`. */
  handlers: Record<string, string>;
  resources: Resource[];
}

/** What is synthesised: a stage, and a configuration where it is not the installation's own. */
const wanted = {
  production: ['production'],
  /** A trial: many services, of which some are those of the recorded events, and no Slack. */
  large: ['test', 'test/synth/support/large.config.ts'],
};
export type Name = keyof typeof wanted;

declare module 'vitest' {
  interface ProvidedContext {
    synthesised: Record<Name, Synthesised>;
  }
}

export async function setup(project: TestProject): Promise<void> {
  await install();
  const all = Object.entries(wanted).map(async ([name, parameters]) => [name, await synthesise(parameters)]);
  project.provide('synthesised', Object.fromEntries(await Promise.all(all)));
}

async function synthesise(parameters: string[]): Promise<Synthesised> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  // Pulumi takes a stack trace for every promise, and that is a fifth of the time. `npm run synth` shows them.
  const flags = ['--disable-warning=ExperimentalWarning', '--stack-trace-limit=0'];
  const command = [...flags, 'local/sst/synth.ts', ...parameters];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, maxBuffer: 2 ** 27 });
  return JSON.parse(stdout);
}
