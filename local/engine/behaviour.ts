/** How a modelled container behaves: read from its environment, as `examples/my-api/server.mjs` reads it. */

export interface Behaviour {
  /** Share of the requests to `/` that are answered 500, 0 to 1. */
  errorRate: number;
  /** Median of the time to an answer. */
  latencyMs: number;
  /** What the health check is told. */
  healthy: boolean;
  version: string;
  revision: string;
}

/** In MiB. */
export interface Appetite {
  /** From its start on. */
  memoryMb: number;
  /** What it keeps with each minute. */
  leakMbPerMinute: number;
}

export interface Lifetime {
  /** From the container's start to its listening. */
  startMs: number;
  /** From the container's start to its end by itself; absent when it runs until it is stopped. */
  endsAfterMs?: number;
  exitCode: number;
  lastWords?: string;
  /** What ECS shows beside the exit code. */
  reason?: string;
}

/** What the sample service takes for an answer when nothing slows it down. */
const soundLatencyMs = 20;
/** As Node takes them for so small a server. */
const soundMemoryMb = 60;

export function behaviourOf(environment: Readonly<Record<string, string>>): Behaviour {
  const { VERSION = 'dev', REVISION = 'unknown', UNHEALTHY } = environment;
  return {
    errorRate: numberOf(environment, 'ERROR_RATE') ?? 0,
    latencyMs: numberOf(environment, 'LATENCY_MS') || soundLatencyMs,
    healthy: UNHEALTHY !== '1',
    version: VERSION,
    revision: REVISION,
  };
}

export function appetiteOf(environment: Readonly<Record<string, string>>): Appetite {
  return { memoryMb: soundMemoryMb, leakMbPerMinute: numberOf(environment, 'LEAK_MB_PER_MINUTE') ?? 0 };
}

/** A container with a command of its own is a one-off: it ends by itself, with `EXIT_CODE` after `RUN_MS`. */
export function lifetimeOf(environment: Readonly<Record<string, string>>, oneOff: boolean): Lifetime {
  const startMs = numberOf(environment, 'START_MS') ?? 500;
  if (oneOff) {
    const endsAfterMs = numberOf(environment, 'RUN_MS') ?? 1000;
    return { startMs, endsAfterMs, exitCode: numberOf(environment, 'EXIT_CODE') ?? 0 };
  }
  const memoryLastsMs = numberOf(environment, 'OOM_AFTER_MS');
  if (memoryLastsMs) {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    return { startMs, endsAfterMs: memoryLastsMs, exitCode: 137, reason };
  }
  const crashAfterMs = numberOf(environment, 'CRASH_AFTER_MS');
  if (!crashAfterMs) return { startMs, exitCode: 0 };
  return { startMs, endsAfterMs: crashAfterMs, exitCode: 1, lastWords: 'fatal: ORDERS_TABLE is not set' };
}

/** What is no number counts as not given. */
function numberOf(environment: Readonly<Record<string, string>>, name: string): number | undefined {
  const value = Number.parseFloat(environment[name] ?? '');
  return Number.isNaN(value) ? undefined : value;
}
