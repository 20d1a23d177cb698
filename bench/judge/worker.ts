/** Measures what it is handed, in a thread of its own. */
import { parentPort } from 'node:worker_threads';
import { beside } from './beside.ts';
import { measure } from './measure.ts';

export type Task =
  | { kind: 'measure'; index: number; args: Parameters<typeof measure> }
  | { kind: 'beside'; index: number; args: Parameters<typeof beside> };

parentPort?.on('message', (task: Task) => {
  const result = task.kind === 'measure' ? measure(...task.args) : beside(...task.args);
  parentPort?.postMessage({ index: task.index, result });
});
