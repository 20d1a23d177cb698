/** Runs containers without a container engine: as processes of this machine, from the layers of their images. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Command, commandOf } from './command.ts';
import { watchHealth } from './container-health.ts';
import { type ContainerProcess, runContainer } from './container-process.ts';
import {
  type ContainerToStart,
  dependencyFailed,
  type RunningTask,
  type TaskEngine,
  type TaskListener,
  type TaskToStart,
} from './engine.ts';
import { portAllocator } from './free-port.ts';
import type { ImageSource } from './image-source.ts';
import { type Probe, probe, wordsOfCheck } from './probe.ts';
import { processRegister } from './process-register.ts';
import { usageOf } from './process-usage.ts';
import { rootfsStore } from './rootfs.ts';
import { startOrder } from './start-order.ts';

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

interface Prepared {
  command: Command;
  /** That of its health check. */
  check?: Command | undefined;
}

/** Not a sandbox: containers are ordinary processes of this user, and share the files of their image with each other. */
export function processEngine({ images, directory, clock }: ProcessEngineOptions): ProcessEngine {
  const rootfsOf = rootfsStore(images, join(directory, 'images'));
  const register = processRegister(join(directory, 'processes'));
  const ports = portAllocator();
  const tasks = new Set<{ kill(): void; ended: Promise<unknown> }>();
  register.endLeftovers();

  async function prepare(container: ContainerToStart): Promise<Prepared> {
    const image = images.pull(container.image);
    const rootfs = await rootfsOf(image);
    const command = await commandOf(container, image.config, rootfs);
    if (!container.healthCheck) return { command };
    const asked = { ...container, entryPoint: wordsOfCheck(container.healthCheck.command), command: [] };
    // Docker takes a check that cannot be run for one that failed.
    const check = await commandOf(asked, image.config, rootfs).catch(() => undefined);
    return { command, check };
  }

  async function allocate(wanted: number[]): Promise<Map<number, number>> {
    return new Map(await Promise.all(wanted.map(async (port) => [port, await ports.allocate()] as const)));
  }

  function start({ containers }: TaskToStart, tell: TaskListener): RunningTask {
    const running = new Map<ContainerToStart, ContainerProcess>();
    const endings: Promise<void>[] = [];
    const prepared = new Map<ContainerToStart, Prepared>();
    const toStop = new Set<ContainerToStart>();
    const probes = new Set<Probe>();
    let given: ReadonlyMap<number, number> = new Map();
    let phase: 'preparing' | 'running' | 'failed' = 'preparing';
    let wanted = true;
    let killed = false;

    const order = startOrder(containers, clock, {
      start(container) {
        endings.push(run(container).catch((error) => cannotStart(container, error)));
      },
      stop(container) {
        toStop.add(container);
        running.get(container)?.stop(container.stopTimeoutSeconds);
      },
      allStarted: () => tell.running(given),
      neverStarted: ({ name }) => tell.exited(name, undefined),
      stuck: ({ name }) => fail(name, dependencyFailed),
    });

    /** Resolves when it has ended. */
    async function run(container: ContainerToStart) {
      const { name, stopTimeoutSeconds } = container;
      const { command, check } = prepared.get(container) ?? {};
      if (!command) return;
      const ended = Promise.withResolvers<number>();
      const started = await runContainer(withPort(command, container, given), clock, {
        line: (line) => tell.log(name, line),
        exited: ended.resolve,
      });
      register.add(started.pid);
      running.set(container, started);
      if (killed) started.kill();
      else if (toStop.has(container)) started.stop(stopTimeoutSeconds);
      const endChecks = watch(container, check && withPort(check, container, given));
      order.started(name);
      const exitCode = await ended.promise;
      endChecks();
      running.delete(container);
      register.remove(started.pid);
      if (phase !== 'failed') tell.exited(name, exitCode);
      order.exited(name, exitCode);
    }

    function watch({ name, healthCheck }: ContainerToStart, command: Command | undefined): () => void {
      if (!healthCheck) return () => {};
      const check = command && probe(command, healthCheck.timeoutSeconds, clock);
      if (check) probes.add(check);
      const end = watchHealth(healthCheck, clock, check ? check.passes : () => false, (status) => {
        tell.health(name, status);
        if (status === 'HEALTHY') order.healthy(name);
      });
      return () => {
        end();
        check?.kill();
      };
    }

    const cannotStart = ({ name }: ContainerToStart, error: Error) =>
      fail(name, `CannotStartContainerError: ${error.message}`);

    function fail(name: string, reason: string) {
      if (phase === 'failed') return;
      phase = 'failed';
      order.abandon();
      kill();
      tell.failedToStart(name, reason);
    }

    async function begin() {
      const allocated = await allocate(containers.flatMap(({ containerPorts }) => containerPorts));
      given = allocated;
      try {
        for (const container of containers) {
          try {
            prepared.set(container, await prepare(container));
          } catch (error) {
            return tell.failedToStart(container.name, (error as Error).message);
          }
        }
        if (!wanted) return endedBeforeStart();
        phase = 'running';
        order.begin();
        // Each that ends may have been awaited by one that starts then.
        for (let ending = endings.shift(); ending; ending = endings.shift()) await ending;
      } finally {
        for (const port of allocated.values()) ports.release(port);
      }
    }

    function endedBeforeStart() {
      for (const { name } of containers) tell.exited(name, undefined);
    }

    const kill = () => {
      wanted = false;
      killed = true;
      for (const process of running.values()) process.kill();
      for (const check of probes) check.kill();
    };
    const stop = () => {
      wanted = false;
      if (phase === 'running') order.stop();
    };
    const task = {
      kill() {
        // Nothing that waits for another's end is started by it.
        order.abandon();
        kill();
      },
      ended: begin(),
    };
    tasks.add(task);
    task.ended.finally(() => tasks.delete(task));
    const usage = () => {
      const used = [...running.values()].map(({ pid }) => usageOf(pid)).filter((one) => one !== undefined);
      if (used.length === 0) return undefined;
      const sum = (of: 'cpuSeconds' | 'memoryBytes') => used.reduce((total, one) => total + one[of], 0);
      return { cpuSeconds: sum('cpuSeconds'), memoryBytes: sum('memoryBytes') };
    };
    return { stop, usage };
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
