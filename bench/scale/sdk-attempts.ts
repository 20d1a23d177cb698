/** The SDK's own retries of refused calls, by the world's clock: its clients would sleep in real time. */
import type { Around } from '../../local/door/answering.ts';
import { pause } from '../../local/lambda/pause.ts';
import type { VirtualWorld } from '../../test/support/virtual-world.ts';

/** Called through a client that never retries by itself (aws/ecs.ts). */
const triedOnce = new Set(['RegisterTaskDefinition', 'UpdateService']);
/** Of a refused call; the SDK's standard mode as of 2026. */
const baseMs = 1000;
const longestMs = 20_000;

export const isRefusal = (error: unknown) => (error as Error).message === 'Rate exceeded';

/** Tries a call as often as the SDK would, `attempts` times in all. */
export function retrying({ clock, random }: VirtualWorld, attempts: number): Around {
  return async ({ operation }, next) => {
    for (let retries = 0; ; retries += 1) {
      try {
        return await next();
      } catch (error) {
        const last = retries + 1 >= attempts || triedOnce.has(operation);
        if (last || !isRefusal(error)) throw error;
        await pause(clock, random() * Math.min(baseMs * 2 ** retries, longestMs));
      }
    }
  };
}
