/** Waiting that can be cut short. */
import type { Clock } from '../clock.ts';
import { TaskTimeout } from './errors.ts';

/** The work's own end, or the signal's reason as soon as it is aborted: then the work's end is nobody's business. */
export function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) {
      work.catch(() => {});
      return abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Timers of the platform hold 31 bits of milliseconds; a Wait may hold three years. */
const longestTimer = 2 ** 31 - 1;

/** Calls `run` at `time` by this clock. */
export function at(clock: Clock, time: number, run: () => void): () => void {
  let cancel = () => {};
  const arm = () => {
    const left = time - clock.now();
    cancel = left > longestTimer ? clock.after(longestTimer, arm) : clock.after(Math.max(0, left), run);
  };
  arm();
  return () => cancel();
}

export async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = at(clock, clock.now() + milliseconds, resolve);
  });
  try {
    await orAborted(over, signal);
  } finally {
    cancel();
  }
}

/** The two clocks of a task, in seconds. A heartbeat winds up only the second. */
export function deadline(clock: Clock, timeoutSeconds?: number, heartbeatSeconds?: number) {
  const controller = new AbortController();
  const start = (seconds: number | undefined, which: 'timeout' | 'heartbeat') =>
    seconds === undefined
      ? () => {}
      : at(clock, clock.now() + seconds * 1000, () => controller.abort(new TaskTimeout(which)));

  const stopTimeout = start(timeoutSeconds, 'timeout');
  let stopHeartbeat = start(heartbeatSeconds, 'heartbeat');
  return {
    /** Aborted, with a `TaskTimeout` as its reason, when either clock has run out. */
    signal: controller.signal,
    beat() {
      stopHeartbeat();
      stopHeartbeat = start(heartbeatSeconds, 'heartbeat');
    },
    stop() {
      stopTimeout();
      stopHeartbeat();
    },
  };
}
