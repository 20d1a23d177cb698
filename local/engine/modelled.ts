/** Runs no processes: models what the containers would do, from their environment. For rehearsals on virtual time. */
import type { Clock } from '../clock.ts';
import { appetiteOf, type Behaviour, behaviourOf, lifetimeOf } from './behaviour.ts';
import { environmentOf, noCommand, wordsOf } from './command.ts';
import { watchHealth } from './container-health.ts';
import {
  type ContainerToStart,
  dependencyFailed,
  type TaskEngine,
  type TaskListener,
  type Usage,
} from './engine.ts';
import type { ImageSource } from './image-source.ts';
import { logNormal } from './random.ts';
import { startOrder } from './start-order.ts';

export interface Answer {
  status: number;
  body: string;
  latencyMs: number;
}

export interface ModelledEngine extends TaskEngine {
  /** What listens on a port of 127.0.0.1. `undefined` where a connection would be refused. */
  at(port: number): Behaviour | undefined;
  /** `changed` is called after each change of what `at` answers. */
  onChange(changed: () => void): void;
  /** What a request gets: `/`, `/healthz`, and 404 for the rest. */
  respond(port: number, path: string): Answer | undefined;
}

interface ModelledEngineOptions {
  images: ImageSource;
  clock: Clock;
  /** 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  random: () => number;
}

/** Between the decision to start a container and its first process; pulling is the caller's time. */
const createMs = 200;
const shutdownMs = 100;
/** Of one virtual CPU, whatever its requests are: the model does not count them. */
const modelledCpu = 0.03;

export function modelledEngine({ images, clock, random }: ModelledEngineOptions): ModelledEngine {
  const listening = new Map<number, Behaviour>();
  const listeners: (() => void)[] = [];
  let nextPort = 40_000;

  const listen = (ports: number[], behaviour: Behaviour) => {
    for (const port of ports) listening.set(port, behaviour);
    for (const changed of listeners) changed();
  };
  const close = (ports: number[]) => {
    const closed = ports.filter((port) => listening.delete(port));
    if (closed.length > 0) for (const changed of listeners) changed();
  };

  /** Calls `exited` once; `stop` is SIGTERM, and after `kill` nothing is told. */
  function run(
    container: ContainerToStart,
    environment: Record<string, string>,
    ports: number[],
    tell: Omit<TaskListener, 'running' | 'failedToStart'>,
  ) {
    const behaviour = behaviourOf(environment);
    const { memoryMb, leakMbPerMinute } = appetiteOf(environment);
    const { startMs, endsAfterMs, exitCode, lastWords, reason } = lifetimeOf(
      environment,
      isOneOff(container),
    );
    const startedAt = clock.now();
    let stopping = false;
    let up = false;

    const kill = () => {
      for (const cancel of cancels) cancel();
      close(ports);
    };
    const end = (code: number, why?: string) => {
      kill();
      tell.exited(container.name, code, why);
    };
    const cancels = [
      clock.after(startMs, () => {
        up = true;
        listen(ports, behaviour);
        tell.log(container.name, `my-api ${behaviour.version} (${behaviour.revision.slice(0, 8)}) listens`);
      }),
    ];
    if (endsAfterMs !== undefined) {
      cancels.push(
        clock.after(endsAfterMs, () => {
          if (lastWords) tell.log(container.name, lastWords);
          stopping = true;
          end(exitCode, reason);
        }),
      );
    }
    if (container.healthCheck) {
      const passes = () => up && behaviour.healthy;
      cancels.push(
        watchHealth(container.healthCheck, clock, passes, (status) => tell.health(container.name, status)),
      );
    }
    const stop = () => {
      if (stopping) return;
      stopping = true;
      kill();
      cancels.push(clock.after(shutdownMs, () => end(0)));
    };
    const usage = (): Usage | undefined => {
      if (!up || stopping) return undefined;
      const minutes = (clock.now() - startedAt) / 60_000;
      const megabytes = memoryMb + leakMbPerMinute * minutes;
      return { cpuSeconds: minutes * 60 * modelledCpu, memoryBytes: megabytes * 1024 * 1024 };
    };
    return { stop, kill, usage };
  }

  return {
    start({ containers }, tell) {
      const runs = new Map<string, ReturnType<typeof run>>();
      const environments = new Map<string, Record<string, string>>();
      let ports: ReadonlyMap<number, number> = new Map();
      let cancelled = false;
      let begun = false;
      const order = startOrder(containers, clock, {
        start(container) {
          const own = container.containerPorts.flatMap((port) => ports.get(port) ?? []);
          runs.set(container.name, run(container, environments.get(container.name) ?? {}, own, watched));
          order.started(container.name);
        },
        stop: ({ name }) => runs.get(name)?.stop(),
        allStarted: () => tell.running(ports),
        neverStarted: ({ name }) => tell.exited(name, undefined),
        stuck({ name }) {
          for (const { kill } of runs.values()) kill();
          tell.failedToStart(name, dependencyFailed);
        },
      });
      const watched: Parameters<typeof run>[3] = {
        log: tell.log,
        exited(name, exitCode = 0, reason) {
          tell.exited(name, exitCode, reason);
          order.exited(name, exitCode);
        },
        health(name, status) {
          tell.health(name, status);
          if (status === 'HEALTHY') order.healthy(name);
        },
      };

      clock.after(createMs, () => {
        if (cancelled) {
          for (const { name } of containers) tell.exited(name, undefined);
          return;
        }
        ports = new Map(
          containers.flatMap(({ containerPorts }) => containerPorts).map((port) => [port, nextPort++]),
        );
        for (const container of containers) {
          try {
            const { config } = images.pull(container.image);
            if (wordsOf(container, config).length === 0) throw new Error(noCommand);
            environments.set(container.name, { ...environmentOf(config), ...container.environment });
          } catch (error) {
            tell.failedToStart(container.name, (error as Error).message);
            return;
          }
        }
        begun = true;
        order.begin();
      });

      return {
        stop() {
          cancelled = true;
          if (begun) order.stop();
        },
        usage() {
          const used = [...runs.values()].map((one) => one.usage()).filter((one) => one !== undefined);
          if (used.length === 0) return undefined;
          const sum = (of: keyof Usage) => used.reduce((total, one) => total + one[of], 0);
          return { cpuSeconds: sum('cpuSeconds'), memoryBytes: sum('memoryBytes') };
        },
      };
    },

    at: (port) => listening.get(port),
    onChange: (changed) => void listeners.push(changed),

    respond(port, path) {
      const behaviour = listening.get(port);
      return behaviour && answerOf(behaviour, path, random);
    },
  };
}

/** As the sample service answers. */
export function answerOf(behaviour: Behaviour, path: string, random: () => number): Answer {
  const { errorRate, latencyMs, healthy, version, revision } = behaviour;
  if (path === '/healthz') {
    const status = healthy ? 'ok' : 'cannot reach the orders database';
    return answer(healthy ? 200 : 503, { status }, 1);
  }
  if (path !== '/') return answer(404, { error: 'not found' }, 1);
  const latency = logNormal(random, latencyMs);
  return random() < errorRate
    ? answer(500, { error: 'the orders database did not answer' }, latency)
    : answer(200, { service: 'my-api', version, revision }, latency);
}

const answer = (status: number, body: object, latencyMs: number): Answer => ({
  status,
  body: `${JSON.stringify(body)}\n`,
  latencyMs,
});

const isOneOff = ({ command = [] }: ContainerToStart) => command.length > 0;
