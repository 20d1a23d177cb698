/** One local world a folder: a second start finds the first, and a file that a crash left is replaced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import { announce, claim, readWorldFile, release } from '../../local/show/world-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-world-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const environments = [{ name: 'production', cluster: 'main', service: 'my-api' }];
const config = defineConfig({
  services: { 'my-api': { repository: 'my-api', container: 'app', environments } },
});
const environment = { TABLE_NAME: 'table', STATE_MACHINE_ARN: 'arn' };
const own = process.pid;
const another = own + 1;

/** Where something answers, until it is closed. */
async function answering() {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => new Promise((closed) => server.close(closed)) };
}

test('the first start has the folder', async () => {
  expect(await claim(directory, own)).toBeUndefined();
  expect(await readWorldFile(directory)).toEqual({ pid: own });
});

test('a second start finds the first while it comes up, and leaves its file', async () => {
  await claim(directory, own);

  expect(await claim(directory, another)).toEqual({ pid: own });
  expect(await readWorldFile(directory)).toEqual({ pid: own });
});

test('a second start finds the first where it runs', async () => {
  const { address, close } = await answering();
  await claim(directory, own);
  await announce(directory, { pid: own, address, servingSince: 1, config, environment });

  expect(await claim(directory, another)).toMatchObject({ pid: own, address });
  await close();
});

test('a process of the same number that does not answer is another one', async () => {
  const { address, close } = await answering();
  await close();
  await announce(directory, { pid: own, address, servingSince: 1, config, environment });

  expect(await claim(directory, another)).toBeUndefined();
  expect(await readWorldFile(directory)).toEqual({ pid: another });
});

test('what a process left that is gone is replaced', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await claim(directory, Number(child.pid));

  expect(await claim(directory, own)).toBeUndefined();
  expect(await readWorldFile(directory)).toEqual({ pid: own });
});

test.each(['', 'no json', '{"pid":"x"}'])('a file of %j is replaced', async (text) => {
  writeFileSync(join(directory, 'world.json'), text);

  expect(await claim(directory, own)).toBeUndefined();
});

test('of two starts at once one has the folder, each time', async () => {
  for (let time = 0; time < 50; time += 1) {
    const claims = await Promise.all([claim(directory, own), claim(directory, process.ppid)]);

    expect(claims.filter((other) => other === undefined)).toHaveLength(1);
    await Promise.all([release(directory, own), release(directory, process.ppid)]);
  }
});

test('whoever ends takes away its own file only', async () => {
  await claim(directory, own);

  await release(directory, another);
  expect(await readWorldFile(directory)).toEqual({ pid: own });
  await release(directory, own);
  expect(await readWorldFile(directory)).toBeUndefined();
});
