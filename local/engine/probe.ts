/** The command of a container's health check, run beside the container as a process of this machine. */
import type { Clock } from '../clock.ts';
import type { Command } from './command.ts';
import { type ContainerProcess, runContainer } from './container-process.ts';

export interface Probe {
  /** Whether the command ended with 0 in time. */
  passes(): Promise<boolean>;
  kill(): void;
}

export function probe(command: Command, timeoutSeconds: number, clock: Clock): Probe {
  const running = new Set<ContainerProcess>();
  return {
    async passes() {
      const ended = Promise.withResolvers<number>();
      const started = await runContainer(command, clock, { line() {}, exited: ended.resolve });
      running.add(started);
      const cancel = clock.after(timeoutSeconds * 1000, started.kill);
      const exitCode = await ended.promise;
      cancel();
      running.delete(started);
      return exitCode === 0;
    },
    kill() {
      for (const started of running) started.kill();
    },
  };
}

/** `CMD` and words, or `CMD-SHELL` and a line for the container's shell. */
export function wordsOfCheck([how, ...words]: string[]): string[] {
  return how === 'CMD' ? words : ['/bin/sh', '-c', (how === 'CMD-SHELL' ? words : [how, ...words]).join(' ')];
}
