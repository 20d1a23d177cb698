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
writeFileSync(broken, 'export default {\n  services: { my-api: {} },\n};\n');
afterAll(() => rmSync(elsewhere, { recursive: true }));

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
    it: 'without a Region it says where to set one',
    args: ['plan', 'my-api', 'production', 'v1.0.0'],
    code: 2,
    out: /^$/,
    err: /AWS_REGION.*--local/,
  },
])('$it', async ({ args, code, out, err }) => {
  const ended = await run(args);

  expect(ended).toEqual({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) });
});

test.concurrent('an older Node, which does not run TypeScript, leaves it to the one of npm ci, or says so', async () => {
  const { code, out, err } = await run(['--help'], ['--no-experimental-strip-types']);

  if (code === 0) expect(out).toContain('Usage');
  else expect(err).toContain('needs Node 24');
});
