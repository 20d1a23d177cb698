/** Tasks that really run: the engine of processes with an unpacked image, and everything that it tells. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { realClock } from '../../local/clock.ts';
import type { ContainerToStart } from '../../local/engine/engine.ts';
import type { ImageConfig, ImageSource } from '../../local/engine/image-source.ts';
import { type ProcessEngine, processEngine } from '../../local/engine/processes.ts';
import { type Entry, imageOf } from './engine-image.ts';

/** To be called once a file: every test of it gets a directory of its own, and its tasks end with it. */
export function processTasks() {
  let directory: string;
  const engines: ProcessEngine[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tidegate-engine-'));
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    rmSync(directory, { recursive: true, force: true });
  });

  function engineOf(images: ImageSource) {
    const engine = processEngine({ images, directory, clock: realClock() });
    engines.push(engine);
    return engine;
  }

  /** Starts a task and collects what is told. */
  async function run(
    config: ImageConfig,
    entries: Entry[] = [],
    containers: Partial<ContainerToStart>[] = [{}],
  ) {
    const told: string[] = [];
    const engine = engineOf(await imageOf(config, [{ entries, compression: 'gzip' }]));
    let ports: ReadonlyMap<number, number> = new Map();
    const task = engine.start(
      {
        taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/default/1',
        containers: containers.map((container) => ({
          name: 'web',
          image: 'my-api:1',
          environment: {},
          containerPorts: [],
          stopTimeoutSeconds: 5,
          ...container,
        })),
      },
      {
        running(given) {
          ports = given;
          told.push('running');
        },
        health: (container, status) => told.push(`${container} is ${status}`),
        failedToStart: (container, reason) => told.push(`${container}: ${reason}`),
        exited: (container, exitCode) => told.push(`${container} exited ${exitCode}`),
        log: (container, line) => told.push(`${container} says ${line}`),
      },
    );
    const heard = async (what: string | RegExp) => {
      await eventually(
        () => told.some((line) => (typeof what === 'string' ? line === what : what.test(line))),
        told,
      );
      return told;
    };
    return { engine, task, told, heard, portOf: (containerPort: number) => ports.get(containerPort) };
  }

  return { directory: () => directory, engineOf, run };
}

export async function eventually(holds: () => boolean, shown: unknown = '') {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error(`never happened, but: ${JSON.stringify(shown)}`);
    await sleep(10);
  }
}

export const script = (content: string): Entry => ({ name: 'app/main.mjs', content });
export const node: ImageConfig = { Entrypoint: ['node', 'main.mjs'], WorkingDir: '/app' };
