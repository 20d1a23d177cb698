/** SST's components as they are installed here, in `.sst/platform`, with nothing but the npm registry. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const platform = join(root, '.sst/platform');
export const sstCommand = join(root, 'node_modules/.bin/sst');

/** Written last by `sst install`. */
const providerLock = join(root, '.sst/provider-lock.json');

export interface Provider {
  alias: string;
  package: string;
}

export const providers = (): Provider[] => JSON.parse(readFileSync(providerLock, 'utf8'));

/** Modules as the components see them, such as `@pulumi/pulumi`. */
export const requireFromPlatform = () => createRequire(join(platform, 'package.json'));

/** What the SST CLI is told wherever it runs here: no telemetry, and no Pulumi or bun from GitHub. */
export const quietSst = { SST_TELEMETRY_DISABLED: '1', SST_SKIP_DEPENDENCY_CHECK: 'true' };

/** Whether the components are there, of the version that `package.json` asks for. */
export function isInstalled(): boolean {
  const version = join(platform, 'version');
  if (!existsSync(providerLock) || !existsSync(version)) return false;
  const { version: wanted } = JSON.parse(readFileSync(join(root, 'node_modules/sst/package.json'), 'utf8'));
  return readFileSync(version, 'utf8').trim() === wanted;
}

/** Does nothing where they are there already. With bun three seconds, with npm half a minute. */
export async function install(): Promise<void> {
  if (isInstalled()) return;
  const bun = [`linux-x64`, `linux-aarch64`]
    .map((machine) => join(root, `node_modules/@oven/bun-${machine}/bin/bun`))
    .find(existsSync);
  const installer = bun ? { SST_BUN_PATH: bun } : { SST_NO_BUN: 'true' };
  const env = { ...process.env, ...quietSst, ...installer };
  await new Promise<void>((resolve, reject) => {
    execFile(sstCommand, ['install', '--stage', 'test'], { cwd: root, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`sst install failed:\n${stdout}${stderr}`, { cause: error }));
      else resolve();
    });
  });
}
