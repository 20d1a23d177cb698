/** The local world with real processes behind a real load balancer, on real time, at one address of this machine. */
import { join } from 'node:path';
import type { Config } from '../../core/config.ts';
import { parsePush } from '../../core/push/event.ts';
import type { HistoryEvent } from '../asl/index.ts';
import { realClock } from '../clock.ts';
import { console as consoleOf } from '../console/console.ts';
import type { DeadLetter, IgnoredPush } from '../console/source.ts';
import { stepFunctions } from '../console/step-functions.ts';
import { type HttpDoor, httpDoor } from '../door/http-door.ts';
import { portAllocator } from '../engine/free-port.ts';
import { type ProcessEngine, processEngine } from '../engine/processes.ts';
import { type LoadBalancer, loadBalancer } from '../load-balancer/load-balancer.ts';
import { type Traffic, traffic } from '../load-balancer/traffic.ts';
import { createSample } from '../sample.ts';
import type { StatusChange } from '../states/states.ts';
import { createWorld, stateMachineArn, type World } from '../world.ts';
import { showConfig } from './config.ts';
import {
  balancing,
  eventLatencyMs,
  logDeliverySeconds,
  pace,
  publication,
  requestsPerSecond,
} from './pace.ts';

export interface ShowWorld {
  world: World;
  config: Config;
  /** Of the AWS API, the registry, the console and Slack. */
  address: string;
  /** Of the sample service's load balancer. */
  serviceUrl: string;
  /** The users of the sample service. */
  users: Traffic;
  /** Ends every process and connection. May be repeated. */
  close(): Promise<void>;
}

export interface ShowListener {
  history(executionArn: string, event: HistoryEvent): void;
  status(change: StatusChange): void;
  deadLetter(functionName: string, error: string): void;
  /** A fault of the local world itself. */
  fault(message: string): void;
}

/** `directory` keeps unpacked images and the list of running processes, so that the next start ends what a crash left. */
export async function openShowWorld(
  { port, directory }: { port: number; directory: string },
  listener: ShowListener,
): Promise<ShowWorld> {
  const clock = realClock();
  const servicePort = await portAllocator().allocate();
  const serviceUrl = `http://127.0.0.1:${servicePort}`;
  const config = showConfig(serviceUrl);
  const subscribers = new Set<(executionArn: string, event: HistoryEvent) => void>();
  const deadLetters: DeadLetter[] = [];
  const ignoredPushes: IgnoredPush[] = [];
  let door: HttpDoor | undefined;
  let engine: ProcessEngine | undefined;
  let balancer: LoadBalancer | undefined;
  const address = () => door?.address ?? '';

  const world = await createWorld({
    clock,
    random: Math.random,
    config,
    address,
    pace,
    eventLatencyMs,
    logDeliverySeconds,
    async machinery({ images, cloudwatch }) {
      const processes = processEngine({ images, clock, directory: join(directory, 'engine') });
      const front = await loadBalancer({
        ...{ clock, name: 'my-api', port: servicePort, metrics: cloudwatch.publish },
        ...balancing,
        ...publication,
      });
      engine = processes;
      balancer = front;
      return {
        engine: processes,
        targetGroup: (arn) => (arn === front.targetGroup.arn ? front.targetGroup : undefined),
      };
    },
    // Over a socket, as from anywhere else.
    reach: () => ({ client: { endpoint: address() }, fetch: globalThis.fetch }),
    onHistory(executionArn, event) {
      listener.history(executionArn, event);
      for (const subscriber of subscribers) subscriber(executionArn, event);
    },
    onStatusChange: listener.status,
    onDeadLetter(letter) {
      deadLetters.unshift({ at: clock.now(), ...letter });
      listener.deadLetter(letter.function, letter.error);
    },
  });
  world.bus.onEvent((event) => {
    const push = parsePush(event);
    const detail = event.detail as Record<string, string>;
    if (event.source !== 'aws.ecr' || !('ignored' in push)) return;
    const repository = String(detail['repository-name']);
    const tag = detail['image-tag'] || undefined;
    ignoredPushes.unshift({ at: clock.now(), repository, tag, reason: push.ignored });
    ignoredPushes.splice(100);
  });

  const site = consoleOf({
    clock,
    source: {
      ...stepFunctions(world.states, stateMachineArn),
      subscribe(subscriber) {
        subscribers.add(subscriber);
        return () => subscribers.delete(subscriber);
      },
      async surroundings() {
        const { requests, errors, p99Ms } = users.seen(10);
        const seen = { service: 'my-api', seconds: 10, requests, errors, p99Milliseconds: p99Ms };
        return { services: [seen], deadLetters, ignoredPushes, slack: '/slack' };
      },
    },
  });
  door = await httpDoor({ port, aws: world.aws, routes: [site, ...world.routes], log: listener.fault });
  await createSample({ world, config, address: address(), fetch: globalThis.fetch });
  const users = traffic({ clock, url: `${serviceUrl}/`, requestsPerSecond });
  await served(users);
  world.install();

  return {
    world,
    config,
    address: address(),
    serviceUrl,
    users,
    async close() {
      users.stop();
      await world.stop();
      await engine?.close();
      await balancer?.close();
      await door?.close();
    },
  };

  /** Waits until users get answers from the sample service; rejects when none comes within 20 s. */
  async function served({ seen }: Traffic): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const { requests, errors } = seen(1);
      if (requests > 0 && errors === 0) return;
      await new Promise<void>((resolve) => clock.after(100, resolve));
    }
    throw new Error('the sample service gave no answer within 20 s');
  }
}
