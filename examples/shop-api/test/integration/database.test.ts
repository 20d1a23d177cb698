import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { Client, Pool } from 'pg';
import { applyMigrations, type Migration, missingMigrations, readMigrations } from '../../src/migrations.ts';
import { postgresStore } from '../../src/postgres-store.ts';
import { emptySchema, needs } from './needs.ts';

const database = needs('DATABASE_URL');
const mug = { sku: 'mug', name: 'Mug', priceCents: 1250, stock: 3 };
const order = (quantity: number, id = randomUUID()) => ({ id, sku: 'mug', quantity });

async function connected(t: TestContext, url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  t.after(() => client.end());
  return client;
}

async function openStore(t: TestContext) {
  const connectionString = await emptySchema(t);
  const pool = new Pool({ connectionString });
  t.after(() => pool.end());
  await applyMigrations(await connected(t, connectionString), await readMigrations());
  const store = postgresStore(pool);
  await store.save(mug);
  return { store, pool };
}

test('migrations are applied once, in order', database, async (t) => {
  const client = await connected(t, await emptySchema(t));
  const wanted = await readMigrations();

  assert.deepEqual(
    await applyMigrations(client, wanted),
    wanted.map(({ name }) => name),
  );
  assert.deepEqual(await applyMigrations(client, wanted), []);
});

test('two tasks that migrate at the same time do it once', database, async (t) => {
  const url = await emptySchema(t);
  const wanted = await readMigrations();
  const both = [await connected(t, url), await connected(t, url)];

  const applied = await Promise.all(both.map((client) => applyMigrations(client, wanted)));

  assert.equal(applied.flat().length, wanted.length);
});

test('a migration that fails leaves nothing behind, and those before it stay', database, async (t) => {
  const url = await emptySchema(t);
  const client = await connected(t, url);
  const pool = new Pool({ connectionString: url });
  t.after(() => pool.end());
  const step = (name: string, sql: string): Migration => ({ name, sql, checksum: sql });
  const wanted = [
    step('0001-good.sql', 'create table a (b int)'),
    step('0002-bad.sql', 'create table c (d int); select 1 / 0'),
  ];

  await assert.rejects(applyMigrations(client, wanted), /0002-bad\.sql failed: division by zero/);

  assert.deepEqual(await missingMigrations(pool, wanted), ['0002-bad.sql']);
  const { rows } = await client.query(`select to_regclass('a') is null as a, to_regclass('c') is null as c`);
  assert.deepEqual(rows, [{ a: false, c: true }]);
});

test('a migration that was applied may not change', database, async (t) => {
  const client = await connected(t, await emptySchema(t));
  const [first] = await readMigrations();
  assert.ok(first);
  await applyMigrations(client, [first]);

  const changed = { ...first, checksum: 'another' };

  await assert.rejects(applyMigrations(client, [changed]), /0001-products\.sql was changed/);
});

test('a product is kept, and changed', database, async (t) => {
  const { store } = await openStore(t);

  await store.save({ ...mug, priceCents: 990 });

  assert.deepEqual(await store.product('mug'), { ...mug, priceCents: 990 });
  assert.equal(await store.product('cup'), undefined);
});

test('an order takes from the stock once, however often it is sent', database, async (t) => {
  const { store } = await openStore(t);
  const two = order(2);

  assert.equal(await store.place(two), 'placed');
  assert.equal(await store.place(two), 'placed before');
  assert.equal(await store.place({ ...two, quantity: 1 }), 'another order has this id');
  assert.equal((await store.product('mug'))?.stock, 1);
});

test('an order that cannot be filled leaves no trace', database, async (t) => {
  const { store, pool } = await openStore(t);

  assert.equal(await store.place(order(4)), 'sold out');
  assert.equal(await store.place({ ...order(1), sku: 'cup' }), 'no such product');

  const { rows } = await pool.query('select count(*)::int as orders from orders');
  assert.deepEqual(rows, [{ orders: 0 }]);
  assert.equal((await store.product('mug'))?.stock, 3);
});

test('of many who want the last ones at the same time, only as many get them', database, async (t) => {
  const { store } = await openStore(t);

  const placed = await Promise.all(Array.from({ length: 12 }, () => store.place(order(1))));

  assert.equal(placed.filter((each) => each === 'placed').length, 3);
  assert.equal((await store.product('mug'))?.stock, 0);
});
