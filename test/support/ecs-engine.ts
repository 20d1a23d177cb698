/** A task engine that runs nothing: each task follows its script, on the given clock. */

import type { Clock } from '../../local/clock.ts';
import type { TaskEngine, TaskToStart } from '../../local/engine/engine.ts';

/** What becomes of a task. Without anything, it runs a second later until it is stopped. */
export interface TaskScript {
  failsToStart?: string;
  /** Its first container ends so long after the start; before it runs when `beforeRunning`. */
  exits?: { afterSeconds: number; exitCode: number; beforeRunning?: boolean; reason?: string };
  /** From SIGTERM to the end of the containers. */
  stopSeconds?: number;
  containerHealth?: { afterSeconds: number; status: 'HEALTHY' | 'UNHEALTHY' };
  logs?: string[];
}

export interface ModelledEngine extends TaskEngine {
  /** What it was asked to start, in order. */
  readonly started: TaskToStart[];
  /** ARNs of tasks that have a living container. */
  readonly alive: Set<string>;
}

/** `script` is asked once a task, with its place in the order of starts (from 0). */
export function modelledEngine(
  clock: Clock,
  script: (task: TaskToStart, place: number) => TaskScript = () => ({}),
): ModelledEngine {
  const started: TaskToStart[] = [];
  const alive = new Set<string>();
  return {
    started,
    alive,
    start(task, tell) {
      const {
        failsToStart,
        exits,
        stopSeconds = 1,
        containerHealth,
        logs = [],
      } = script(task, started.length);
      started.push(task);
      alive.add(task.taskArn);
      const left = new Set(task.containers.map(({ name }) => name));
      const [first] = task.containers;
      const later = (seconds: number, run: () => void) =>
        clock.after(seconds * 1000, () => {
          if (alive.has(task.taskArn)) run();
        });
      const exit = (name: string, exitCode: number, reason?: string) => {
        if (!left.delete(name)) return;
        if (left.size === 0) alive.delete(task.taskArn);
        tell.exited(name, exitCode, reason);
      };

      later(1, () => {
        if (!failsToStart) {
          if (!exits?.beforeRunning) tell.running(new Map(portsOf(task)));
          for (const line of logs) tell.log(first?.name ?? '', line);
          return;
        }
        alive.delete(task.taskArn);
        tell.failedToStart(first?.name ?? '', failsToStart);
      });
      if (exits) later(exits.afterSeconds, () => exit(first?.name ?? '', exits.exitCode, exits.reason));
      if (containerHealth) {
        later(1 + containerHealth.afterSeconds, () => tell.health(first?.name ?? '', containerHealth.status));
      }
      let stopping = false;
      return {
        usage: () => undefined,
        stop() {
          if (stopping) return;
          stopping = true;
          later(stopSeconds, () => {
            for (const name of [...left]) exit(name, 143);
          });
        },
      };
    },
  };
}

const portsOf = (task: TaskToStart) =>
  task.containers.flatMap(({ containerPorts }) =>
    containerPorts.map((port) => [port, port + 20_000] as const),
  );
