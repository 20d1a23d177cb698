/** The world that a rehearsal plays in: everything of Tidegate's own, on virtual time, with tasks and users modelled. */
import { type Config, type ConfigInput, defineConfig } from '../../core/config.ts';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';
import type { Around, Call } from '../../local/door/answering.ts';
import { inProcessFetch, inProcessHandler } from '../../local/door/in-process.ts';
import { type Route, under } from '../../local/door/route.ts';
import { type ModelledEngine, modelledEngine } from '../../local/engine/modelled.ts';
import { modelledLoadBalancer } from '../../local/load-balancer/modelled.ts';
import { loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { containerPort, createSample } from '../../local/sample.ts';
import { createWorld } from '../../local/world.ts';
import { seeded } from './seeded.ts';

export const address = 'http://world.test';

/** The dimensions of a load balancer and its target group of this name. */
export const balancer = (name: string) => ({
  loadBalancer: loadBalancerName(name).dimension,
  targetGroup: targetGroupName(name).dimension,
});

export const production = {
  name: 'production',
  cluster: 'main',
  service: 'my-api',
  smoke: { endpoints: [{ url: 'http://my-api.test/healthz' }, { url: 'http://my-api.test/' }] },
  analysis: balancer('my-api'),
} satisfies EnvironmentInput;

type ServiceInput = ConfigInput['services'][string];
type EnvironmentInput = ServiceInput['environments'][number];

export interface RehearsalOptions {
  /** Over the service `my-api` of the rehearsal. */
  service?: Partial<ServiceInput>;
  /** Over its environment `production`. */
  environment?: Partial<EnvironmentInput>;
  slack?: boolean;
  requestsPerSecond?: number;
  desiredCount?: number;
  seed?: number;
  around?: Around;
  /** Every event of this source is lost. */
  lose?: string;
  slackIsDown?: boolean;
}

/** Answers with the sample service running and an hour of traffic behind it, just after Tidegate's installation. */
export async function rehearsedWorld(options: RehearsalOptions) {
  const clock = virtualClock();
  const random = seeded(options.seed ?? 1);
  const config: Config = defineConfig({
    ...(options.slack && { slack: { channel: 'deploys', tokenSecret: 'tidegate/slack-token' } }),
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        environments: [{ ...production, ...options.environment }],
        ...options.service,
      },
    },
  });
  const calls: Call[] = [];
  const deadLetters: { function: string; event: unknown; error: string }[] = [];
  const running = new Set<string>();
  let engine: ModelledEngine | undefined;
  const refusing = under('/slack/api', () => new Response('down', { status: 503 }));
  const fetchOver = (routes: readonly Route[]) =>
    inProcessFetch({
      [address]: options.slackIsDown ? [refusing, ...routes] : routes,
      'http://my-api.test': [users()],
    });

  const world = await createWorld({
    clock,
    random,
    config,
    address: () => address,
    machinery({ images, cloudwatch }) {
      const modelled = modelledEngine({ images, clock, random });
      engine = modelled;
      const balancers = Object.values(config.services)
        .flatMap(({ environments }) => environments)
        .flatMap(({ analysis }) => analysis ?? [])
        .map((analysis) =>
          modelledLoadBalancer({
            clock,
            random,
            metrics: cloudwatch.publish,
            at: modelled.at,
            name: String(analysis.targetGroup.split('/')[1]),
            healthCheck: { path: '/healthz' },
            deregistrationDelaySeconds: 30,
            requestsPerSecond: options.requestsPerSecond ?? 20,
          }),
        );
      return {
        engine: modelled,
        targetGroup: (arn) => balancers.find(({ targetGroup }) => targetGroup.arn === arn)?.targetGroup,
      };
    },
    reach: ({ aws, routes }) => ({
      client: { requestHandler: inProcessHandler(aws), endpoint: address },
      fetch: fetchOver(routes),
    }),
    ...(options.lose && { honesty: { [options.lose]: { loss: 1 } } }),
    // A warm function in the same Region; now and then a cold start.
    invocationLatencyMs: () => (random() < 0.05 ? 400 : 20 + 60 * random()),
    onDeadLetter: (letter) => deadLetters.push(letter),
    onStatusChange({ executionArn, status }) {
      if (status === 'RUNNING') running.add(executionArn);
      else running.delete(executionArn);
    },
    around(call, next) {
      calls.push(call);
      return options.around ? options.around(call, next) : next();
    },
  });

  /** What a request to the service gets: from any task that listens. */
  function users(): Route {
    return {
      owns: () => true,
      async fetch(request) {
        const tasks = (await ask('ECS', 'ListTasks', { cluster: 'main', serviceName: 'my-api' }))
          .taskArns as string[];
        const ports = tasks
          .flatMap((task) => world.ecs.portOf(task, containerPort) ?? [])
          .filter((port) => engine?.at(port));
        const port = ports[Math.floor(random() * ports.length)];
        const answer = port === undefined ? undefined : engine?.respond(port, new URL(request.url).pathname);
        return new Response(answer?.body ?? 'no target', { status: answer?.status ?? 503 });
      },
    };
  }

  async function ask(service: 'ECS' | 'SFN', operation: string, input: object) {
    const { operations } = service === 'ECS' ? world.ecs.service : world.states;
    // biome-ignore lint/suspicious/noExplicitAny: an AWS answer, read by tests
    return (await operations[operation]?.(input)) as any;
  }

  const fetch = fetchOver(world.routes);
  const sampled = createSample({ world, config, address, fetch, desiredCount: options.desiredCount ?? 2 });
  await settle(clock, sampled);
  const first = (await sampled)['my-api'] ?? '';
  // An hour of traffic, for the baseline.
  await clock.advance(options.desiredCount === 0 ? 600_000 : 3_900_000);
  world.install();
  calls.length = 0;

  return { clock, world, config, fetch, ask, calls, deadLetters, running, first };
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
