/** The installation's own `tidegate.config.ts`, or what is wrong with it. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../core/config.ts';

/** The person who wrote the file can mend it: told without a stack. */
export class ConfigMistake extends Error {}

const ownFile = new URL('../../tidegate.config.ts', import.meta.url);

/** `file` instead of the installation's own. Rejects with a `ConfigMistake`. */
export async function installedConfig(file?: string): Promise<Config> {
  const url = file === undefined ? ownFile : pathToFileURL(file);
  const name = file ?? 'tidegate.config.ts';
  if (!existsSync(url)) throw new ConfigMistake(`there is no file ${name}`);
  const module = await import(url.href).catch((error: Error) => {
    // defineConfig's own message names the file and every mistake in it.
    if (error.message.startsWith('tidegate.config.ts has ')) throw new ConfigMistake(error.message);
    const [, line] = /^[^\n]+:(\d+)\n/.exec(error.stack ?? '') ?? [];
    throw new ConfigMistake(`${name}${line ? `, line ${line},` : ''} cannot be read: ${error.message}`);
  });
  const config: Config | undefined = module.default;
  const services = Object.values(config?.services ?? {});
  // Only what defineConfig answers has its defaults filled in.
  if (!config?.services || services.some(({ scan }) => typeof scan?.waitFor !== 'number')) {
    throw new ConfigMistake(`${name} must say: export default defineConfig({ services: … })`);
  }
  if (services.length === 0) throw new ConfigMistake(`${name} names no service, so nothing can be shown`);
  return config;
}
