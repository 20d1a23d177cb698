/** The order in which the containers of a task start and stop: `dependsOn`, forwards and then backwards. */
import type { Clock } from '../clock.ts';
import type { ContainerToStart } from './engine.ts';

export interface StartOrder {
  /** Starts those that wait for nothing. Call it once. */
  begin(): void;
  started(container: string): void;
  healthy(container: string): void;
  exited(container: string, exitCode: number): void;
  /** Stops what runs, dependents first; what has not started never will. May be repeated. */
  stop(): void;
  /** From now on nothing is asked for and nothing told. */
  abandon(): void;
}

interface Orders {
  start(container: ContainerToStart): void;
  stop(container: ContainerToStart): void;
  /** Each container runs, or has run. */
  allStarted(): void;
  /** It will never run, because the task was asked to stop. */
  neverStarted(container: ContainerToStart): void;
  /** It can never run; told once a task, and nothing is started or stopped from then on. */
  stuck(container: ContainerToStart): void;
}

interface Progress {
  asked: boolean;
  started: boolean;
  healthy: boolean;
  stopAsked: boolean;
  exitCode?: number;
}

/** `startTimeoutSeconds` is how long others wait for that container to be complete or healthy. */
export function startOrder(containers: ContainerToStart[], clock: Clock, orders: Orders): StartOrder {
  const fresh = (): Progress => ({ asked: false, started: false, healthy: false, stopAsked: false });
  const progress = new Map(containers.map(({ name }) => [name, fresh()]));
  const of = (name: string) => progress.get(name) ?? fresh();
  let over: 'stopping' | 'abandoned' | undefined;
  let told = false;

  function isMet({ containerName, condition }: Dependency): boolean {
    const { started, healthy, exitCode } = of(containerName);
    switch (condition) {
      case 'START':
        return started;
      case 'COMPLETE':
        return exitCode !== undefined;
      case 'SUCCESS':
        return exitCode === 0;
      case 'HEALTHY':
        return healthy;
    }
  }

  const isHopeless = (dependency: Dependency) =>
    of(dependency.containerName).exitCode !== undefined && !isMet(dependency);

  function goOn() {
    if (over) return;
    for (const container of containers) {
      const dependencies = container.dependsOn ?? [];
      if (of(container.name).asked) continue;
      if (dependencies.some(isHopeless)) return giveUp(container);
      if (!dependencies.every(isMet)) continue;
      of(container.name).asked = true;
      orders.start(container);
      // A start may be told at once, and lead here again.
      if (over) return;
    }
    if (told || ![...progress.values()].every(({ started }) => started)) return;
    told = true;
    orders.allStarted();
  }

  function giveUp(container: ContainerToStart) {
    over = 'abandoned';
    orders.stuck(container);
  }

  function awaitNoLonger(name: string, seconds: number) {
    clock.after(seconds * 1000, () => {
      if (over) return;
      const waiting = containers.find(
        (container) =>
          !of(container.name).asked &&
          container.dependsOn?.some((dependency) => dependency.containerName === name && !isMet(dependency)),
      );
      if (waiting) giveUp(waiting);
    });
  }

  function stopNext() {
    if (over !== 'stopping') return;
    const alive = containers.filter(({ name }) => of(name).asked && of(name).exitCode === undefined);
    for (const container of alive) {
      const needed = alive.some(({ dependsOn }) =>
        dependsOn?.some(({ containerName }) => containerName === container.name),
      );
      if (needed || of(container.name).stopAsked) continue;
      of(container.name).stopAsked = true;
      orders.stop(container);
    }
  }

  return {
    begin: goOn,
    started(name) {
      of(name).started = true;
      const timeout = containers.find((container) => container.name === name)?.startTimeoutSeconds;
      if (timeout !== undefined) awaitNoLonger(name, timeout);
      goOn();
    },
    healthy(name) {
      of(name).healthy = true;
      goOn();
    },
    exited(name, exitCode) {
      of(name).exitCode = exitCode;
      goOn();
      stopNext();
    },
    abandon() {
      over = 'abandoned';
    },
    stop() {
      if (over) return;
      over = 'stopping';
      for (const container of containers) if (!of(container.name).asked) orders.neverStarted(container);
      stopNext();
    },
  };
}

type Dependency = NonNullable<ContainerToStart['dependsOn']>[number];
