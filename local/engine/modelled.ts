/** Runs no processes: models what the containers would do, from their environment. For rehearsals on virtual time. */
import type { Clock } from '../clock.ts';
import { type Behaviour, behaviourOf, lifetimeOf } from './behaviour.ts';
import { environmentOf, noCommand, wordsOf } from './command.ts';
import type { ContainerToStart, TaskEngine, TaskListener } from './engine.ts';
import type { ImageSource } from './image-source.ts';
import { logNormal } from './random.ts';

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

  /** Calls `exited` once; the answer asks it to stop, as SIGTERM does. */
  function run(
    container: ContainerToStart,
    environment: Record<string, string>,
    ports: number[],
    tell: TaskListener,
  ) {
    const behaviour = behaviourOf(environment);
    const { startMs, endsAfterMs, exitCode, lastWords, reason } = lifetimeOf(
      environment,
      isOneOff(container),
    );
    let stopping = false;

    const end = (code: number, why?: string) => {
      for (const cancel of cancels) cancel();
      close(ports);
      tell.exited(container.name, code, why);
    };
    const cancels = [
      clock.after(startMs, () => {
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
    return () => {
      if (stopping) return;
      stopping = true;
      close(ports);
      for (const cancel of cancels) cancel();
      clock.after(shutdownMs, () => end(0));
    };
  }

  return {
    start({ containers }, tell) {
      let stops: (() => void)[] = [];
      let cancelled = false;

      clock.after(createMs, () => {
        if (cancelled) {
          for (const { name } of containers) tell.exited(name, 137);
          return;
        }
        const ports = new Map(
          containers.flatMap(({ containerPorts }) => containerPorts).map((port) => [port, nextPort++]),
        );
        const prepared = [];
        for (const container of containers) {
          try {
            const { config } = images.pull(container.image);
            if (wordsOf(container, config).length === 0) throw new Error(noCommand);
            prepared.push({ container, environment: { ...environmentOf(config), ...container.environment } });
          } catch (error) {
            tell.failedToStart(container.name, (error as Error).message);
            return;
          }
        }
        stops = prepared.map(({ container, environment }) => {
          const own = container.containerPorts.flatMap((port) => ports.get(port) ?? []);
          return run(container, environment, own, tell);
        });
        tell.running(ports);
      });

      return {
        stop() {
          cancelled = true;
          for (const stop of stops) stop();
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
