/** The README's command on real time: real processes behind a real load balancer, from the door a user uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** `npm start` in a folder of its own, as npm would run it. */
async function start(...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-show-'));
  const command = [
    '--disable-warning=ExperimentalWarning',
    resolve('local/show/main.ts'),
    '--port',
    '0',
    ...args,
  ];
  const child = spawn(process.execPath, command, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const ended = new Promise<number | null>((done) => child.once('exit', done)).finally(() =>
    running.delete(child),
  );
  const seen = new Set<number>();

  return {
    child,
    ended,
    output: () => output,
    /** The processes of tasks that have been seen so far. */
    async pids(): Promise<number[]> {
      const files = await readdir(join(folder, '.tidegate/engine/processes')).catch(() => []);
      for (const file of files) seen.add(Number.parseInt(file, 10));
      return [...seen];
    },
    async says(text: string): Promise<void> {
      for (let tries = 0; tries < 300 && !output.includes(text); tries += 1) {
        await new Promise((wait) => setTimeout(wait, 100));
      }
      expect(output).toContain(text);
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// Both mostly wait.
test.concurrent('npm start -- --once shows a push go through staging and, once approved, production, one taken back there and one rejected, and leaves no process behind', async () => {
  const show = await start('--once');
  await show.says('Up after');
  const watching = setInterval(() => void show.pids(), 500);

  const code = await show.ended;
  clearInterval(watching);

  const lines = show.output().split('\n');
  const ends = lines.flatMap((line) => /(Deployed|RolledBack|Rejected) {2,}(.*)$/.exec(line)?.[0] ?? []);
  expect(ends).toEqual([
    expect.stringMatching(/^Deployed +my-api v1\.0\.0 \(staging\): 2 of 2 tasks run [0-9a-f]{12}/),
    expect.stringMatching(/^Deployed +my-api v1\.0\.0 \(production\): 2 of 2 tasks run [0-9a-f]{12}/),
    expect.stringMatching(/^Deployed +my-api v1\.1\.0 \(staging\)/),
    expect.stringMatching(/^RolledBack +my-api v1\.1\.0 \(production\): 5xx rose from 0\.00 % \(0 of/),
    expect.stringMatching(/^Rejected +1 CRITICAL with a fix: CVE-/),
  ]);
  expect(lines.filter((line) => line.includes('RequestApproval         approved by'))).toHaveLength(2);
  expect(code).toBe(0);
  const pids = await show.pids();
  // Two tasks of the first version in each environment, of each that was deployed there, and of the one that came back.
  expect(pids.length).toBeGreaterThanOrEqual(14);
  expect(pids.filter(isAlive)).toEqual([]);
  await show.clear();
}, 150_000);

test.concurrent('Ctrl-C stops it at any time, and leaves no process behind', async () => {
  const show = await start();
  await show.says('Users come');
  const pids = await show.pids();

  show.child.kill('SIGINT');
  await show.ended;

  expect(pids).toHaveLength(4);
  expect(pids.filter(isAlive)).toEqual([]);
  await show.clear();
}, 60_000);
