import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openRedis } from '../../src/connections.ts';
import { redisCache } from '../../src/redis-cache.ts';
import { createShop } from '../../src/shop.ts';
import { memoryStore, rememberingLog } from '../unit/fakes.ts';
import { anySku, needs, redisUrl } from './needs.ts';

test('what is put into Redis is there, for as long as was said', needs('REDIS_URL'), async (t) => {
  const client = openRedis(redisUrl, rememberingLog());
  t.after(() => client.destroy());
  await once(client, 'ready');
  const cache = redisCache(client, { prefix: 'test:', seconds: 30 });
  const key = anySku();

  assert.equal(await cache.get(key), undefined);
  await cache.set(key, 'value');
  assert.equal(await cache.get(key), 'value');
  const left = await client.ttl(`test:${key}`);
  assert.ok(left > 0 && left <= 30, `${left} s are left`);
  await cache.drop(key);
  assert.equal(await cache.get(key), undefined);
});

test('while Redis is away the shop answers from its store, at once', async (t) => {
  const log = rememberingLog();
  // Nobody listens at port 9.
  const client = openRedis('redis://127.0.0.1:9', log);
  t.after(() => client.destroy());
  const sku = anySku();
  const product = { sku, name: 'Mug', priceCents: 1250, stock: 3 };
  const shop = createShop(memoryStore([product]), redisCache(client, { prefix: 'test:', seconds: 30 }), log);

  assert.deepEqual(await shop.product(sku), product);
  assert.ok(log.lines.includes('warn the cache could not answer'));
});
