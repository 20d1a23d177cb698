/** Checks many seeds on all cores. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Checked } from './check.ts';

export interface Crew {
  seeds: Iterable<number>;
  /** Told of each seed as it is done, in any order. True stops it. */
  checked: (result: Checked) => boolean | undefined;
  /** The name of an error to plant. */
  mutant?: string;
  workers?: number;
}

export async function checkAll({
  seeds,
  checked,
  mutant,
  workers = availableParallelism(),
}: Crew): Promise<void> {
  const left = seeds[Symbol.iterator]();
  let stopped = false;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: mutant,
        // A world is short-lived garbage: with more room, most of it is gone before anybody has to look at it.
        resourceLimits: { maxYoungGenerationSizeMb: 192 },
      });
      let answer: PromiseWithResolvers<Checked> | undefined;
      worker.on('message', (result) => answer?.resolve(result));
      worker.on('error', (error) => answer?.reject(error));
      worker.on('exit', () =>
        answer?.reject(new Error('a world stands still: something in it waits for ever')),
      );
      try {
        for (let next = left.next(); !next.done && !stopped; next = left.next()) {
          answer = Promise.withResolvers<Checked>();
          worker.postMessage(next.value);
          const seed = next.value;
          const result = await answer.promise.catch((error: Error) => {
            throw new Error(`seed ${seed}: ${error.message}`);
          });
          if (checked(result)) stopped = true;
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
}
