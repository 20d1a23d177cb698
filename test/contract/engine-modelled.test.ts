import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import type { ContainerToStart } from '../../local/engine/engine.ts';
import type { ImageConfig } from '../../local/engine/image-source.ts';
import { modelledEngine } from '../../local/engine/modelled.ts';
import { seeded } from '../support/seeded.ts';
import { imageOf } from './engine-image.ts';

const sample = { Entrypoint: ['node', 'server.mjs'], Env: ['VERSION=v1', 'REVISION=0123456789abcdef'] };

async function run(config: ImageConfig, container: Partial<ContainerToStart> = {}) {
  const clock = virtualClock();
  const engine = modelledEngine({ images: await imageOf(config, []), clock, random: seeded(1) });
  const began = clock.now();
  const told: string[] = [];
  const tell = (what: string) => told.push(`${clock.now() - began} ${what}`);
  let port = 0;
  const task = engine.start(
    {
      taskArn: 'x',
      containers: [
        {
          name: 'web',
          image: 'x',
          environment: {},
          containerPorts: [8080],
          stopTimeoutSeconds: 30,
          ...container,
        },
      ],
    },
    {
      running(ports) {
        port = ports.get(8080) ?? 0;
        tell('running');
      },
      health: (_, status) => tell(status),
      failedToStart: (_, reason) => tell(reason),
      exited: (_, exitCode, reason) =>
        tell(['exited', exitCode, reason].filter((part) => part !== undefined).join(' ')),
      log: (_, line) => tell(`says ${line}`),
    },
  );
  return { clock, engine, task, told, port: () => port };
}

test('a container listens a while after it runs, and is gone when it is stopped', async () => {
  const { clock, engine, task, told, port } = await run(sample);

  await clock.advance(200);
  const early = engine.at(port());
  await clock.advance(9_800);
  const late = engine.at(port());
  task.stop();
  task.stop();
  const stopping = engine.at(port());
  await clock.advance(10_000);

  expect([early, stopping]).toEqual([undefined, undefined]);
  expect(late).toEqual({
    errorRate: 0,
    latencyMs: 20,
    healthy: true,
    version: 'v1',
    revision: '0123456789abcdef',
  });
  expect(told).toEqual(['200 running', '700 says my-api v1 (01234567) listens', '10100 exited 0']);
});

test('the environment of the image is obeyed, and that of the task goes before it', async () => {
  const { clock, engine, port } = await run(
    { ...sample, Env: ['ERROR_RATE=0.05', 'LATENCY_MS=900', 'UNHEALTHY=1'] },
    { environment: { LATENCY_MS: '40', START_MS: '5000' } },
  );

  await clock.advance(5_199);
  const early = engine.at(port());
  await clock.advance(1);

  expect(early).toBeUndefined();
  expect(engine.at(port())).toMatchObject({ errorRate: 0.05, latencyMs: 40, healthy: false });
});

test('a container that crashes says its last words and listens no more', async () => {
  const { clock, engine, task, told, port } = await run({ ...sample, Env: ['CRASH_AFTER_MS=1500'] });

  await clock.advance(60_000);
  task.stop();
  await clock.advance(60_000);

  expect(told.slice(2)).toEqual(['1700 says fatal: ORDERS_TABLE is not set', '1700 exited 1']);
  expect(engine.at(port())).toBeUndefined();
});

test('a container that has used up its memory is killed without a word', async () => {
  const { clock, told } = await run({ ...sample, Env: ['OOM_AFTER_MS=1500'] });

  await clock.advance(60_000);

  expect(told.at(-1)).toBe('1700 exited 137 OutOfMemoryError: Container killed due to memory usage');
});

test.each([
  { environment: {}, ends: '1200 exited 0' },
  { environment: { RUN_MS: '5000', EXIT_CODE: '3' }, ends: '5200 exited 3' },
])('a container with a command of its own ends by itself: $ends', async ({ environment, ends }) => {
  const { clock, told } = await run(sample, { command: ['migrate.mjs'], environment });

  await clock.advance(60_000);

  expect(told.at(-1)).toBe(ends);
});

test('an image without a command fails to start', async () => {
  const { clock, told } = await run({});

  await clock.advance(1000);

  expect(told).toEqual([
    '200 CannotStartContainerError: ResourceInitializationError: unable to create new container: no command specified',
  ]);
});

test('a task that is stopped before it runs still ends', async () => {
  const { clock, task, told } = await run(sample);

  task.stop();
  await clock.advance(1000);

  expect(told).toEqual(['200 exited']);
});

test('requests are answered as the sample service answers them', async () => {
  const { clock, engine, port } = await run({ ...sample, Env: [...sample.Env, 'UNHEALTHY=1'] });
  await clock.advance(1000);
  const answer = (path: string) => {
    const { status, body = '' } = engine.respond(port(), path) ?? {};
    return [status, JSON.parse(body)];
  };

  expect(answer('/')).toEqual([200, { service: 'my-api', version: 'v1', revision: '0123456789abcdef' }]);
  expect(answer('/healthz')).toEqual([503, { status: 'cannot reach the orders database' }]);
  expect(answer('/x')).toEqual([404, { error: 'not found' }]);
  expect(engine.respond(1, '/')).toBeUndefined();
});

test('of many requests about the given share fails, and half take longer than the median', async () => {
  const { clock, engine, port } = await run({ ...sample, Env: ['ERROR_RATE=0.05', 'LATENCY_MS=100'] });
  await clock.advance(1000);

  const answers = Array.from({ length: 20_000 }, () => engine.respond(port(), '/'));
  const failed = answers.filter((answer) => answer?.status === 500).length;
  const latencies = answers.map((answer) => answer?.latencyMs ?? 0).sort((one, other) => one - other);

  // Four standard deviations of a binomial count: 1000 ± 4 · √(20000 · 0.05 · 0.95).
  expect(Math.abs(failed - 1000)).toBeLessThan(124);
  expect(Math.abs((latencies[10_000] ?? 0) - 100)).toBeLessThan(2);
  expect(Math.abs((latencies[19_800] ?? 0) / 100 - 2.536)).toBeLessThan(0.12);
});
