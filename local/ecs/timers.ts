/** A clock whose timers can all be cancelled, so that a world that is stopped leaves nothing behind. */

import type { Clock } from '../clock.ts';

export interface Timers extends Clock {
  /** Cancels what was to happen; nothing can be planned from now on. May be repeated. */
  close(): void;
}

export function timers(clock: Clock): Timers {
  const cancels = new Set<() => void>();
  let closed = false;
  return {
    now: () => clock.now(),
    during: (work) => clock.during(work),
    after(milliseconds, run) {
      if (closed) return () => {};
      const cancel = clock.after(milliseconds, () => {
        cancels.delete(cancel);
        run();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    close() {
      closed = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
