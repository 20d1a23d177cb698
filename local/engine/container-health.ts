/** The health check of a container's task definition, as Docker runs it: how often, how patiently, with what result. */
import type { Clock } from '../clock.ts';

export interface HealthCheck {
  /** `CMD` or `CMD-SHELL`, and what to run. */
  command: string[];
  intervalSeconds: number;
  timeoutSeconds: number;
  /** Failures in a row that make it unhealthy. */
  retries: number;
  /** Failures before this do not count, unless it was healthy already. */
  startPeriodSeconds: number;
}

/**
 * The first check comes an interval after the start. Tells changes only; the answer ends it. `probe` is a value for a
 * model, and a promise for a process; it answers in time.
 */
export function watchHealth(
  check: HealthCheck,
  clock: Clock,
  probe: () => boolean | Promise<boolean>,
  tell: (status: 'HEALTHY' | 'UNHEALTHY') => void,
): () => void {
  const began = clock.now();
  let status: 'HEALTHY' | 'UNHEALTHY' | undefined;
  let failures = 0;
  let ended = false;
  let cancel = () => {};

  const next = () => {
    cancel = clock.after(check.intervalSeconds * 1000, look);
  };
  function note(passed: boolean) {
    if (ended) return;
    const forgiven = !status && clock.now() < began + check.startPeriodSeconds * 1000;
    if (passed) failures = 0;
    else if (!forgiven) failures += 1;
    const now = passed ? 'HEALTHY' : failures >= check.retries ? 'UNHEALTHY' : status;
    const changed = now !== status;
    status = now;
    next();
    if (now && changed) tell(now);
  }
  function look() {
    const passed = probe();
    if (typeof passed === 'boolean') note(passed);
    else passed.then(note, () => note(false));
  }
  next();
  return () => {
    ended = true;
    cancel();
  };
}
