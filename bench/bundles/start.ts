/**
 * A process of its own, as Lambda starts one for a function: imports the bundle that it is told of, calls its handler where
 * there is something to call it with, and tells its parent how long the import took and what was answered.
 */
import { performance } from 'node:perf_hooks';

export interface Started {
  importMs: number;
  /** What the handler answered, as JSON. */
  answer?: string;
  /** What it threw. */
  error?: { name: string; message: string };
}

const [bundle = '', event] = process.argv.slice(2);
const context = {
  functionName: 'bundle',
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 30_000,
};

const before = performance.now();
const { handler } = await import(bundle);
const importMs = performance.now() - before;

const tell = (started: Started) => process.send?.(started, () => process.disconnect());
if (event === undefined) tell({ importMs });
else {
  await handler(JSON.parse(event), context).then(
    (answer: unknown) => tell({ importMs, answer: JSON.stringify(answer) }),
    ({ name, message }: Error) => tell({ importMs, error: { name, message } }),
  );
}
