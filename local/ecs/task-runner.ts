/** The life of a task, from PROVISIONING to STOPPED: what takes time, what is told, who is asked to do it. */

import type { LoadBalancer, TaskStopCode } from '@aws-sdk/client-ecs';
import type { RunningTask, TaskListener, Usage } from '../engine/engine.ts';
import { containersToStart } from './containers.ts';
import { type PinnedImage, pin } from './images.ts';
import type { Rollout, TaskRecord, TaskStatus } from './model.ts';
import { lastPart } from './names.ts';
import { type NewTask, newTaskView } from './task-view.ts';
import type { World } from './world.ts';

export interface Launch extends NewTask {
  rollout?: Rollout;
  loadBalancers: LoadBalancer[];
  /** Pins already known, by container name; what is missing is looked up and added when the task pulls. */
  images: Map<string, PinnedImage>;
  /** Called after each change. `status` is the new one where that is what changed. */
  changed(task: TaskRecord, status?: TaskStatus): void;
}

export interface LiveTask {
  readonly record: TaskRecord;
  /** Asks it to stop; the first reason stays. May be repeated. */
  stop(code: TaskStopCode, reason: string): void;
  /** Ends its containers without draining and without waiting; resolves when they have ended. */
  end(): Promise<void>;
  /** Of its containers; undefined where none runs. */
  usage(): Usage | undefined;
}

export function launch(world: World, order: Launch): LiveTask {
  const { clock, pace } = world;
  const now = () => new Date(clock.now());
  const view = newTaskView(order, world.place, world.ids, now());
  const record: TaskRecord = {
    view,
    cluster: order.cluster,
    definition: order.definition,
    ports: new Map(),
    provedHealthy: false,
    ...(order.rollout && { rollout: order.rollout }),
  };
  let cancelWait = () => {};
  let started: RunningTask | undefined;
  let containersEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    containersEnded = resolve;
  });

  const wait = (seconds: number, then: () => void) => {
    cancelWait = clock.after(seconds * 1000, then);
  };
  const change = (status: TaskStatus) => {
    const changed = view.lastStatus !== status;
    view.lastStatus = status;
    view.version += 1;
    world.events.task(record);
    order.changed(record, changed ? status : undefined);
  };
  const container = (name: string) => view.containers.find((one) => one.name === name);
  const definitionOf = (name: string) =>
    order.definition.containerDefinitions.find((one) => one.name === name);

  function pull() {
    for (const attachment of view.attachments ?? []) attachment.status = 'ATTACHED';
    view.connectivity = 'CONNECTED';
    view.connectivityAt = now();
    view.pullStartedAt = now();
    change('PENDING');
    for (const definition of order.definition.containerDefinitions) {
      const failure = pullFailure(definition.name);
      if (failure) {
        wait(pace.failingPullSeconds, () => failToStart(definition.name, failure));
        return;
      }
    }
    wait(pace.pullingSeconds, create);
  }

  /** Pulls what a tag or a pin stands for; a pinned image that has been deleted since fails here too. */
  function pullFailure(name: string): string | undefined {
    const definition = definitionOf(name);
    if (!definition) return undefined;
    try {
      const pinned = order.images.get(name) ?? pin(world.images, definition);
      world.images.pull(pinned.image);
      if (definition.versionConsistency !== 'disabled') order.images.set(name, pinned);
      const shown = container(name);
      if (shown) shown.imageDigest = pinned.digest;
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  function create() {
    view.pullStoppedAt = now();
    try {
      const containers = containersToStart(order.definition, order.overrides, order.images, world.secrets);
      started = world.engine.start({ taskArn: view.taskArn, containers }, listener);
    } catch (error) {
      const [first] = order.definition.containerDefinitions;
      failToStart(first?.name ?? '', (error as Error).message);
    }
  }

  const listener: TaskListener = {
    running(ports) {
      if (view.desiredStatus === 'STOPPED') return;
      record.ports = ports;
      for (const one of view.containers) {
        if (one.lastStatus === 'STOPPED') continue;
        one.lastStatus = 'RUNNING';
        one.runtimeId = `${lastPart(view.taskArn)}-${world.ids.hex(10)}`;
      }
      if (order.loadBalancers.length > 0) {
        change('ACTIVATING');
        for (const { containerPort = 0, targetGroupArn = '' } of order.loadBalancers) {
          const port = ports.get(containerPort);
          if (port) world.targetGroups(targetGroupArn)?.register({ id: view.taskArn, port });
        }
      }
      view.startedAt = now();
      change('RUNNING');
    },
    failedToStart(name, reason) {
      started = undefined;
      failToStart(name, reason);
    },
    exited(name, exitCode, reason) {
      const one = container(name);
      if (!one || one.lastStatus === 'STOPPED') return;
      one.lastStatus = 'STOPPED';
      if (exitCode !== undefined) one.exitCode = exitCode;
      if (reason) one.reason = reason;
      const last = view.containers.every(({ lastStatus }) => lastStatus === 'STOPPED');
      if (definitionOf(name)?.essential || last) {
        stop('EssentialContainerExited', 'Essential container in task exited');
      } else if (view.desiredStatus === 'RUNNING') {
        change(view.lastStatus);
      }
      if (last) containersAreGone();
    },
    health(name, status) {
      const one = container(name);
      if (!one || view.desiredStatus === 'STOPPED') return;
      one.healthStatus = status;
      view.healthStatus = taskHealth(record);
      change(view.lastStatus);
    },
    log(name, line) {
      const { logDriver, options = {} } = definitionOf(name)?.logConfiguration ?? {};
      const group = options['awslogs-group'];
      if (logDriver !== 'awslogs' || !group) return;
      world.logs(group, `${options['awslogs-stream-prefix']}/${name}/${lastPart(view.taskArn)}`, line);
    },
  };

  function failToStart(name: string, reason: string) {
    const one = container(name);
    if (one && reason.startsWith('CannotPull')) one.reason = reason;
    stop('TaskFailedToStart', reason);
    if (view.lastStatus !== 'DEPROVISIONING') containersAreGone();
  }

  function stop(code: TaskStopCode, reason: string) {
    if (view.desiredStatus === 'STOPPED') return;
    cancelWait();
    view.desiredStatus = 'STOPPED';
    view.stopCode = code;
    view.stoppedReason = reason;
    view.stoppingAt = now();
    if (!started) {
      if (code !== 'TaskFailedToStart') containersAreGone();
      return;
    }
    const groups = view.lastStatus === 'RUNNING' ? order.loadBalancers : [];
    const alive = view.containers.some(({ lastStatus }) => lastStatus !== 'STOPPED');
    // Spot capacity is taken back at once: its two minutes begin with SIGTERM.
    if (code === 'EssentialContainerExited' || code === 'SpotInterruption') {
      for (const { targetGroupArn = '' } of groups)
        world.targetGroups(targetGroupArn)?.deregister(view.taskArn, () => {});
      if (alive) terminate();
      return;
    }
    drain(groups);
  }

  function drain(groups: LoadBalancer[]) {
    if (groups.length === 0) return terminate();
    change('DEACTIVATING');
    let draining = groups.length;
    for (const { targetGroupArn = '' } of groups) {
      const group = world.targetGroups(targetGroupArn);
      const drained = () => {
        draining -= 1;
        if (draining === 0 && view.lastStatus === 'DEACTIVATING') terminate();
      };
      if (group) group.deregister(view.taskArn, drained);
      else drained();
    }
  }

  function terminate() {
    if (view.lastStatus !== 'STOPPING') change('STOPPING');
    started?.stop();
  }

  function containersAreGone() {
    containersEnded();
    if (view.lastStatus === 'DEPROVISIONING' || view.lastStatus === 'STOPPED') return;
    for (const one of view.containers) one.lastStatus = 'STOPPED';
    view.executionStoppedAt = now();
    change('DEPROVISIONING');
    wait(pace.deprovisioningSeconds, () => {
      for (const attachment of view.attachments ?? []) attachment.status = 'DELETED';
      view.stoppedAt = now();
      change('STOPPED');
    });
  }

  world.events.task(record);
  wait(pace.provisioningSeconds, pull);

  return {
    record,
    stop,
    usage: () => started?.usage(),
    async end() {
      cancelWait();
      if (!started) return;
      started.stop();
      await ended;
    },
  };
}

/** The worst of its essential containers that have a health check; UNKNOWN until each has told. */
export function taskHealth({ view, definition }: TaskRecord): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  const told = definition.containerDefinitions
    .filter(({ essential, healthCheck }) => essential && healthCheck)
    .map(({ name }) => view.containers.find((one) => one.name === name)?.healthStatus);
  if (told.includes('UNHEALTHY')) return 'UNHEALTHY';
  return told.length > 0 && told.every((status) => status === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
