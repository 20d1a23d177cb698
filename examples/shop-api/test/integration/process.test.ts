/** The process that the image starts, with a real database and a real cache. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { anySku, emptySchema, needs, redisUrl } from './needs.ts';

const services = needs('DATABASE_URL', 'REDIS_URL');
const source = join(import.meta.dirname, '..', '..', 'src');

function start(t: TestContext, file: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(source, file), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

const exitCode = async (child: ChildProcess): Promise<number> => (await once(child, 'exit'))[0];

async function run(t: TestContext, file: string, args: string[], env: Record<string, string>) {
  const child = start(t, file, args, env);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line).message));
  return { code: await exitCode(child), lines };
}

async function serving(t: TestContext, env: Record<string, string>) {
  const child = start(t, 'main.ts', ['serve'], { PORT: '0', ...env });
  for await (const line of createInterface({ input: child.stdout })) {
    const { message, port } = JSON.parse(line);
    if (message === 'listening') {
      child.stdout.resume();
      return { child, port: Number(port), base: `http://127.0.0.1:${port}` };
    }
  }
  throw new Error('it ended before it listened');
}

const put = (url: string, body: unknown) => fetch(url, { method: 'PUT', body: JSON.stringify(body) });

test('from an empty database to an order', services, async (t) => {
  const env = { DATABASE_URL: await emptySchema(t), REDIS_URL: redisUrl };

  const first = await run(t, 'main.ts', ['migrate'], env);
  const again = await run(t, 'main.ts', ['migrate'], env);
  assert.deepEqual(
    [first, again],
    [
      { code: 0, lines: ['migrated'] },
      { code: 0, lines: ['nothing to migrate'] },
    ],
  );

  const { child, port, base } = await serving(t, env);
  const sku = anySku();
  const product = { name: 'Mug', priceCents: 1250, stock: 3 };
  assert.equal((await put(`${base}/products/${sku}`, product)).status, 200);
  assert.equal((await fetch(`${base}/products/${sku}`)).status, 200);
  assert.equal((await put(`${base}/orders/${randomUUID()}`, { sku, quantity: 2 })).status, 201);
  assert.deepEqual(await (await fetch(`${base}/products/${sku}`)).json(), { sku, ...product, stock: 1 });
  const ready = await fetch(`${base}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [200, { database: 'ok', cache: 'ok' }]);
  assert.equal((await run(t, 'healthcheck.ts', [], { PORT: String(port) })).code, 0);

  const exited = exitCode(child);
  child.kill('SIGTERM');
  assert.equal(await exited, 0);
  assert.equal((await run(t, 'healthcheck.ts', [], { PORT: String(port) })).code, 1);
});

test('a database that was not migrated is healthy, and not ready', services, async (t) => {
  const { base } = await serving(t, { DATABASE_URL: await emptySchema(t), REDIS_URL: redisUrl });

  assert.equal((await fetch(`${base}/healthz`)).status, 200);
  const ready = await fetch(`${base}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [503, { database: 'failed', cache: 'ok' }]);
});

test('an order under way at SIGTERM is placed, and nothing new is taken', services, async (t) => {
  const env = { DATABASE_URL: await emptySchema(t), REDIS_URL: redisUrl };
  await run(t, 'main.ts', ['migrate'], env);
  const { child, base } = await serving(t, env);
  const sku = anySku();
  await put(`${base}/products/${sku}`, { name: 'Mug', priceCents: 1250, stock: 3 });
  // Somebody else holds the product, so the order waits.
  const other = new Client({ connectionString: env.DATABASE_URL });
  await other.connect();
  t.after(() => other.end());
  await other.query('begin');
  await other.query('select from products where sku = $1 for update', [sku]);
  const order = put(`${base}/orders/${randomUUID()}`, { sku, quantity: 1 });
  await waiting(other);

  const exited = exitCode(child);
  child.kill('SIGTERM');
  await refused(base);
  await other.query('rollback');

  const answer = await order;
  assert.deepEqual([answer.status, answer.headers.get('connection')], [201, 'close']);
  assert.equal(await exited, 0);
});

test('without an address it says so and ends', async (t) => {
  const child = start(t, 'main.ts', ['serve'], {});
  const [code, [line]] = await Promise.all([
    exitCode(child),
    once(createInterface({ input: child.stdout }), 'line'),
  ]);

  assert.equal(code, 1);
  assert.match(line, /DATABASE_URL is not set; REDIS_URL is not set/);
});

/** Until a query of somebody else waits for a lock. */
async function waiting(client: Client) {
  const blocked = `select 1 from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))`;
  while ((await client.query(blocked)).rowCount === 0) await pause();
}

/** Until nobody takes a connection any more. */
async function refused(url: string) {
  while (
    await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    )
  )
    await pause();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
