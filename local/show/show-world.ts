/** The local world with real processes behind a real load balancer, on real time, at one address of this machine. */
import { join } from 'node:path';
import { type Config, environmentOf } from '../../core/config.ts';
import { placeOf } from '../../core/place.ts';
import type { Surroundings } from '../../functions/runtime.ts';
import { lookAtAll, openFor } from '../../functions/status/look.ts';
import type { HistoryEvent } from '../asl/index.ts';
import { home } from '../aws-service.ts';
import { realClock } from '../clock.ts';
import { console as consoleOf } from '../console/console.ts';
import type { DeadLetter, IgnoredPush } from '../console/source.ts';
import { stepFunctions } from '../console/step-functions.ts';
import { type HttpDoor, httpDoor } from '../door/http-door.ts';
import { type ProcessEngine, processEngine } from '../engine/processes.ts';
import { createSample } from '../sample.ts';
import type { Slack } from '../slack/slack.ts';
import type { StatusChange } from '../states/states.ts';
import { createWorld, stateMachineArn } from '../world.ts';
import { balancerOf, localConfig } from './config.ts';
import { ignoredPush, readEnded } from './events.ts';
import { type Front, frontOf, type Place, placesFor } from './front.ts';
import type { End } from './narrate.ts';
import { eventLatencyMs, logDeliverySeconds, pace, publication } from './pace.ts';

export interface ShowWorld {
  /** As the world runs by it. */
  config: Config;
  /** What Tidegate's functions are told of it. */
  environment: Surroundings['environment'];
  /** Of the AWS API, the registry, the console and Slack. */
  address: string;
  /** The environments of the sample services, those of the first service first. */
  places: readonly Place[];
  /** What users of each of them saw over the last seconds. */
  seen: Front['seen'];
  slack: Pick<Slack, 'messages' | 'click'>;
  /** When users began to come, ms since the epoch. */
  servingSince: number;
  /** Ends every process and connection. May be repeated. */
  close(): Promise<void>;
}

export interface ShowListener {
  history(executionArn: string, event: HistoryEvent): void;
  status(change: StatusChange): void;
  /** How Tidegate recorded the end of a release, when it tells its subscribers. */
  recorded(executionArn: string, end: End): void;
  deadLetter(functionName: string, error: string): void;
  /** A fault of the local world itself. */
  fault(message: string): void;
}

export interface ShowOptions {
  /** Of the installation. */
  installed: Config;
  port: number;
  /** Keeps unpacked images and the list of running processes, so that the next start ends what a crash left. */
  directory: string;
}

export async function openShowWorld(
  { installed, port, directory }: ShowOptions,
  listener: ShowListener,
): Promise<ShowWorld> {
  const clock = realClock();
  const places = await placesFor(installed);
  const config = localConfig(installed, (balancer, listener) => {
    const place = places.find(({ name }) => name === balancer);
    return String(listener === 'test' ? place?.test?.url : place?.url);
  });
  const subscribers = new Set<(executionArn: string, event: HistoryEvent) => void>();
  const deadLetters: DeadLetter[] = [];
  const ignoredPushes: IgnoredPush[] = [];
  let door: HttpDoor | undefined;
  let engine: ProcessEngine | undefined;
  let front: Front | undefined;
  const recorded = new Map<string, End>();
  const address = () => door?.address ?? '';

  const world = await createWorld({
    clock,
    random: Math.random,
    config,
    address,
    pace,
    publication,
    eventLatencyMs,
    logDeliverySeconds,
    async machinery({ images, metricsAt }) {
      const processes = processEngine({ images, clock, directory: join(directory, 'engine') });
      const opened = await frontOf(places, clock, ({ service, environment }) =>
        metricsAt(placeOf(environmentOf(config, service, environment).environment, home)),
      );
      engine = processes;
      front = opened;
      return { engine: processes, targetGroup: opened.targetGroup, listenerRule: opened.listenerRule };
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
    const ended = readEnded(event);
    if (ended) {
      recorded.set(ended.execution, ended.end);
      listener.recorded(ended.execution, ended.end);
    }
    const ignored = ignoredPush(event, clock.now());
    if (!ignored) return;
    ignoredPushes.unshift(ignored);
    ignoredPushes.splice(100);
  });

  const named = Object.entries(config.services).flatMap(([service, { environments }]) =>
    environments.map(({ name }) => ({ service, environment: name })),
  );
  let looking: ReturnType<typeof openFor> | undefined;
  const site = consoleOf({
    clock,
    source: {
      ...stepFunctions(world.states, stateMachineArn, (executionArn) => recorded.get(executionArn)),
      subscribe(subscriber) {
        subscribers.add(subscriber);
        return () => subscribers.delete(subscriber);
      },
      environments() {
        looking ??= openFor(world.surroundings('tidegate-cli'));
        return lookAtAll(named, looking);
      },
      async surroundings() {
        const services = (front?.seen(10) ?? []).map(({ service, environment, seen }) => ({
          service:
            places.filter((place) => place.service === service).length > 1
              ? `${service} ${environment}`
              : service,
          seconds: 10,
          requests: seen.requests,
          errors: seen.errors,
          p99Milliseconds: seen.p99Ms,
        }));
        return { services, deadLetters, ignoredPushes, ...(config.slack && { slack: '/slack' }) };
      },
    },
  });
  door = await httpDoor({ port, aws: world.aws, routes: [site, ...world.routes], log: listener.fault });
  const { open, seen, stop } = front as unknown as Front;
  await createSample({ world, config, address: address(), fetch: globalThis.fetch, balancerOf });
  const servingSince = clock.now();
  await open();
  world.install();
  // As if it had been there for a while: what is pushed from now on is missed where its event is lost.
  await world.lambda.invoke('reconcile-pushes', {});

  return {
    config,
    environment: world.surroundings('tidegate-cli').environment,
    address: address(),
    places,
    seen,
    slack: world.slack,
    servingSince,
    async close() {
      stop();
      await world.stop();
      await engine?.close();
      await front?.close();
      await door?.close();
    },
  };
}
