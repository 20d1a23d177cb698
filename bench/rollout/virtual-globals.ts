/** Lets code that asks the process for the time run on a virtual clock: the SDK's waiters take no clock from their caller. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../local/clock.ts';

interface Virtual {
  clock: Clock;
  random: () => number;
}

/**
 * Until `work` has settled, `setTimeout`, `Date.now` and `Math.random` are virtual to whatever it calls, and as they were
 * to everything else that goes on in this process.
 */
export async function withVirtualGlobals<Result>(
  virtual: Virtual,
  work: () => Promise<Result>,
): Promise<Result> {
  const within = new AsyncLocalStorage<Virtual>();
  const { setTimeout: realTimeout } = globalThis;
  const { now } = Date;
  const { random } = Math;
  const timeout = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
    const there = within.getStore();
    return there
      ? there.clock.after(milliseconds, () => run(...args))
      : realTimeout(run, milliseconds, ...args);
  };
  globalThis.setTimeout = Object.assign(timeout, realTimeout) as unknown as typeof setTimeout;
  Date.now = () => within.getStore()?.clock.now() ?? now();
  Math.random = () => within.getStore()?.random() ?? random();
  try {
    return await within.run(virtual, work);
  } finally {
    globalThis.setTimeout = realTimeout;
    Date.now = now;
    Math.random = random;
  }
}
