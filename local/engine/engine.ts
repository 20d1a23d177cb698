/** What runs the containers of an ECS task. ECS decides when; an engine only starts, checks and stops. */

import type { HealthCheck } from './container-health.ts';

export interface TaskEngine {
  /** Begins to start a task and answers at once; what becomes of it is told through `tell`, never synchronously. */
  start(task: TaskToStart, tell: TaskListener): RunningTask;
}

export interface TaskToStart {
  taskArn: string;
  containers: ContainerToStart[];
}

export interface ContainerToStart {
  name: string;
  /** As the task definition names it: `<registry>/<repository>@sha256:…` or `:tag`. */
  image: string;
  /** Over the image's own ENTRYPOINT and CMD, as ECS does. */
  entryPoint?: string[];
  command?: string[];
  /** Over the image's own ENV. */
  environment: Record<string, string>;
  /** Each gets a free port of 127.0.0.1, and the container is told it as PORT when it has just one. */
  containerPorts: number[];
  stopTimeoutSeconds: number;
  /** It starts when all of these hold; it stops before what it depends on. */
  dependsOn?: { containerName: string; condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY' }[];
  /** How long others wait for it to be complete or healthy; for ever where absent. */
  startTimeoutSeconds?: number;
  healthCheck?: HealthCheck;
}

export interface TaskListener {
  /** All containers run, or have run. The map is container port → port on 127.0.0.1. */
  running(ports: ReadonlyMap<number, number>): void;
  /** The task never ran, e.g. `CannotPullContainerError: …`: the reason as ECS words it. */
  failedToStart(container: string, reason: string): void;
  /** A container ended. 137 after SIGKILL, 143 after SIGTERM, no code where it never started; the reason is ECS's, where it says more than the code. */
  exited(container: string, exitCode: number | undefined, reason?: string): void;
  /** What a container's health check has come to, after each change. */
  health(container: string, status: 'HEALTHY' | 'UNHEALTHY'): void;
  /** One line of stdout or stderr. */
  log(container: string, line: string): void;
}

export interface RunningTask {
  /** SIGTERM to every container, dependents first, SIGKILL after its `stopTimeoutSeconds`. `exited` follows for each. May be repeated. */
  stop(): void;
  /** What its containers have used until now; undefined where none runs, or where nobody can tell. */
  usage(): Usage | undefined;
}

export interface Usage {
  /** Since they started. */
  cpuSeconds: number;
  memoryBytes: number;
}

/** How ECS words it when a container can never start because of what it depends on. */
export const dependencyFailed = 'Task failed to start';
