/** The modelled engine stands in for the sample service: both must behave the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock, virtualClock } from '../../local/clock.ts';
import type { TaskEngine } from '../../local/engine/engine.ts';
import { modelledEngine } from '../../local/engine/modelled.ts';
import { processEngine } from '../../local/engine/processes.ts';
import { seeded } from '../support/seeded.ts';
import { imageOf } from './engine-image.ts';

const content = readFileSync(new URL('../../examples/my-api/server.mjs', import.meta.url), 'utf8');
const config = {
  Entrypoint: ['node', 'server.mjs'],
  WorkingDir: '/app',
  Env: ['VERSION=v1', 'REVISION=0123456789abcdef'],
};
const images = await imageOf(config, [{ entries: [{ name: 'app/server.mjs', content }] }]);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-parity-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(engine: TaskEngine, environment: Record<string, string>) {
  let port = 0;
  let exit: number | undefined;
  const lines: string[] = [];
  const container = { name: 'web', image: 'x', environment, containerPorts: [8080], stopTimeoutSeconds: 5 };
  const task = engine.start(
    { taskArn: 'x', containers: [container] },
    {
      running: (ports) => {
        port = ports.get(8080) ?? 0;
      },
      health() {},
      failedToStart: (_, reason) => lines.push(reason),
      exited: (_, code) => {
        exit = code;
      },
      log: (_, line) => lines.push(line),
    },
  );
  return { task, lines, port: () => port, exit: () => exit };
}

async function eventually(holds: () => boolean) {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error('never happened');
    await sleep(10);
  }
}

async function really(environment: Record<string, string>) {
  const engine = processEngine({ images, directory, clock: realClock() });
  const { task, lines, port, exit } = start(engine, environment);
  try {
    await eventually(() => lines.some((line) => line.includes('listens')));
    const answers = [];
    for (const path of ['/', '/healthz', '/x']) {
      const answer = await fetch(`http://127.0.0.1:${port()}${path}`);
      answers.push([answer.status, await answer.json()]);
    }
    task.stop();
    await eventually(() => exit() !== undefined);
    return { answers, exit: exit() };
  } finally {
    await engine.close();
  }
}

async function modelled(environment: Record<string, string>) {
  const clock = virtualClock();
  const engine = modelledEngine({ images, clock, random: seeded(1) });
  const { task, port, exit } = start(engine, environment);
  await clock.advance(1000);
  const answers = ['/', '/healthz', '/x'].map((path) => {
    const { status, body = '' } = engine.respond(port(), path) ?? {};
    return [status, JSON.parse(body)];
  });
  task.stop();
  await clock.advance(1000);
  return { answers, exit: exit() };
}

test.each([{}, { UNHEALTHY: '1' }, { ERROR_RATE: '1' }, { VERSION: 'v2' }] as Record<string, string>[])(
  'with %o the model answers and ends as the sample service does',
  async (environment) => {
    expect(await modelled(environment)).toEqual(await really(environment));
  },
);

test('the model crashes as the sample service does', async () => {
  const environment = { CRASH_AFTER_MS: '100' };
  const engine = processEngine({ images, directory, clock: realClock() });
  const real = start(engine, environment);
  await eventually(() => real.exit() !== undefined);
  const clock = virtualClock();
  const model = start(modelledEngine({ images, clock, random: seeded(1) }), environment);
  await clock.advance(1000);

  expect([model.exit(), model.lines.at(-1)]).toEqual([real.exit(), real.lines.at(-1)]);
});
