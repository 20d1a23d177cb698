/** Checks the seeds that it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { check } from './check.ts';

parentPort?.on('message', async (seed: number) => {
  try {
    parentPort?.postMessage(await check(seed));
  } catch (error) {
    parentPort?.postMessage({
      seed,
      releases: 0,
      sentences: [`the simulator failed: ${(error as Error).stack}`],
    });
  }
});
