#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// `npx tidegate …` in this folder, or a link to this file from anywhere: the same as `npm run tidegate -- …`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
// What `npm ci` brings: an older Node, such as the one on the path, does not run TypeScript.
const own = path('../node_modules/.bin/node');

// Node keeps what it made of the files, and starts in half the time from then on.
module.enableCompileCache?.();
if (process.features.typescript) await import('../cli/tidegate.ts');
else if (existsSync(own)) {
  const flags = ['--disable-warning=ExperimentalWarning', path('../cli/tidegate.ts')];
  const { status } = spawnSync(own, [...flags, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  process.stderr.write(
    `tidegate: needs Node 24, and this is ${process.version}; \`npm ci\` brings it on Linux\n`,
  );
  process.exitCode = 2;
}
