/** The sample service behaves as its environment says. It runs as a real process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../examples/my-api/server.mjs', import.meta.url));
let running: ChildProcess | undefined;
afterEach(() => running?.kill('SIGKILL'));

/** Answers once the service listens: the process and its address. */
async function started(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script], {
    env: { PORT: '0', VERSION: 'v1', REVISION: 'abcdef1234567890', ...env },
    stdio: 'pipe',
  });
  running = child;
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, line, address: `http://127.0.0.1:${/port (\d+)/.exec(line)?.[1]}` };
}

test('it says which version it is, in its log and to its callers', async () => {
  const { line, address } = await started();

  const answer = await fetch(address);

  expect(line).toMatch(/^my-api v1 \(abcdef12\) listens on port \d+$/);
  expect(await answer.json()).toEqual({ service: 'my-api', version: 'v1', revision: 'abcdef1234567890' });
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
});

test('it fails the share of requests it is told to, and stays healthy', async () => {
  const { address } = await started({ ERROR_RATE: '1' });

  expect((await fetch(address)).status).toBe(500);
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
});

test('it is unhealthy when it is told to', async () => {
  const { address } = await started({ UNHEALTHY: '1' });

  expect((await fetch(`${address}/healthz`)).status).toBe(503);
});

test('it answers late when it is told to', async () => {
  const { address } = await started({ LATENCY_MS: '100' });

  const before = performance.now();
  await fetch(address);

  expect(performance.now() - before).toBeGreaterThan(90);
});

test('it finishes what is under way when it is stopped', async () => {
  const { child, address } = await started({ LATENCY_MS: '150' });
  const slow = fetch(address);
  await fetch(`${address}/healthz`); // the slow one, sent before, is under way now

  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');

  expect((await slow).status).toBe(200);
  expect(code).toBe(0);
});

test('it exits with 1 and says why when it is told to crash', async () => {
  const { child } = await started({ CRASH_AFTER_MS: '20' });
  const ended = once(child, 'exit');

  const said = await text(child.stderr);

  expect(said).toBe('fatal: ORDERS_TABLE is not set\n');
  expect((await ended)[0]).toBe(1);
});

test.each([
  { args: ['migrate'], code: 0, says: /^my-api v1: migrating the orders table\nmigration 0042 applied/ },
  { args: ['migrate', 'fail'], code: 3, says: /migration 0042 failed: column "currency" already exists\n$/ },
  { args: ['migrte'], code: 64, says: /knows no command migrte/ },
])('as a release task $args it says what it does and exits with $code', async ({ args, code, says }) => {
  const child = spawn(process.execPath, [script, ...args], { env: { PORT: '0', VERSION: 'v1' } });
  running = child;
  const ended = once(child, 'exit');

  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);

  expect(out + err).toMatch(says);
  expect((await ended)[0]).toBe(code);
});
