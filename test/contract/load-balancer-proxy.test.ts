import { createServer, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { realClock } from '../../local/clock.ts';
import { sum } from '../../local/cloudwatch/distribution.ts';
import type { Datapoint } from '../../local/cloudwatch/metric-store.ts';
import { loadBalancer } from '../../local/load-balancer/load-balancer.ts';
import { traffic } from '../../local/load-balancer/traffic.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function world(settings: Partial<Parameters<typeof loadBalancer>[0]> = {}) {
  const published: Datapoint[] = [];
  const balancer = await loadBalancer({
    clock: realClock(),
    name: 'web',
    metrics: (datapoint) => published.push(datapoint),
    healthCheck: { path: '/healthz', intervalSeconds: 0.05, timeoutSeconds: 0.04 },
    periodSeconds: 0.2,
    publicationDelaySeconds: 0.05,
    ...settings,
  });
  cleanUps.push(balancer.close);
  /** Of the load balancer as a whole, all periods together; the last is over soon. */
  const counted = async () => {
    await sleep(300);
    const counts: Record<string, number> = {};
    for (const { metricName, dimensions, values } of published) {
      if ('TargetGroup' in dimensions || metricName === 'TargetResponseTime') continue;
      counts[metricName] = (counts[metricName] ?? 0) + sum(values);
    }
    return counts;
  };
  return { balancer, counted, published };
}

async function target(listener: RequestListener): Promise<{ id: string; port: number; server: Server }> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/healthz') outgoing.end();
    else listener(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { id: `t${port}`, port, server };
}

async function eventually(holds: () => boolean) {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 300) throw new Error('never happened');
    await sleep(10);
  }
}

test('a request and its answer pass through as they are, with the headers that AWS adds', async () => {
  const { balancer, counted } = await world();
  balancer.targetGroup.register(
    await target(async (incoming, outgoing) => {
      const chunks = await incoming.toArray();
      outgoing.writeHead(201, 'Made', { 'x-own': 'yes', 'set-cookie': ['a=1', 'b=2'], connection: 'close' });
      outgoing.end(
        JSON.stringify([incoming.method, incoming.url, incoming.headers, Buffer.concat(chunks).toString()]),
      );
    }),
  );

  const answer = await fetch(`${balancer.url}/some/path?a=b`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-forwarded-for': '203.0.113.7', 'x-mine': 'too' },
  });

  const [method, url, headers, body] = (await answer.json()) as unknown[];
  expect([answer.status, answer.statusText, answer.headers.get('x-own')]).toEqual([201, 'Made', 'yes']);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect([method, url, body]).toEqual(['POST', '/some/path?a=b', 'hello']);
  expect(headers).toMatchObject({
    host: new URL(balancer.url).host,
    'x-mine': 'too',
    'x-forwarded-for': '203.0.113.7, 127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': new URL(balancer.url).port,
  });
  expect(await counted()).toEqual({ RequestCount: 1, HTTPCode_Target_2XX_Count: 1 });
});

test('bodies stream both ways, whatever the method', async () => {
  const { balancer } = await world();
  balancer.targetGroup.register(await target((incoming, outgoing) => void incoming.pipe(outgoing)));

  const echoed: string[] = [];
  const asked = request(balancer.url, { method: 'DELETE', headers: { 'transfer-encoding': 'chunked' } });
  const ended = new Promise((resolve) => {
    asked.on('response', (answer) => {
      answer.on('data', (chunk) => echoed.push(String(chunk)));
      answer.on('end', resolve);
    });
  });
  asked.write('first');
  await eventually(() => echoed.length > 0);
  const before = [...echoed];
  asked.end('last');
  await ended;

  expect(before).toEqual(['first']);
  expect(echoed.join('')).toBe('firstlast');
});

test('without a target the load balancer answers 503 and counts no request', async () => {
  const { balancer, counted } = await world();

  const answer = await fetch(balancer.url);

  expect([answer.status, answer.headers.get('server')]).toEqual([503, 'awselb/2.0']);
  expect(await answer.text()).toContain('<h1>503 Service Temporarily Unavailable</h1>');
  expect(await counted()).toEqual({ HTTPCode_ELB_5XX_Count: 1 });
});

test('a target that refuses the connection, or hangs up, is a 502 of the load balancer', async () => {
  const { balancer, counted } = await world();
  const closed = await target(() => {});
  await new Promise((resolve) => closed.server.close(resolve));
  const rude = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => rude.close());
  balancer.targetGroup.register(closed);
  balancer.targetGroup.register({ id: 'rude', port: (rude.address() as AddressInfo).port });

  const statuses = [(await fetch(balancer.url)).status, (await fetch(balancer.url)).status];

  expect(statuses).toEqual([502, 502]);
  expect(await counted()).toEqual({ RequestCount: 2, HTTPCode_ELB_5XX_Count: 2 });
});

test.each([
  { it: 'a status of 000', head: 'HTTP/1.1 000 Zero' },
  { it: 'a status of 099', head: 'HTTP/1.1 099 Low' },
  { it: 'a status of 600', head: 'HTTP/1.1 600 High' },
  { it: 'a control character in its reason', head: 'HTTP/1.1 200 O\u0001K' },
  { it: 'a protocol that nobody asked for', head: 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x' },
])('an answer with $it is a 502 of the load balancer', async ({ head }) => {
  const { balancer, counted } = await world();
  let broken = 0;
  const odd = createTcpServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', (asked) => {
        socket.write(`${head}\r\nContent-Length: 2\r\n\r\nok`);
        if (!String(asked).includes('/healthz')) socket.once('close', () => broken++);
      });
  });
  await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => odd.close());
  balancer.targetGroup.register({ id: 'odd', port: (odd.address() as AddressInfo).port });

  const answer = await fetch(balancer.url);

  expect([answer.status, answer.statusText]).toEqual([502, 'Bad Gateway']);
  expect(await answer.text()).toContain('<h1>502 Bad Gateway</h1>');
  expect(await counted()).toEqual({ RequestCount: 1, HTTPCode_ELB_5XX_Count: 1 });
  await eventually(() => broken > 0);
});

test('a target that does not answer in time is a 504 of the load balancer', async () => {
  const { balancer, counted } = await world({ idleTimeoutSeconds: 0.1 });
  balancer.targetGroup.register(await target(() => {}));

  const answer = await fetch(balancer.url);

  expect(answer.status).toBe(504);
  expect(await counted()).toEqual({ RequestCount: 1, HTTPCode_ELB_5XX_Count: 1 });
});

test('errors of the target are errors of the target, and its time to the first byte is measured', async () => {
  const { balancer, counted, published } = await world();
  balancer.targetGroup.register(
    await target(async (_, outgoing) => {
      await sleep(100);
      outgoing.writeHead(500).flushHeaders();
      await sleep(200);
      outgoing.end();
    }),
  );

  await (await fetch(balancer.url)).text();

  expect(await counted()).toEqual({ RequestCount: 1, HTTPCode_Target_5XX_Count: 1 });
  const times = published.find(({ metricName }) => metricName === 'TargetResponseTime');
  expect(times?.unit).toBe('Seconds');
  const [seconds = 0] = times?.values.keys() ?? [];
  expect(seconds).toBeGreaterThan(0.09);
  expect(seconds).toBeLessThan(0.29);
});

test('an answer that breaks off breaks off for the client too', async () => {
  const { balancer } = await world();
  balancer.targetGroup.register(
    await target((_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '100' });
      outgoing.write('half', () => outgoing.destroy());
    }),
  );

  await expect(fetch(balancer.url).then((answer) => answer.text())).rejects.toThrow();
});

test('a client that goes away takes its request with it and is no failure of the target', async () => {
  const { balancer, counted } = await world();
  let gone = false;
  balancer.targetGroup.register(
    await target((incoming) => {
      incoming.socket.once('close', () => {
        gone = true;
      });
    }),
  );

  const aborted = fetch(balancer.url, { signal: AbortSignal.timeout(100) });

  await expect(aborted).rejects.toThrow();
  await eventually(() => gone);
  expect(await counted()).toEqual({ RequestCount: 1, HTTPCode_ELB_4XX_Count: 1 });
});

test('targets become healthy by real checks, and unhealthy when they stop answering', async () => {
  const { balancer } = await world();
  const { server, ...web } = await target(() => {});
  const seen: string[] = [];
  balancer.targetGroup.onHealth((_, health) => seen.push(health));

  balancer.targetGroup.register(web);
  await eventually(() => seen.length === 1);
  server.close();
  server.closeAllConnections();
  await eventually(() => seen.length === 2);

  expect(seen).toEqual(['healthy', 'unhealthy']);
});

test('a target that is taken out finishes what is under way while others get what is new', async () => {
  const { balancer } = await world({ deregistrationDelaySeconds: 0.5 });
  const finish: (() => void)[] = [];
  const old = await target((_, outgoing) => finish.push(() => outgoing.end('old')));
  const fresh = await target((_, outgoing) => outgoing.end('new'));
  balancer.targetGroup.register(old);
  const underWay = fetch(balancer.url).then((answer) => answer.text());
  await eventually(() => finish.length === 1);
  let drained = false;

  balancer.targetGroup.register(fresh);
  balancer.targetGroup.deregister(old.id, () => {
    drained = true;
  });
  const next = await (await fetch(balancer.url)).text();
  const before = [drained, balancer.targetGroup.health(old.id)];
  finish[0]?.();

  expect(next).toBe('new');
  expect(before).toEqual([false, 'draining']);
  expect(await underWay).toBe('old');
  await eventually(() => drained);
  expect(balancer.targetGroup.health(old.id)).toBeUndefined();
});

test('a request that outlasts the deregistration delay gets a 502', async () => {
  const { balancer } = await world({ deregistrationDelaySeconds: 0.1 });
  const slow = await target(() => {});
  balancer.targetGroup.register(slow);
  const underWay = fetch(balancer.url);
  await sleep(50);

  await new Promise<void>((resolve) => balancer.targetGroup.deregister(slow.id, resolve));

  expect((await underWay).status).toBe(502);
});

test('a port that is taken is an error', async () => {
  const { balancer } = await world();

  await expect(world({ port: Number(new URL(balancer.url).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('traffic comes at its rate whatever the answers, and counts what clients see', async () => {
  const { balancer } = await world();
  let answers = 0;
  balancer.targetGroup.register(
    await target((_, outgoing) => {
      answers += 1;
      if (answers % 4 === 0) outgoing.writeHead(500);
      setTimeout(() => outgoing.end(`answer ${answers}`), 50);
    }),
  );
  const bodies: string[] = [];

  const clients = traffic({
    clock: realClock(),
    url: balancer.url,
    requestsPerSecond: 100,
    onResult: ({ body }) => bodies.push(body),
  });
  const startedAt = performance.now();
  while (clients.seen().requests < 60) await sleep(50);
  clients.stop();
  const { requests, errors, p50Ms = 0, p99Ms = 0 } = clients.seen();
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(100);

  // A busy machine may have it come later, and never faster.
  expect(requests).toBeLessThanOrEqual(100 * (seconds + 0.1));
  expect(Math.abs(errors - requests / 4)).toBeLessThan(4);
  expect(p50Ms).toBeGreaterThan(45);
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  expect(bodies[0]).toMatch(/^answer \d+$/);
  expect(clients.seen().requests).toBe(requests);
  expect(clients.seen(0.01).requests).toBe(0);
});

test('no answer is an error that clients see', async () => {
  const nobody = await target(() => {});
  await new Promise((resolve) => nobody.server.close(resolve));
  const statuses: unknown[] = [];

  const clients = traffic({
    clock: realClock(),
    url: `http://127.0.0.1:${nobody.port}`,
    requestsPerSecond: 100,
    onResult: ({ status }) => statuses.push(status),
  });
  cleanUps.push(clients.stop);
  await eventually(() => statuses.length > 0);

  expect(statuses[0]).toBeUndefined();
  expect(clients.seen().errors).toBe(clients.seen().requests);
});
