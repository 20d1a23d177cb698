/** `npm run tidegate`, as a process: what it says where there is nothing to ask, and with which exit code it ends. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../bin/tidegate.mjs', import.meta.url));
const elsewhere = mkdtempSync(join(tmpdir(), 'tidegate-cli-'));
const broken = join(elsewhere, 'broken.config.ts');
const wrong = join(elsewhere, 'wrong.config.ts');
const defining = fileURLToPath(new URL('../../core/config.ts', import.meta.url));
writeFileSync(
  wrong,
  [
    `import { defineConfig } from '${defining}';`,
    "const services = { My_API: { repository: 'my-api', container: 'app', environments: [] } };",
    'export default defineConfig({ services });',
  ].join('\n'),
);
writeFileSync(broken, 'export default {\n  services: { my-api: {} },\n};\n');
afterAll(() => rmSync(elsewhere, { recursive: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/judge/${name}`, import.meta.url));
const fromFiles = ['--policy', fixture('analysis.json'), '--file', fixture('rising-errors.json')];

interface Ended {
  code: number;
  out: string;
  err: string;
}

const run = (args: string[], flags: string[] = []): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: elsewhere, env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' } };
    const child = execFile(process.execPath, [...flags, program, ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

test.concurrent.each([
  { it: '--help lists the commands', args: ['--help'], code: 0, out: /plan +what a release/, err: /^$/ },
  { it: 'plan --help says how it is used', args: ['plan', '--help'], code: 0, out: /Exit code/, err: /^$/ },
  { it: 'no command is bad use', args: [], code: 2, out: /Usage/, err: /^$/ },
  {
    it: 'an unknown command is bad use',
    args: ['deploy'],
    code: 2,
    out: /^$/,
    err: /no command deploy[\s\S]*Usage/,
  },
  {
    it: 'an unknown option is bad use',
    args: ['plan', '--quick'],
    code: 2,
    out: /^$/,
    err: /there is no option --quick\n\nUsage/,
  },
  {
    it: 'a tag is missing',
    args: ['plan', 'my-api', 'production'],
    code: 2,
    out: /^$/,
    err: /and a tag, such as/,
  },
  {
    it: 'a past deployment is judged from a file, and who could not be heard is told',
    args: [
      ...['judge', ...fromFiles, '--at', '2026-11-27T10:00:00Z', '--stable', '2026-11-27T10:02:00Z'],
      ...['--baseline', 'week'],
    ],
    code: 1,
    out: /would have been taken back: fail\n5xx rose from 0.05 % \(19 of 38 356\) to 4.4 %[\s\S]*█[\s\S]*1 of 6 looks[\s\S]*A week ago had no say/,
    err: /^$/,
  },
  {
    it: 'what to ask CloudWatch for is printed',
    args: ['judge', '--policy', fixture('analysis.json'), '--at', '2026-11-27T10:00:00Z', '--queries'],
    code: 0,
    out: /"StartTime": "2026-11-2[\s\S]*"MetricName": "RequestCount"/,
    err: /^$/,
  },
  {
    it: 'a time that is none is bad use',
    args: ['judge', ...fromFiles, '--at', 'yesterday'],
    code: 2,
    out: /^$/,
    err: /--at yesterday is no time: write it as 2026/,
  },
  {
    it: 'a policy with a mistake is told',
    args: ['judge', '--policy', fixture('rising-errors.json'), '--file', 'x', '--at', '2026-11-27T10:00:00Z'],
    code: 2,
    out: /^$/,
    err: /is no analysis:\n.*has no setting MetricDataResults/,
  },
  {
    it: 'a local world that does not run is said to be started',
    args: ['plan', 'my-api', 'production', 'v1.0.0', '--local'],
    code: 2,
    out: /^$/,
    err: /npm start/,
  },
  {
    it: 'a mistake of syntax in the configuration is told with its line',
    args: ['plan', 'my-api', 'production', 'v1.0.0', '--config', broken],
    code: 2,
    out: /^$/,
    err: /broken\.config\.ts, line 2, cannot be read/,
  },
  {
    it: 'with --json a mistake is told where the answer would be',
    args: ['plan', 'my-api', 'production', '--json'],
    code: 2,
    out: /^\{"error":"plan needs a service[^\n]*"\}\n$/,
    err: /and a tag, such as/,
  },
  {
    it: 'a mistake in another file is told with its name',
    args: ['status', '--config', wrong],
    code: 2,
    out: /^$/,
    err: /tidegate: \S+wrong\.config\.ts has 2 mistakes:\n {2}services\.My_API: a name such as/,
  },
  {
    it: 'without a Region it says where to set one',
    args: ['plan', 'my-api', 'production', 'v1.0.0'],
    code: 2,
    out: /^$/,
    err: /AWS_REGION.*--local/,
  },
])(
  '$it',
  async ({ args, code, out, err }) => {
    const ended = await run(args);

    expect(ended).toEqual({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) });
    // All of these processes start at once.
  },
  60_000,
);

test.concurrent('an older Node, which does not run TypeScript, leaves it to the one of npm ci, or says so', async () => {
  const { code, out, err } = await run(['--help'], ['--no-experimental-strip-types']);

  if (code === 0) expect(out).toContain('Usage');
  else expect(err).toContain('needs Node 24');
});
