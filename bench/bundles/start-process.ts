/** Starts a bundle in a process of its own, with nothing but what Lambda would bring. */
import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Started } from './start.ts';

const child = fileURLToPath(new URL('start.ts', import.meta.url));

/** Calls the handler where there is an event. Rejects where the bundle cannot be imported, or says nothing. */
export function start(
  bundle: string,
  environment: Record<string, string>,
  event?: unknown,
): Promise<Started> {
  const given = event === undefined ? [bundle] : [bundle, JSON.stringify(event)];
  return new Promise((resolve, reject) => {
    let started: Started | undefined;
    const process = fork(child, given, {
      // Away from this repository: a bundle finds no packages there.
      cwd: tmpdir(),
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...{ AWS_ACCESS_KEY_ID: 'bundle', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' },
        ...{ AWS_LAMBDA_FUNCTION_NAME: 'bundle', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
        // No profile of whoever runs this.
        ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
        ...environment,
      },
    });
    let said = '';
    process.stderr?.on('data', (text) => {
      said += text;
    });
    process.on('message', (message) => {
      started = message as Started;
    });
    process.on('error', reject);
    process.on('close', () => (started ? resolve(started) : reject(new Error(`${bundle}: ${said}`))));
  });
}
