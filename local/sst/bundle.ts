/** Bundles and imports a program as the SST CLI does (its pkg/js/js.go and pkg/project/run.go, 4.17.1). */
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { platform, root } from './platform.ts';

const external = [
  '@pulumi/*',
  'undici',
  '@pulumiverse/*',
  '@sst-provider/*',
  '@aws-sdk/*',
  'esbuild',
  'archiver',
  'glob',
  'vite',
];

export interface Program {
  name: string;
  contents: string;
  /** Put before every file of ours: SST's globals are imports. */
  globals?: string;
  /** A file instead of `tidegate.config.ts`. */
  configuration?: string;
  options?: BuildOptions;
}

/** Answers the default export. */
export async function load({
  name,
  contents,
  globals = '',
  configuration,
  options = {},
}: Program): Promise<unknown> {
  // Beside the components, so that what is not bundled is found as they find it.
  const outfile = join(platform, `synth.${process.pid}.${name}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, sourcefile: 'eval.ts', loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    outfile,
    logLevel: 'error',
    nodePaths: [join(platform, 'node_modules')],
    external,
    plugins: [
      {
        name: 'globals',
        setup(plugin) {
          if (configuration) {
            const path = resolve(root, configuration);
            plugin.onResolve({ filter: /\/tidegate\.config\.ts$/ }, () => ({ path }));
          }
          plugin.onLoad({ filter: /\.(js|ts|jsx|tsx)$/ }, ({ path }) =>
            path.includes(`${sep}.sst${sep}`)
              ? undefined
              : { contents: `${globals}\n${readFileSync(path, 'utf8')}`, loader: 'default' },
          );
        },
      },
    ],
    ...options,
  });
  try {
    return (await import(pathToFileURL(outfile).href)).default;
  } finally {
    rmSync(outfile);
  }
}
