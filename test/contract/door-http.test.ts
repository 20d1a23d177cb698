import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AwsRequest } from '../../local/door/answering.ts';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { inProcessFetch } from '../../local/door/in-process.ts';
import { type Route, under } from '../../local/door/route.ts';

const aws = async ({ body }: AwsRequest) => ({ status: 200, headers: {}, body: `aws ${Buffer.from(body)}` });
const open: HttpDoor[] = [];
async function doorTo(...routes: Route[]) {
  const door = await httpDoor({ port: 0, aws, routes, log: () => {} });
  open.push(door);
  return door;
}
afterEach(async () => {
  for (const door of open.splice(0)) await door.close();
});

const megabyte = new Uint8Array(1024 * 1024);

describe('the HTTP door', () => {
  test('sends POST requests with a target to AWS and the others to whom their path belongs', async () => {
    const { address } = await doorTo(
      under('/slack', () => new Response('slack')),
      under('/', (request) => new Response(`console ${request.method}`)),
    );
    const ask = async (path: string, init?: RequestInit) => (await fetch(address + path, init)).text();

    expect(await ask('/', { method: 'POST', headers: { 'x-amz-target': 'A.B' }, body: '{}' })).toBe('aws {}');
    expect(await ask('/slack')).toBe('slack');
    expect(await ask('/slack/api/chat.postMessage')).toBe('slack');
    expect(await ask('/slacker', { method: 'POST' })).toBe('console POST');
  });

  test('answers HEAD with the length of what GET would answer', async () => {
    const { address } = await doorTo(
      under('/blob', ({ method }) => {
        return new Response(method === 'HEAD' ? null : 'hello', {
          headers: { 'content-length': '5', 'x-digest': 'd' },
        });
      }),
    );

    const head = await fetch(`${address}/blob`, { method: 'HEAD' });
    const get = await fetch(`${address}/blob`);

    expect([head.headers.get('content-length'), head.headers.get('x-digest')]).toEqual(['5', 'd']);
    expect(await get.text()).toBe('hello');
  });

  test('answers 404 where nobody owns the path, and 500 where a handler fails', async () => {
    const { address } = await doorTo(
      under('/broken', () => {
        throw new Error('oh');
      }),
    );

    expect((await fetch(`${address}/nothing`)).status).toBe(404);
    expect((await fetch(`${address}/broken`)).status).toBe(500);
  });

  describe('refuses what only a browser on another site can have sent', () => {
    /** Not by `fetch`, which sends its own Host. */
    const ask = ({ port }: HttpDoor, headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const asking = request({ host: '127.0.0.1', port, method: 'POST', headers }, async (answer) => {
          resolve({ status: answer.statusCode, text: (await answer.toArray()).join('') });
        });
        asking.once('error', reject).end('{}');
      });
    const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RunTask' };

    test.each([
      { it: 'a name that points to this machine', host: (port: number) => `evil.example:${port}` },
      { it: 'another port', host: () => '127.0.0.1:1' },
      { it: 'no port', host: () => '127.0.0.1' },
      { it: 'a name that begins like ours', host: (port: number) => `localhost.evil.example:${port}` },
    ])('as its Host: $it', async ({ host }) => {
      const handler = vi.fn(() => new Response('done'));
      const door = await doorTo(under('/', handler));

      const answers = [
        await ask(door, { host: host(door.port), ...target }),
        await ask(door, { host: host(door.port) }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([421, 421]);
      expect(answers[0]?.text).toContain(`not to the Host "${host(door.port)}"`);
      expect(handler).not.toHaveBeenCalled();
    });

    test.each([
      { it: 'another site', origin: () => 'https://evil.example' },
      { it: 'another server of this machine', origin: () => 'http://127.0.0.1:1' },
      { it: 'one that hides', origin: () => 'null' },
    ])('as its Origin: $it', async ({ origin }) => {
      const handler = vi.fn(() => new Response('done'));
      const door = await doorTo(under('/', handler));
      const host = `127.0.0.1:${door.port}`;

      const answers = [
        await ask(door, { host, origin: origin(), ...target }),
        await ask(door, { host, origin: origin() }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([403, 403]);
      expect(answers[0]?.text).toContain(`not those of the Origin "${origin()}"`);
      expect(handler).not.toHaveBeenCalled();
    });

    test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])(
      'but answers %s and its pages',
      async (name) => {
        const door = await doorTo(under('/', () => new Response('done')));
        const host = `${name}:${door.port}`;

        const answers = [
          await ask(door, { host, ...target }),
          await ask(door, { host, origin: `http://${host.toLowerCase()}` }),
        ];

        expect(answers.map(({ text }) => text)).toEqual(['aws {}', 'done']);
      },
    );
  });

  test('streams an upload of 200 MB without keeping it', async () => {
    let largest = 0;
    const { address } = await doorTo(
      under('/upload', async (request) => {
        let size = 0;
        for await (const chunk of request.body ?? []) {
          size += chunk.length;
          largest = Math.max(largest, chunk.length);
        }
        return Response.json({ size });
      }),
    );
    const body = Readable.toWeb(Readable.from(Array.from({ length: 200 }, () => megabyte))) as ReadableStream;

    const answer = await fetch(`${address}/upload`, { method: 'PUT', body, duplex: 'half' } as RequestInit);

    expect(await answer.json()).toEqual({ size: 200 * megabyte.length });
    expect(largest).toBeLessThanOrEqual(megabyte.length);
  });

  test('answers an upload that its handler refused unread, and goes on', async () => {
    const { address } = await doorTo(under('/upload', () => new Response('too large', { status: 413 })));
    const sending = () =>
      fetch(`${address}/upload`, { method: 'PUT', body: new Uint8Array(20 * megabyte.length) });

    expect((await sending()).status).toBe(413);
    expect((await sending()).status).toBe(413);
  });

  test('hands out an event stream as it is written, and tells its writer when the reader has gone', async () => {
    const cancelled = vi.fn();
    let write = (_text: string) => {};
    const { address } = await doorTo(
      under('/events', () => {
        const body = new ReadableStream({
          start(controller) {
            write = (text) => controller.enqueue(new TextEncoder().encode(text));
          },
          cancel: cancelled,
        });
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      }),
    );
    const leave = new AbortController();

    const answer = await fetch(`${address}/events`, { signal: leave.signal });
    const reader = answer.body?.getReader();
    write('data: one\n\n');
    const first = await reader?.read();
    leave.abort();

    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: one\n\n');
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
  });

  test('aborts the request of a client that did not wait for the answer', async () => {
    const aborted = vi.fn();
    const { address } = await doorTo(
      under('/slow', (request) => {
        request.signal.addEventListener('abort', aborted);
        return new Promise<Response>(() => {});
      }),
    );
    const leave = new AbortController();

    const asking = fetch(`${address}/slow`, { signal: leave.signal });
    for (let turns = 0; turns < 50; turns += 1) await turn();
    leave.abort();

    await expect(asking).rejects.toThrow();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled());
  });

  test('takes a free port where the wanted one is taken, and says which', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port: taken } = other.address() as AddressInfo;

    const door = await httpDoor({ port: taken, aws, routes: [] });

    expect(door.port).not.toBe(taken);
    expect(door.address).toBe(`http://127.0.0.1:${door.port}`);
    await door.close();
    await new Promise((resolve) => other.close(resolve));
  });

  test('closes at once although an event stream is open', async () => {
    const door = await doorTo(under('/events', () => new Response(new ReadableStream())));
    const answer = await fetch(`${door.address}/events`);

    await door.close();

    await expect(answer.text()).rejects.toThrow();
    await expect(door.close()).resolves.toBeUndefined();
  });
});

describe('the fetch without a socket', () => {
  const local = inProcessFetch({
    'http://127.0.0.1:4747': [under('/v2', async (request) => new Response(await request.text()))],
    'https://my-api.example.com': [under('/', () => new Promise<Response>(() => {}))],
  });

  test('reaches the handler of an origin and a path', async () => {
    const answer = await local('http://127.0.0.1:4747/v2/', { method: 'PUT', body: 'a blob' });

    expect(await answer.text()).toBe('a blob');
    expect((await local('http://127.0.0.1:4747/nothing')).status).toBe(404);
  });

  test('knows no other host', async () => {
    await expect(local('https://example.org/')).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ENOTFOUND' },
    });
  });

  test('gives up when its caller does', async () => {
    const signal = AbortSignal.abort();

    await expect(local('https://my-api.example.com/', { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
