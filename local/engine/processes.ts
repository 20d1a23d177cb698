/** Runs containers without a container engine: as processes of this machine, from the layers of their images. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Command, commandOf } from './command.ts';
import { type ContainerProcess, runContainer } from './container-process.ts';
import type { ContainerToStart, RunningTask, TaskEngine, TaskListener, TaskToStart } from './engine.ts';
import { portAllocator } from './free-port.ts';
import type { ImageSource } from './image-source.ts';
import { processRegister } from './process-register.ts';
import { rootfsStore } from './rootfs.ts';

export interface ProcessEngine extends TaskEngine {
  /** Kills what runs and resolves when it has ended. */
  close(): Promise<void>;
}

interface ProcessEngineOptions {
  images: ImageSource;
  /** Keeps unpacked images and the list of running processes. Made when it is not there. */
  directory: string;
  clock: Clock;
}

/** Not a sandbox: containers are ordinary processes of this user, and share the files of their image with each other. */
export function processEngine({ images, directory, clock }: ProcessEngineOptions): ProcessEngine {
  const rootfsOf = rootfsStore(images, join(directory, 'images'));
  const register = processRegister(join(directory, 'processes'));
  const ports = portAllocator();
  const tasks = new Set<{ kill(): void; ended: Promise<unknown> }>();
  register.endLeftovers();

  async function prepare(container: ContainerToStart): Promise<Command> {
    const image = images.pull(container.image);
    return commandOf(container, image.config, await rootfsOf(image));
  }

  async function allocate(wanted: number[]): Promise<Map<number, number>> {
    return new Map(await Promise.all(wanted.map(async (port) => [port, await ports.allocate()] as const)));
  }

  function start({ containers }: TaskToStart, tell: TaskListener): RunningTask {
    const running = new Map<ContainerToStart, ContainerProcess>();
    let wanted = true;
    let failed = false;
    const endings: Promise<void>[] = [];

    async function run(container: ContainerToStart, command: Command, given: ReadonlyMap<number, number>) {
      const ended = Promise.withResolvers<void>();
      const started = await runContainer(withPort(command, container, given), clock, {
        line: (line) => tell.log(container.name, line),
        exited(exitCode) {
          register.remove(started.pid);
          if (!failed) tell.exited(container.name, exitCode);
          ended.resolve();
        },
      });
      register.add(started.pid);
      running.set(container, started);
      endings.push(ended.promise);
    }

    async function begin() {
      const commands = new Map<ContainerToStart, Command>();
      const given = await allocate(containers.flatMap(({ containerPorts }) => containerPorts));
      try {
        for (const container of containers) {
          try {
            commands.set(container, await prepare(container));
          } catch (error) {
            return tell.failedToStart(container.name, (error as Error).message);
          }
        }
        if (!wanted) return endedBeforeStart();
        for (const [container, command] of commands) {
          try {
            await run(container, command, given);
          } catch (error) {
            failed = true;
            kill();
            return tell.failedToStart(
              container.name,
              `CannotStartContainerError: ${(error as Error).message}`,
            );
          }
        }
        tell.running(given);
        // Asked to stop between the first and the last of them.
        if (!wanted) stop();
        await Promise.all(endings);
      } finally {
        for (const port of given.values()) ports.release(port);
      }
    }

    /** Docker reports no exit code for a container that never ran; the listener is owed one. */
    function endedBeforeStart() {
      for (const { name } of containers) tell.exited(name, 137);
    }

    const kill = () => {
      wanted = false;
      for (const process of running.values()) process.kill();
    };
    const stop = () => {
      wanted = false;
      for (const [{ stopTimeoutSeconds }, process] of running) process.stop(stopTimeoutSeconds);
    };
    const task = { kill, ended: begin() };
    tasks.add(task);
    task.ended.finally(() => tasks.delete(task));
    return { stop };
  }

  return {
    start,
    async close() {
      for (const { kill } of tasks) kill();
      await Promise.all([...tasks].map(({ ended }) => ended));
    },
  };
}

/** PORT says where to listen; with more than one port, the image has to know them by itself. */
function withPort(
  command: Command,
  { containerPorts }: ContainerToStart,
  given: ReadonlyMap<number, number>,
): Command {
  const [first] = containerPorts;
  const port = containerPorts.length === 1 && first !== undefined ? given.get(first) : undefined;
  return port === undefined
    ? command
    : { ...command, environment: { ...command.environment, PORT: String(port) } };
}
