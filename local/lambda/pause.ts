/**
 * Work that takes no time by the clock, except where it says so. A virtual clock stands still while work is under
 * way; work that itself waits for the clock would wait for ever. `pause` lets the clock go on meanwhile.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.ts';

interface Work {
  pause(milliseconds: number): Promise<void>;
}

const current = new AsyncLocalStorage<Work>();

/** Waits by the clock, in work that `underWay` runs or outside of any. Never ends where the work was given up meanwhile. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  const work = current.getStore();
  return work ? work.pause(milliseconds) : new Promise((resolve) => clock.after(milliseconds, resolve));
}

/** Runs `work`, holding a virtual clock, until it has settled or `gaveUp` fires. */
export function underWay<Result>(
  clock: Clock,
  gaveUp: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  let pauses = 0;
  let over = false;
  let letGo = () => {};
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    void clock.during(promise);
    letGo = resolve;
  };

  function wait(milliseconds: number): Promise<void> {
    letGo();
    pauses += 1;
    return new Promise((resolve) => {
      clock.after(milliseconds, () => {
        if (gaveUp.aborted) return;
        pauses -= 1;
        // Held again only once nothing of it pauses: it may be waiting for its other pause now. What it set off and
        // left behind holds nothing.
        if (pauses === 0 && !over) hold();
        resolve();
      });
    });
  }

  hold();
  gaveUp.addEventListener('abort', () => letGo());
  return current.run({ pause: wait }, work).finally(() => {
    over = true;
    letGo();
  });
}
