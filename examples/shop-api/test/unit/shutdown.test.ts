import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { shutDown } from '../../src/shutdown.ts';
import { rememberingLog } from './fakes.ts';

async function listening(answer: RequestListener) {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a request under way is answered before anything is closed', async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
  const { server, url } = await listening(async (_request, response) => {
    arrived();
    await slow;
    response.writeHead(200, { connection: 'close' }).end('done');
  });
  const order: string[] = [];
  const request = fetch(url).then(async (response) => order.push(await response.text()));
  await asked;

  const ending = shutDown({
    server,
    close: [() => order.push('cache'), async () => order.push('database')],
    seconds: 20,
    log: rememberingLog(),
  });
  await assert.rejects(fetch(url), 'nothing new is taken');
  answer();
  const [code] = await Promise.all([ending, request]);

  assert.equal(code, 0);
  assert.deepEqual(order.toSorted(), ['cache', 'database', 'done']);
  assert.ok(order.indexOf('cache') < order.indexOf('database'));
});

test('a request that never ends is cut off, and that is no success', async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  const { server, url } = await listening(() => arrived());
  const log = rememberingLog();
  const request = assert.rejects(fetch(url));
  await asked;

  const code = await shutDown({ server, close: [], seconds: 0.05, log });
  await request;

  assert.equal(code, 1);
  assert.deepEqual(log.lines, ['error requests under way were cut off']);
});

test('a connection that does not close holds up nothing', async () => {
  const { server } = await listening(() => undefined);
  const log = rememberingLog();
  const fails = () => Promise.reject(new Error('already closed'));

  assert.equal(await shutDown({ server, close: [fails], seconds: 20, log }), 0);
  assert.deepEqual(log.lines, ['warn a connection did not close']);
});
