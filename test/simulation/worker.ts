/** Checks the seeds that it is sent, one after the other; with a planted error where it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { mutants } from './mutants.ts';
import { plant } from './plant.ts';

const mutant = mutants.find(({ name }) => name === workerData);
if (mutant) plant(mutant);
const { check } = await import('./check.ts');

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
