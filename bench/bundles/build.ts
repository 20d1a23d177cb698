/** Bundles functions as SST 4.17.1 does (its pkg/runtime/node/build.go), with `minify`, which Tidegate's stacks set. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is bundled to `<name>/bundle.mjs`: a file, from the repository's root, or a text in its place. */
export type Entry = { name: string } & ({ file: string } | { text: string });

/** What a bundle is made of. */
export interface Contents {
  bytes: number;
  /** By the files' paths from the repository's root: how much of each is in the bundle. Only those of which something is. */
  files: ReadonlyMap<string, number>;
}

/** Every function, by the name of its file: `functions/steps/<name>.handler` and `functions/events/<name>.handler`. */
export const functionEntries = ['functions/steps', 'functions/events'].flatMap((folder) =>
  readdirSync(`${root}${folder}`)
    .filter((file) => file.endsWith('.ts') && file !== 'table.ts')
    .map((file) => ({ name: file.replace(/\.ts$/, ''), file: `${folder}/${file}` })),
);

/** What SST puts before every bundle. */
const banner = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  `const __filename = topLevelFileUrlToPath(import.meta.url)`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
  '',
].join('\n');

/** All at once, each for itself. Written to a folder where one is named. Rejects with every error of the bundler. */
export async function bundle(entries: readonly Entry[], outdir?: string): Promise<Map<string, Contents>> {
  const { metafile } = await build({
    entryPoints: entries.map((entry) => ({
      in: 'file' in entry ? entry.file : `text:${entry.name}`,
      out: `${entry.name}/bundle`,
    })),
    plugins: [texts(entries)],
    absWorkingDir: root,
    outdir: outdir ?? 'bundles',
    write: outdir !== undefined,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
    metafile: true,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'es2024',
    keepNames: true,
    mainFields: ['module', 'main'],
    external: ['sharp', 'pg-native'],
    banner: { js: banner },
  });
  return new Map(entries.map(({ name }) => [name, contentsOf(metafile, `${name}/bundle.mjs`)]));
}

/** Entries without a file, as if they lay in the repository's root. */
const texts = (entries: readonly Entry[]): Plugin => ({
  name: 'texts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^text:/ }, ({ path }) => ({ path, namespace: 'text' }));
    onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => {
      const entry = entries.find(({ name }) => path === `text:${name}`);
      return { contents: entry && 'text' in entry ? entry.text : '', resolveDir: root };
    });
  },
});

function contentsOf({ outputs }: Metafile, path: string): Contents {
  const [, output] = Object.entries(outputs).find(([name]) => name.endsWith(`/${path}`)) ?? [];
  const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    bytes: output?.bytes ?? 0,
    files: new Map(files.map(([file, { bytesInOutput }]) => [file, bytesInOutput])),
  };
}
