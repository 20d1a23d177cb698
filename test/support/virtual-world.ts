/** A whole world on virtual time: everything of Tidegate's own, in the local world, with tasks and users modelled. */
import { openAws } from '../../aws/open.ts';
import { pushes as pushesOf } from '../../aws/pushes.ts';
import type { Config, Environment } from '../../core/config.ts';
import { placeOf } from '../../core/place.ts';
import { home } from '../../local/aws-service.ts';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';
import type { Call } from '../../local/door/answering.ts';
import { inProcessFetch, inProcessHandler, inProcessSettings } from '../../local/door/in-process.ts';
import type { Route } from '../../local/door/route.ts';
import { shortWay } from '../../local/door/short-way.ts';
import type { Ecs } from '../../local/ecs/ecs.ts';
import { type ModelledEngine, modelledEngine } from '../../local/engine/modelled.ts';
import type { VariantName } from '../../local/images/variants.ts';
import { behind } from '../../local/load-balancer/behind.ts';
import {
  type ModelledLoadBalancer,
  modelledLoadBalancer,
  type Served,
} from '../../local/load-balancer/modelled.ts';
import { containerPort, createSample } from '../../local/sample.ts';
import { balancerNameOf, isShiftable } from '../../local/sample-balancer.ts';
import { createWorld, type WorldOptions } from '../../local/world.ts';
import { seeded } from './seeded.ts';

export const address = 'http://world.test';

export interface VirtualWorldOptions
  extends Pick<
    WorldOptions,
    | 'honesty'
    | 'limits'
    | 'around'
    | 'aroundFunction'
    | 'skewMs'
    | 'onHistory'
    | 'onPermission'
    | 'onMetric'
    | 'pace'
    | 'slackScopes'
    | 'userGroups'
  > {
  config: Config;
  seed: number;
  /** Of each service. */
  requestsPerSecond: number;
  desiredCount: number;
  /** What runs first: a version that works unless given. */
  before?: VariantName;
  /** Of traffic before the installation, for the baseline. */
  historySeconds: number;
  slackIsDown?: () => boolean;
  /** For so many seconds Slack wants to hear nothing; undefined while it does. */
  slackLimits?: () => number | undefined;
  /** The schedule has not looked for lost pushes yet: else it is as if Tidegate had been there for a while. */
  fresh?: boolean;
  /** Of the SDK's clients, whose pauses are real time; its own default when absent. */
  maxAttempts?: number;
  /** Between a function and whatever it asks by HTTP: Slack, endpoints, the registry's downloads. */
  aroundRequest?: (next: () => Promise<Response>) => Promise<Response>;
  /** Told what users' requests came to, from the first version's start on. */
  onServed?: (served: Served, environment: Environment) => void;
}

export type VirtualWorld = Awaited<ReturnType<typeof virtualWorld>>;

/** Answers with the sample services running and traffic behind them, just after Tidegate's installation. */
export async function virtualWorld(options: VirtualWorldOptions) {
  const { config, requestsPerSecond, desiredCount, slackIsDown = () => false, maxAttempts } = options;
  const { slackLimits = () => undefined } = options;
  const { aroundRequest = (next) => next() } = options;
  const clock = virtualClock();
  const random = seeded(options.seed);
  const environments = Object.values(config.services).flatMap((service) => service.environments);
  const calls: Call[] = [];
  const deadLetters: { function: string; event: unknown; error: string }[] = [];
  const running = new Set<string>();
  const shiftable = new Map<Environment, ModelledLoadBalancer>();
  let engine: ModelledEngine | undefined;
  /** What is asked before belongs to setting it up. */
  let ready = false;

  const slackMayBeDown: Route = {
    owns: (path) => path.startsWith('/slack/api/') && (slackIsDown() || slackLimits() !== undefined),
    fetch: async () =>
      slackIsDown()
        ? new Response('down', { status: 503 })
        : new Response('{}', { status: 429, headers: { 'retry-after': String(slackLimits()) } }),
  };
  const originOf = ({ url }: { url: string }) => new URL(url).origin;
  const fetchOver = (routes: readonly Route[]) =>
    inProcessFetch({
      [address]: [slackMayBeDown, ...routes],
      ...Object.fromEntries(
        environments.flatMap((environment) => {
          const { endpoints = [], testListener } = environment.smoke ?? {};
          return [
            ...endpoints.map((endpoint) => [originOf(endpoint), [usersOf(environment)]]),
            ...(testListener ? [[originOf(testListener), [through(environment, 'test')]]] : []),
          ];
        }),
      ),
    });

  const asFunctionsAsk =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    (...request) =>
      aroundRequest(() => fetch(...request));

  const world = await createWorld({
    ...options,
    clock,
    random,
    address: () => address,
    machinery({ images, metricsAt }) {
      const modelled = modelledEngine({ images, clock, random });
      engine = modelled;
      const names = new Map(
        Object.entries(config.services).flatMap(([service, { environments: own }]) =>
          own.flatMap((environment) => {
            const name = balancerNameOf(service, environment);
            return name === undefined ? [] : [[name, environment] as const];
          }),
        ),
      );
      const balancers = [...names].map(([name, environment]) => {
        const balancer = modelledLoadBalancer({
          clock,
          random,
          metrics: metricsAt(placeOf(environment, home)),
          at: modelled.at,
          onChange: modelled.onChange,
          name,
          shiftable: isShiftable(environment),
          healthCheck: { path: '/healthz' },
          deregistrationDelaySeconds: 30,
          requestsPerSecond,
          onServed: options.onServed && ((served) => options.onServed?.(served, environment)),
        });
        if (balancer.shift) shiftable.set(environment, balancer);
        return balancer;
      });
      return { engine: modelled, ...behind(balancers) };
    },
    reach: ({ aws, routes }) => ({
      client: {
        ...inProcessSettings,
        requestHandler: inProcessHandler(aws),
        endpoint: address,
        ...(maxAttempts && { maxAttempts }),
      },
      makeClient: shortWay(aws),
      fetch: asFunctionsAsk(fetchOver(routes)),
    }),
    // A warm function in the same Region; now and then a cold start.
    invocationLatencyMs: () => (random() < 0.05 ? 400 : 20 + 60 * random()),
    onDeadLetter: (letter) => deadLetters.push(letter),
    onStatusChange({ executionArn, status }) {
      if (status === 'RUNNING') running.add(executionArn);
      else running.delete(executionArn);
    },
    around(call, next) {
      calls.push(call);
      return options.around && ready ? options.around(call, next) : next();
    },
  });

  /** What a request gets that comes through a listener of a load balancer with two target groups. */
  const through = (environment: Environment, listener: 'production' | 'test'): Route => ({
    owns: () => true,
    async fetch({ url }) {
      const answer = shiftable.get(environment)?.ask(listener, new URL(url).pathname);
      return new Response(answer?.body ?? 'no target', { status: answer?.status ?? 503 });
    },
  });

  /** What a request to a service gets: from any task that listens, where no traffic is shifted. */
  function usersOf(environment: Environment): Route {
    if (isShiftable(environment)) return through(environment, 'production');
    const { cluster, service: serviceName } = environment;
    return {
      owns: () => true,
      async fetch(request) {
        const { ecs } = world.at(environment);
        const { taskArns } = await ask('ECS', 'ListTasks', { cluster, serviceName }, ecs);
        const ports = (taskArns as string[])
          .flatMap((task) => ecs.portOf(task, containerPort) ?? [])
          .filter((port) => engine?.at(port));
        const port = ports[Math.floor(random() * ports.length)];
        const answer = port === undefined ? undefined : engine?.respond(port, new URL(request.url).pathname);
        return new Response(answer?.body ?? 'no target', { status: answer?.status ?? 503 });
      },
    };
  }

  async function ask(service: 'ECS' | 'SFN', operation: string, input: object, ecs: Ecs = world.ecs) {
    const { operations } = service === 'ECS' ? ecs.service : world.states;
    // biome-ignore lint/suspicious/noExplicitAny: an AWS answer, read by tests
    return (await operations[operation]?.(input)) as any;
  }

  const fetch = fetchOver(world.routes);
  const sampled = createSample({
    ...{ world, config, address, fetch, desiredCount },
    ...(options.before && { variant: options.before }),
  });
  await settle(clock, sampled);
  /** The digests that ran before anything was pushed, by service. */
  const first = await sampled;
  await clock.advance(options.historySeconds * 1000);
  world.install();
  if (!options.fresh) {
    const { pushes } = openAws(world.surroundings('tests'), { pushes: pushesOf });
    const known = Object.entries(config.services).flatMap(([service, { environments: all }]) =>
      all.map(({ name }) => ({ service, environment: name })),
    );
    await settle(clock, pushes.knownSince(known, clock.now()));
  }
  ready = true;
  calls.length = 0;

  return {
    ...{ clock, random, world, config, fetch, ask, calls, deadLetters, running, first },
    /** Where users' requests go now; undefined where no traffic is shifted. */
    behind: (environment: Environment) => shiftable.get(environment)?.behind(),
  };
}

const day = 86_400_000;

/** Lets time pass until a promise has settled. */
export async function settle(clock: VirtualClock, work: Promise<unknown>): Promise<void> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  work.then(mark, mark);
  await clock.until(() => settled, day);
}
