/** Time as the local world sees it: real for a person who watches, virtual for rehearsals. */
import { type Timer, timerQueue } from './timer-queue.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, `milliseconds` from now. The answer cancels it; cancelling twice is harmless. */
  after(milliseconds: number, run: () => void): () => void;
  /**
   * Tells the clock that work is under way which does not wait for time to pass: a Lambda invocation, a request.
   * A virtual clock stands still until it has settled. Answers `work` itself.
   */
  during<Result>(work: Promise<Result>): Promise<Result>;
}

/** The machine's own time. Timers do not keep the process alive by themselves unless `keepAlive`. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    after(milliseconds, run) {
      const timer = setTimeout(run, Math.max(0, milliseconds));
      return () => clearTimeout(timer);
    },
    during: (work) => work,
  };
}

/** A clock that stands still until it is told to go on. Same calls, same order, every time. */
export interface VirtualClock extends Clock {
  /** Runs all timers due within `milliseconds`, in order, letting the work that each of them starts settle. */
  advance(milliseconds: number): Promise<void>;
  /** Goes on from timer to timer until `done` answers true. Throws when `limit` ms have passed or no timer is left. */
  until(done: () => boolean, limit: number): Promise<void>;
}

export function virtualClock(start = Date.UTC(2026, 0, 5, 9)): VirtualClock {
  let now = start;
  let order = 0;
  let working = 0;
  let rest = Promise.withResolvers<void>();
  const timers = timerQueue();

  /** Lets promises, then whatever `during` announced, come to rest. */
  async function settle() {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (working === 0) continue;
      await rest.promise;
      quiet = -1;
    }
  }

  async function fire(timer: Timer) {
    timers.removeFirst();
    now = timer.at;
    timer.run();
    await settle();
  }

  return {
    // Whole milliseconds, as Date.now has them.
    now: () => Math.floor(now),
    after(milliseconds, run) {
      const timer = { at: now + Math.max(0, milliseconds), order: order++, run, cancelled: false };
      timers.add(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    async during(work) {
      if (working === 0) rest = Promise.withResolvers<void>();
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
        if (working === 0) rest.resolve();
      }
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (let timer = timers.first(); timer && timer.at <= end; timer = timers.first()) await fire(timer);
      now = end;
    },
    async until(done, limit) {
      const end = now + limit;
      await settle();
      while (!done()) {
        const timer = timers.first();
        if (!timer)
          throw new Error(`nothing is left to happen at ${new Date(now).toISOString()}, and it is not done`);
        if (timer.at > end) throw new Error(`not done after ${limit} ms`);
        await fire(timer);
      }
    },
  };
}
