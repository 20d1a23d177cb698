/** The configuration that a command works by: the installation's own `tidegate.config.ts`, or another file. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Config } from '../core/config.ts';
import { Mistake } from './mistake.ts';

const usual = 'tidegate.config.ts';

/** A sentence about the configuration, with the name of the file that it was read from. */
export const inFile = (file: string | undefined, sentence: string): string =>
  file === undefined ? sentence : sentence.replaceAll(usual, file);

/** Rejects with a `Mistake` that names what is wrong with the file. */
export async function configFrom(file?: string): Promise<Config> {
  if (file !== undefined && !existsSync(file)) throw new Mistake(`there is no file ${file}`);
  const reading = file === undefined ? import('../tidegate.config.ts') : import(pathToFileURL(file).href);
  const module: { default?: Config } = await reading.catch((error: Error) => {
    if (error.message.startsWith(`${usual} has `)) throw new Mistake(inFile(file, error.message));
    // A mistake of syntax is told with its place at the head of the stack.
    const [, line] = /^[^\n]+:(\d+)\n/.exec(error.stack ?? '') ?? [];
    throw new Mistake(`${file ?? usual}${line ? `, line ${line},` : ''} cannot be read: ${error.message}`);
  });
  const config = module.default;
  if (typeof config?.services !== 'object')
    throw new Mistake(`${file ?? usual} must say: export default defineConfig({ services: … })`);
  return config;
}
