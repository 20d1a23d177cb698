import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { maxBodyBytes } from '../../src/http/body.ts';
import type { Service } from '../../src/http/routes.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createShop } from '../../src/shop.ts';
import { memoryCache, memoryStore, rememberingLog } from './fakes.ts';

const mug = { sku: 'mug', name: 'Mug', priceCents: 1250, stock: 3 };
const id = '0b6f1c8e-7a52-4a3c-9d0e-3f6f2a1b9c55';

async function started(t: TestContext, changes: Partial<Service> = {}) {
  const log = rememberingLog();
  const server = createHttpServer({
    shop: createShop(memoryStore([mug]), memoryCache(), log),
    checks: {},
    about: { version: 'v1.2.3', revision: 'abc' },
    log,
    stopping: () => false,
    ...changes,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(base + path, init);
    const body = (await response.json()) as Record<string, string>;
    return { status: response.status, headers: response.headers, body };
  };
  const put = (path: string, body: unknown) => ask(path, { method: 'PUT', body: JSON.stringify(body) });
  return { ask, put, log };
}

test('it says which version it is', async (t) => {
  const { ask } = await started(t);

  const { body } = await ask('/');

  assert.deepEqual(body, { service: 'shop-api', version: 'v1.2.3', revision: 'abc' });
});

test('a product is answered, with a query or without', async (t) => {
  const { ask } = await started(t);

  assert.deepEqual((await ask('/products/mug?from=mail')).body, mug);
  assert.equal((await ask('/products/cup')).status, 404);
});

for (const path of ['/products', '/products/mug/price', '/orders', '//', '/favicon.ico']) {
  test(`there is nothing at ${path}`, async (t) => {
    const { ask } = await started(t);

    assert.equal((await ask(path)).status, 404);
  });
}

test('an order is placed once, however often it is sent', async (t) => {
  const { ask, put } = await started(t);
  const order = { sku: 'mug', quantity: 2 };

  const statuses = [
    (await put(`/orders/${id}`, order)).status,
    (await put(`/orders/${id}`, order)).status,
    (await put(`/orders/${id}`, { ...order, quantity: 1 })).status,
  ];

  assert.deepEqual(statuses, [201, 200, 409]);
  assert.deepEqual((await ask('/products/mug')).body, { ...mug, stock: 1 });
});

test('what is sold out, unknown or wrong is refused with the reason', async (t) => {
  const { put } = await started(t);

  assert.deepEqual((await put(`/orders/${id}`, { sku: 'mug', quantity: 4 })).body, { error: 'sold out' });
  assert.equal((await put(`/orders/${id}`, { sku: 'cup', quantity: 1 })).status, 404);
  const wrong = await put('/products/cup', { name: 'Cup', stock: 1.5 });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.error ?? '', /priceCents.*stock/);
});

test('a body that is no JSON or too long is refused', async (t) => {
  const { ask } = await started(t);

  const broken = await ask('/products/cup', { method: 'PUT', body: '{' });
  const long = await ask('/products/cup', { method: 'PUT', body: 'x'.repeat(maxBodyBytes + 1) });

  assert.equal(broken.status, 400);
  assert.equal(long.status, 413);
  assert.equal(long.headers.get('connection'), 'close');
});

test('what fails inside is logged, and not told', async (t) => {
  const failing = { ...memoryStore(), product: () => Promise.reject(new Error('password is wrong')) };
  const log = rememberingLog();
  const { ask } = await started(t, { shop: createShop(failing, memoryCache(), log), log });

  const { status, body } = await ask('/products/mug');

  assert.equal(status, 500);
  assert.doesNotMatch(JSON.stringify(body), /password/);
  assert.deepEqual(log.lines, ['error a request failed']);
});

test('it is healthy without its database, and not ready', async (t) => {
  const { ask, log } = await started(t, {
    checks: {
      database: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7')),
      cache: async () => 'PONG',
    },
  });

  assert.equal((await ask('/healthz')).status, 200);
  const ready = await ask('/readyz');
  assert.equal(ready.status, 503);
  assert.deepEqual(ready.body, { database: 'failed', cache: 'ok' });
  assert.deepEqual(log.lines, ['warn not ready']);
});

test('while it stops it is not healthy, and keeps no connection', async (t) => {
  const { ask } = await started(t, { stopping: () => true });

  const { status, headers } = await ask('/healthz');

  assert.equal(status, 503);
  assert.equal(headers.get('connection'), 'close');
});
