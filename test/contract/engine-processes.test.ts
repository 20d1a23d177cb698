import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageOf } from './engine-image.ts';
import { eventually, node, processTasks, script } from './engine-tasks.ts';

const { directory, engineOf, run } = processTasks();

function isAlive(pid: number) {
  try {
    // A zombie that nobody has waited for is dead, though its pid is still there.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a container listens on the port it is told, with the environment of image and task', async () => {
  const { task, heard, portOf } = await run(
    { ...node, Env: ['A=image', 'B=image', 'PORT=8080'] },
    [
      script(`
        import { createServer } from 'node:http';
        const { A, B, PORT, AWS_ENDPOINT_URL } = process.env;
        createServer((_, response) => response.end([A, B, AWS_ENDPOINT_URL].join())).listen(PORT, () => console.log('up'));
      `),
    ],
    [{ environment: { B: 'task' }, containerPorts: [8080] }],
  );

  await heard('web says up');
  const body = await (await fetch(`http://127.0.0.1:${portOf(8080)}/`)).text();
  task.stop();

  expect(body).toBe('image,task,');
  expect(await heard('web exited 143')).toEqual(['running', 'web says up', 'web exited 143']);
});

test('what a container uses is what the system says of its processes, children included', async () => {
  const child = `spawn(process.execPath, ['-e', 'globalThis.kept = Buffer.alloc(64 * 2 ** 20, 1); console.log("kept"); setInterval(() => {}, 1e6)'], { stdio: 'inherit' })`;
  const { task, heard } = await run(node, [script(`import { spawn } from 'node:child_process'; ${child};`)]);

  await heard('web says kept');
  const used = task.usage();
  task.stop();
  await heard(/exited/);

  expect(used?.memoryBytes).toBeGreaterThan(64 * 2 ** 20);
  expect(used?.cpuSeconds).toBeGreaterThan(0);
  expect(task.usage()).toBeUndefined();
});

test.each([
  { it: 'ends well', code: 'console.log("done")', exit: 0 },
  { it: 'crashes', code: 'process.exitCode = 7', exit: 7 },
  { it: 'throws', code: 'throw new Error("no")', exit: 1 },
  { it: 'is killed by the system', code: 'process.kill(process.pid, "SIGSEGV")', exit: 139 },
])('a container that $it exits $exit', async ({ code, exit }) => {
  const { heard } = await run(node, [script(code)]);

  const told = await heard(/exited/);

  expect(told.at(-1)).toBe(`web exited ${exit}`);
});

test('all output is told before the exit: both streams, long lines in pieces, an unfinished last line', async () => {
  const { heard } = await run(node, [
    script(
      `console.log('one\\ntwo'); console.error('three'); process.stdout.write('x'.repeat(20000) + '\\nlast')`,
    ),
  ]);

  const told = await heard(/exited/);

  const said = told.flatMap((line) => /^web says (.*)/.exec(line)?.[1] ?? []);
  expect(said.filter((line) => !line.startsWith('x')).sort()).toEqual(['last', 'one', 'three', 'two']);
  expect(said.filter((line) => line.startsWith('x')).map(({ length }) => length)).toEqual([16384, 3616]);
  expect(told.at(-1)).toBe('web exited 0');
});

test('a container that ignores SIGTERM is killed after its stop timeout, with all its processes', async () => {
  const { task, heard, told } = await run(
    node,
    [
      script(`
        import { spawn } from 'node:child_process';
        process.on('SIGTERM', () => console.log('no'));
        const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
        console.log('child ' + child.pid);
        setInterval(() => {}, 1000);
      `),
    ],
    [{ stopTimeoutSeconds: 0.3 }],
  );
  await heard(/child \d+/);
  const child = Number(/child (\d+)/.exec(told.join())?.[1]);

  task.stop();
  task.stop();

  expect((await heard(/exited/)).slice(-2)).toEqual(['web says no', 'web exited 137']);
  await eventually(() => !isAlive(child));
});

test('nothing outlives the first process of a container', async () => {
  const { heard, told } = await run(node, [
    script(`
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref();
      console.log('child ' + child.pid);
    `),
  ]);

  await heard('web exited 0');

  const child = Number(/child (\d+)/.exec(told.join())?.[1]);
  expect(child).toBeGreaterThan(0);
  await eventually(() => !isAlive(child));
});

test('a script of the image runs, finds the tools of the image first, and files by their path in the container', async () => {
  const { heard } = await run(
    { Entrypoint: ['/entrypoint.sh'], Cmd: ['node', '/app/main.mjs'], Env: ['PATH=/opt/tools:/usr/bin'] },
    [
      { name: 'entrypoint.sh', content: '#!/bin/sh\ngreet\nexec "$@"\n', mode: 0o755 },
      { name: 'opt/tools/greet', content: '#!/bin/sh\necho hello\n', mode: 0o755 },
      script(`console.log(process.cwd().endsWith(process.argv[1].replace('/app/main.mjs', '')))`),
    ],
  );

  expect(await heard('web exited 0')).toEqual(['running', 'web says hello', 'web says true', 'web exited 0']);
});

const runtime =
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec:';

test.each([
  {
    it: 'has no command',
    config: {},
    reason:
      'CannotStartContainerError: ResourceInitializationError: unable to create new container: no command specified',
  },
  {
    it: 'has a command that is nowhere',
    config: { Cmd: ['no-such-tool'] },
    reason: `${runtime} "no-such-tool": executable file not found in $PATH: unknown`,
  },
  {
    it: 'has an entry point that is not there',
    config: { Entrypoint: ['/opt/run.sh'] },
    reason: `${runtime} "/opt/run.sh": stat /opt/run.sh: no such file or directory: unknown`,
  },
  {
    it: 'has an entry point that is not executable',
    config: { Entrypoint: ['/app/main.mjs'] },
    reason: `${runtime} "/app/main.mjs": permission denied: unknown`,
  },
])('an image that $it fails to start as on ECS', async ({ config, reason }) => {
  const { heard } = await run(config, [{ ...script(''), mode: 0o644 }]);

  expect(await heard(/^web/)).toEqual([`web: ${reason}`]);
});

test('an image that cannot be pulled or unpacked fails to start', async () => {
  const evil = await run(node, [{ name: '../evil', content: '' }]);
  const missing = engineOf({
    pull() {
      throw new Error('CannotPullContainerError: not found');
    },
    blob: () => new Uint8Array(),
  });
  const reason = await new Promise((resolve) => {
    const container = { name: 'web', image: 'x', environment: {}, containerPorts: [], stopTimeoutSeconds: 1 };
    missing.start(
      { taskArn: 'x', containers: [container] },
      { running() {}, failedToStart: (_, why) => resolve(why), exited() {}, health() {}, log() {} },
    );
  });

  expect(await evil.heard(/^web/)).toEqual([
    'web: CannotPullContainerError: failed to register layer: "../evil" is outside of the root filesystem',
  ]);
  expect(reason).toBe('CannotPullContainerError: not found');
});

test('the containers of a task run together, each stopped on its own', async () => {
  const { task, heard } = await run(
    node,
    [script('console.log(process.argv[2]); setInterval(() => {}, 1000)')],
    [
      { name: 'web', command: ['one'], containerPorts: [80] },
      { name: 'log', command: ['two'] },
    ],
  );
  await heard('web says one');
  await heard('log says two');

  task.stop();

  await heard('web exited 143');
  expect((await heard('log exited 143'))[0]).toBe('running');
});

test('a task that is stopped while it starts still ends', async () => {
  const { task, heard } = await run(node, [script('setInterval(() => {}, 1000)')]);

  task.stop();

  expect(await heard(/exited/)).toEqual(['web exited undefined']);
});

test('an image is unpacked once, also across runs', async () => {
  const entries = [script('')];
  const first = await run(node, entries, [{ name: 'a' }, { name: 'b' }]);
  await first.heard('a exited 0');
  await first.heard('b exited 0');
  const images = readdirSync(join(directory(), 'images'));
  writeFileSync(
    join(directory(), 'images', images[0] ?? '', 'app/main.mjs'),
    'console.log("as it was left")',
  );

  const second = await run(node, entries);

  expect(images).toHaveLength(1);
  expect(await second.heard(/exited/)).toContain('web says as it was left');
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'containers die with the process that started them, by %s',
  async (signal) => {
    const { parent, pids } = await startedByAnother();

    parent.kill(signal);

    await eventually(() => !pids.some(isAlive), pids);
    expect(pids).toHaveLength(2);
  },
);

test('the next run ends what a run before left behind, and nothing else', async () => {
  const orphan = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const other = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const startTicks = (pid = 0) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21];
  const dead = { pid: 999_999_999, startedAt: '1' };
  const leave = (name: number, entry: object) =>
    writeFileSync(join(directory(), 'processes', `${name}.json`), JSON.stringify(entry));
  await (await run(node, [script('')])).heard(/exited/);
  leave(1, { pid: orphan.pid, startedAt: startTicks(orphan.pid), owner: dead });
  leave(2, { pid: other.pid, startedAt: 'of an earlier process with the same pid', owner: dead });
  const mine = { pid: process.pid, startedAt: startTicks(process.pid) };
  leave(3, { pid: other.pid, startedAt: startTicks(other.pid), owner: mine });

  engineOf(await imageOf(node, []));

  await eventually(() => !isAlive(orphan.pid ?? 0));
  expect(isAlive(other.pid ?? 0)).toBe(true);
  expect(readdirSync(join(directory(), 'processes'))).toEqual(['3.json']);
  other.kill('SIGKILL');
}, 10_000);

/** An engine in a process of its own, with a container that has a child. */
async function startedByAnother(): Promise<{ parent: ChildProcess; pids: number[] }> {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const container = `
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log(process.pid, child.pid);
    setInterval(() => {}, 1000);
  `;
  const main = `
    import { realClock } from ${url('../../local/clock.ts')};
    import { processEngine } from ${url('../../local/engine/processes.ts')};
    import { imageOf } from ${url('./engine-image.ts')};
    const images = await imageOf(${JSON.stringify(node)}, [{ entries: [${JSON.stringify(script(container))}] }]);
    const engine = processEngine({ images, directory: ${JSON.stringify(directory())}, clock: realClock() });
    const container = { name: 'web', image: 'x', environment: {}, containerPorts: [], stopTimeoutSeconds: 60 };
    engine.start({ taskArn: 'x', containers: [container] }, {
      running() {}, failedToStart: console.error, exited() {}, health() {}, log: (_, line) => console.log(line),
    });
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', main], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (data) => resolve(String(data))),
  );
  return { parent, pids: line.trim().split(' ').map(Number) };
}
