/** Containers of real tasks that wait for each other, and whose health is checked. */
import { expect, test } from 'vitest';
import { node, processTasks, script } from './engine-tasks.ts';

const { run } = processTasks();

test('containers start after what they depend on, and stop before it', async () => {
  const waits = 'setInterval(() => {}, 1000)';
  const { task, told, heard } = await run(
    node,
    [script('console.log("never")')],
    [
      {
        name: 'web',
        entryPoint: ['node', '-e', waits],
        dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }],
      },
      {
        name: 'db',
        entryPoint: ['node', '-e', waits],
        dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }],
        healthCheck: {
          command: ['CMD-SHELL', 'exit 0'],
          intervalSeconds: 0.05,
          timeoutSeconds: 5,
          retries: 1,
          startPeriodSeconds: 0,
        },
      },
      { name: 'init', entryPoint: ['node', '-e', 'process.exit(0)'] },
    ],
  );

  await heard('running');
  task.stop();
  await heard('db exited 143');

  expect(told).toEqual(['init exited 0', 'db is HEALTHY', 'running', 'web exited 143', 'db exited 143']);
});

test.each([
  { it: 'ends with another code than 0', command: ['CMD', 'node', '-e', 'process.exit(1)'] },
  { it: 'takes too long', command: ['CMD-SHELL', 'sleep 60'] },
  { it: 'cannot be run', command: ['CMD', 'no-such-program'] },
])('a container is unhealthy when its check $it', async ({ command }) => {
  const { heard } = await run(
    node,
    [script('setInterval(() => {}, 1000)')],
    [
      {
        healthCheck: {
          command,
          intervalSeconds: 0.05,
          timeoutSeconds: 0.2,
          retries: 2,
          startPeriodSeconds: 0,
        },
      },
    ],
  );

  expect(await heard('web is UNHEALTHY')).toEqual(['running', 'web is UNHEALTHY']);
});

test('a container whose init container fails never starts, and the others end', async () => {
  const { heard, told } = await run(
    node,
    [script('setInterval(() => {}, 1000)')],
    [
      { name: 'web', dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] },
      { name: 'agent' },
      { name: 'init', entryPoint: ['node', '-e', 'process.exit(3)'] },
    ],
  );

  await heard(/failed/);

  expect(told).toEqual(['init exited 3', 'web: Task failed to start']);
});
