/** The house's own rules: who may import whom, that importing does nothing, and how files look. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Rule {
  folder: string;
  /** Paths in this repository, and names of packages. */
  mayImport: RegExp;
  /** As types only, which leave nothing behind. */
  andTypesOf?: RegExp;
}

const rules: Rule[] = [
  {
    folder: 'core',
    mayImport: /^(core\/|zod$|node:(crypto|zlib)$|@sigstore\/(bundle|protobuf-specs|verify)$)/,
    andTypesOf: /^@slack\/types$/,
  },
  {
    folder: 'aws',
    mayImport: /^(core\/|aws\/|@aws-sdk\/|@smithy\/|zod$|node:(crypto|util|zlib)$)/,
    andTypesOf: /^@slack\/types$/,
  },
  {
    folder: 'functions',
    mayImport: /^(core\/|aws\/|functions\/|@middy\/|@aws-lambda-powertools\/|zod$|node:crypto$)/,
    andTypesOf: /^aws-lambda$/,
  },
  // The one place that brings the configuration to Lambda: bundled with it, and read when it is opened.
  {
    folder: 'functions/runtime.ts',
    mayImport:
      /^(core\/(installed|metrics)\.ts$|aws\/|functions\/|@aws-lambda-powertools\/|tidegate\.config\.ts$)/,
    andTypesOf: /^core\//,
  },
  {
    folder: 'state-machines',
    mayImport: /^(core\/|state-machines\/|zod$|node:)/,
    andTypesOf: /^functions\/steps\/table\.ts$/,
  },
  { folder: 'tidegate.config.ts', mayImport: /^core\/config\.ts$/ },
  { folder: 'sst.config.ts', mayImport: /^stacks\/tidegate\.ts$/ },
  { folder: 'stacks', mayImport: /^(stacks\/|core\/|tidegate\.config\.ts$|state-machines\/.*\.json$)/ },
  { folder: 'cli', mayImport: /^(cli\/|core\/|aws\/|functions\/|tidegate\.config\.ts$|zod$|node:)/ },
  // Packages as it likes: nothing of it is deployed.
  {
    folder: 'local',
    mayImport:
      /^(local\/|core\/|functions\/|state-machines\/|tidegate\.config\.ts$|(?![\w-]+\/.*\.ts$)[@a-z])/,
  },
];

const files = [
  'core',
  'aws',
  'functions',
  'state-machines',
  'stacks',
  'cli',
  'local',
  'test',
  'bench',
  'examples',
]
  .flatMap(typescriptIn)
  .concat('tidegate.config.ts', 'sst.config.ts');
const generated = /\.contract\.ts$/;
const ruleOf = (file: string) =>
  rules
    .filter(({ folder }) => file === folder || file.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];

test.each(rules)('$folder imports only what it may', (rule) => {
  const { mayImport, andTypesOf } = rule;

  const forbidden = files
    .filter((file) => ruleOf(file) === rule)
    .flatMap(importsOf)
    .filter(({ from, typeOnly }) => !mayImport.test(from) && !(typeOnly && andTypesOf?.test(from)));

  expect(forbidden).toEqual([]);
});

test('every import of Tidegate itself says what it imports', () => {
  const computed = files.filter(
    (file) => /^(core|aws|functions)\//.test(file) && /\bimport\((?!')|\brequire\(/.test(codeOf(file)),
  );

  expect(computed).toEqual([]);
});

test('core knows no clock, no chance, no process and no network', () => {
  const impure =
    /\b(Date\.now|new Date\(\)|performance\.|Math\.random|random(UUID|Bytes|Int)|getRandomValues|process\.|fetch\(|set(Timeout|Interval|Immediate)|console\.)/;

  expect(files.filter((file) => file.startsWith('core/') && impure.test(codeOf(file)))).toEqual([]);
});

test('stacks take what SST gives from their arguments', () => {
  const globals = /(?<!typeof )\$(app|cli|dev|util|interpolate|resolve|transform)\b/;

  expect(files.filter((file) => file.startsWith('stacks/') && globals.test(codeOf(file)))).toEqual([]);
});

test('no file that stacks reach has an aws or an sst of its own, which SST puts at the top of each', () => {
  const own = /^(export )?(const|let|function|class) (aws|sst)\b|^import .*\b(aws|sst)\b.* from/m;

  expect(files.filter((file) => /^(stacks|core)\//.test(file) && own.test(codeOf(file)))).toEqual([]);
});

test('importing a module does nothing', async () => {
  const modules = files.filter((file) =>
    /^(core|aws|functions|state-machines|stacks|tidegate\.config)\b/.test(file),
  );
  const probe = join(root, 'test/contract/import-probe.ts');

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [probe, root, ...modules], {
    timeout: 60_000,
  });

  expect(JSON.parse(stdout)).toEqual({ deeds: [], left: [] });
  expect(stderr).toBe('');
}, 60_000);

test('the probe sees what an import does', async () => {
  const probe = join(root, 'test/contract/import-probe.ts');
  const guilty = 'test/contract/import-guilty.ts';

  const { stdout } = await promisify(execFile)(process.execPath, [probe, root, guilty], { timeout: 60_000 });

  const { deeds, left } = JSON.parse(stdout) as { deeds: string[]; left: string[] };
  expect(deeds.map((deed) => deed.split(' at ')[0])).toEqual([
    'process.env.TABLE_NAME',
    'Date.now',
    'new Date()',
    'fs.readFileSync',
    'setInterval',
    'console.log',
    'writes output',
  ]);
  expect(left).toEqual(['Timeout']);
});

test('no folder is named for not having a name', () => {
  const nameless = /(^|\/)(helpers?|utils?|commons?|misc|lib|shared)\//;

  expect(files.filter((file) => nameless.test(file))).toEqual([]);
});

test('only configuration files have default exports', () => {
  const withDefault = files.filter((file) => /^export (default\b|\{[^}]*\bas default\b)/m.test(codeOf(file)));

  expect(withDefault.filter((file) => !file.endsWith('.config.ts'))).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = files.filter((file) => textOf(file).split('\n').length > 401 && !generated.test(file));

  expect(long).toEqual([]);
});

test('every file opens by saying what it is for', () => {
  const silent = files.filter(
    (file) => !textOf(file).startsWith('/**') && !/(\.config|\.contract|\.test)\.ts$/.test(file),
  );

  expect(silent).toEqual([]);
});

function typescriptIn(folder: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true }).some(({ name }) => name === folder)
    ? readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    : [];
  return (
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join('/'))
      // SST writes its own beside every package.json.
      .filter((file) => !file.includes('node_modules/') && !file.endsWith('sst-env.d.ts'))
  );
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function codeOf(file: string): string {
  return textOf(file).replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
}

function importsOf(file: string): { file: string; from: string; typeOnly: boolean }[] {
  const code = codeOf(file);
  const statements = [...code.matchAll(/^(?:import|export) (type )?(?:[^'";]*? from )?'([^']+)'/gms)];
  const calls = [...code.matchAll(/\bimport\('([^']+)'\)/g)].map(([, from]) => [from, undefined, from]);
  return [...statements, ...calls].map(([, type, from = '']) => ({
    file,
    from: from.startsWith('.')
      ? relative(root, join(root, dirname(file), from))
          .split(sep)
          .join('/')
      : from,
    typeOnly: type !== undefined,
  }));
}
