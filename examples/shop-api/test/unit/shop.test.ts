import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShop } from '../../src/shop.ts';
import { brokenCache, memoryCache, memoryStore, rememberingLog } from './fakes.ts';

const mug = { sku: 'mug', name: 'Mug', priceCents: 1250, stock: 3 };
const order = { id: '0b6f1c8e-7a52-4a3c-9d0e-3f6f2a1b9c55', sku: 'mug', quantity: 2 };

test('a product is read from the store once', async () => {
  const store = memoryStore([mug]);
  const shop = createShop(store, memoryCache(), rememberingLog());

  await shop.product('mug');
  const again = await shop.product('mug');

  assert.deepEqual(again, mug);
  assert.equal(store.reads, 1);
});

test('that there is no such product is not remembered', async () => {
  const cache = memoryCache();
  const shop = createShop(memoryStore(), cache, rememberingLog());

  assert.equal(await shop.product('mug'), undefined);

  assert.equal(cache.content.size, 0);
});

test('an order and a new price are seen at once', async () => {
  const shop = createShop(memoryStore([mug]), memoryCache(), rememberingLog());
  await shop.product('mug');

  await shop.place(order);
  assert.equal((await shop.product('mug'))?.stock, 1);
  await shop.save({ ...mug, priceCents: 990 });
  assert.equal((await shop.product('mug'))?.priceCents, 990);
});

test('without its cache the shop sells all the same, and says what is wrong', async () => {
  const log = rememberingLog();
  const shop = createShop(memoryStore([mug]), brokenCache, log);

  assert.deepEqual(await shop.product('mug'), mug);
  assert.equal(await shop.place(order), 'placed');

  assert.equal(log.lines.length, 3);
});
