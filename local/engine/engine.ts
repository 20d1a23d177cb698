/** What runs the containers of an ECS task. ECS decides when; an engine only starts and stops. */

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
}

export interface TaskListener {
  /** All containers run. The map is container port → port on 127.0.0.1. */
  running(ports: ReadonlyMap<number, number>): void;
  /** The task never ran, e.g. `CannotPullContainerError: …`: the reason as ECS words it. */
  failedToStart(container: string, reason: string): void;
  /** A container ended. 137 after SIGKILL, 143 after SIGTERM; the reason is ECS's, where it says more than the code. */
  exited(container: string, exitCode: number, reason?: string): void;
  /** One line of stdout or stderr. */
  log(container: string, line: string): void;
}

export interface RunningTask {
  /** SIGTERM to every container, SIGKILL after its `stopTimeoutSeconds`. `exited` follows for each. May be repeated. */
  stop(): void;
}
