/** A rehearsal: the real state machine, the real functions and SDK clients, in the local world, on virtual time. */
import { openAws } from '../../aws/open.ts';
import { type Config, type ConfigInput, defineConfig } from '../../core/config.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { account, region } from '../../local/aws-service.ts';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';
import type { Around, Call } from '../../local/door/answering.ts';
import { inProcessFetch, inProcessHandler } from '../../local/door/in-process.ts';
import { type Route, under } from '../../local/door/route.ts';
import type { ImageConfig } from '../../local/engine/image-source.ts';
import { type ModelledEngine, modelledEngine } from '../../local/engine/modelled.ts';
import { attachReport } from '../../local/images/attach-report.ts';
import { buildImage } from '../../local/images/build-image.ts';
import { pushImage } from '../../local/images/push-image.ts';
import type { PushedVariant } from '../../local/images/push-variant.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { trivyReport } from '../../local/images/trivy-report.ts';
import type { VariantName } from '../../local/images/variants.ts';
import { modelledLoadBalancer } from '../../local/load-balancer/modelled.ts';
import { loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { containerPort, createSample } from '../../local/sample.ts';
import { createWorld, stateMachineArn } from '../../local/world.ts';

const address = 'http://world.test';

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

/** A push as an event may report it; what is left out is as it would be. */
interface ReportedPush {
  tag: string;
  digest: string;
  id?: string;
}

/** How an execution ended, and what it left. */
export interface Release {
  executionArn: string;
  status: string;
  outcome: string;
  reason: string;
  record: ReleaseRecord;
  history: HistoryEvent[];
  /** From the start of the execution to its end. */
  seconds: number;
}

const day = 86_400_000;

export async function rehearsal(options: RehearsalOptions = {}) {
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
  let fetch: typeof globalThis.fetch = globalThis.fetch;

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
    reach({ aws, routes }) {
      const refusing = under('/slack/api', () => new Response('down', { status: 503 }));
      const served = options.slackIsDown ? [refusing, ...routes] : routes;
      fetch = inProcessFetch({ [address]: served, 'http://my-api.test': [users()] });
      return { client: { requestHandler: inProcessHandler(aws), endpoint: address }, fetch };
    },
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

  const sampled = createSample({ world, config, address, fetch, desiredCount: options.desiredCount ?? 2 });
  await settle(clock, sampled);
  const first = (await sampled)['my-api'] ?? '';
  // An hour of traffic, for the baseline.
  await clock.advance(options.desiredCount === 0 ? 600_000 : 3_900_000);
  world.install();
  calls.length = 0;

  const executions = async () =>
    (await ask('SFN', 'ListExecutions', { stateMachineArn })).executions as {
      executionArn: string;
      status: string;
      name: string;
    }[];

  /** Lets time pass until every execution has ended. */
  async function ended(limit = 3 * day): Promise<void> {
    await clock.until(() => running.size === 0, limit);
    // What the end sets off: clean-up, the next environment.
    await clock.advance(10_000);
    if (running.size > 0) await ended(limit);
  }

  async function release(executionArn: string): Promise<Release> {
    const { status, output, error, cause, startDate, stopDate } = await ask('SFN', 'DescribeExecution', {
      executionArn,
    });
    const { events } = await ask('SFN', 'GetExecutionHistory', { executionArn, maxResults: 1000 });
    const item = await record(executionArn);
    return {
      executionArn,
      status,
      outcome: item.outcome ?? error ?? status,
      reason: item.reason ?? cause ?? output,
      record: item,
      history: events,
      seconds: (stopDate - startDate) / 1000,
    };
  }

  async function latest(): Promise<Release> {
    const [newest] = await executions();
    if (!newest) throw new Error('no execution was started');
    return release(newest.executionArn);
  }

  async function record(execution: string): Promise<ReleaseRecord> {
    const recorded = openAws(world.surroundings('tests')).records.of(execution);
    await settle(clock, recorded);
    return recorded;
  }

  return {
    clock,
    world,
    config,
    calls,
    /** The digest that ran before anything was pushed. */
    first,
    ask,
    executions,
    ended,
    release,

    /** Pushes and goes on; `report` as in `npm run push`. */
    async pushOnly(
      variant: VariantName,
      tag: string,
      report?: 'none' | { text: string },
    ): Promise<PushedVariant> {
      const pushing = pushVariant({
        address,
        service: 'my-api',
        variant,
        tag,
        report,
        log: () => {},
        clock,
        fetch,
      });
      await settle(clock, pushing);
      return pushing;
    },

    /** Pushes, lets time pass until the release has ended, and answers how. */
    async push(
      variant: VariantName,
      tag: string,
      report?: 'none' | { text: string },
    ): Promise<Release & { digest: string }> {
      const { digest } = await this.pushOnly(variant, tag, report);
      await clock.advance(2000);
      await ended();
      return { ...(await latest()), digest };
    },

    /** Pushes an image of another making than the sample's. */
    async pushImage(tag: string, { config }: { config: ImageConfig }): Promise<Release & { digest: string }> {
      const created = new Date(clock.now());
      const image = await buildImage({
        layers: [[{ path: 'app/file', content: 'x' }]],
        config,
        created,
        architecture: 'amd64',
      });
      const { digest } = image.manifest;
      await settle(clock, clock.during(pushImage({ address, repository: 'my-api', fetch, image, tag })));
      await this.attachReport({ digest, tag, image });
      await ended();
      return { ...(await latest()), digest };
    },

    /** As a scan in CI would, late. */
    async attachReport({ image, tag }: PushedVariant): Promise<void> {
      const createdAt = new Date(clock.now());
      const report = JSON.stringify(
        trivyReport({ repository: 'my-api', tag, image, findings: [], createdAt }),
      );
      const attaching = attachReport({
        address,
        repository: 'my-api',
        fetch,
        subject: image.manifest,
        report,
        created: createdAt,
      });
      await settle(clock, clock.during(attaching));
    },

    /** An event of ECR, put on the bus by hand. */
    deliver: async ({ tag, digest, id }: ReportedPush) => {
      const detail = {
        'action-type': 'PUSH',
        result: 'SUCCESS',
        'repository-name': 'my-api',
        'image-tag': tag,
        'image-digest': digest,
      };
      const event = { source: 'aws.ecr', 'detail-type': 'ECR Image Action', resources: [], detail };
      if (id === undefined) world.bus.emit(event);
      else
        await world.lambda.invokeAsync('start-release', {
          ...event,
          id,
          version: '0',
          account,
          region,
          time: iso(clock.now()),
        });
      await clock.advance(2000);
    },

    /** The same, and what becomes of it. */
    async redeliver(push: ReportedPush): Promise<Release> {
      await this.deliver(push);
      await ended();
      return latest();
    },

    deadLetters,

    /** All releases, the newest first. */
    releases: async (): Promise<Release[]> =>
      Promise.all((await executions()).map(({ executionArn }) => release(executionArn))),

    /** Presses a button of the newest message in Slack that has one. */
    async click(actionId: string): Promise<void> {
      const message = world.slack
        .messages()
        .findLast(({ blocks }) => JSON.stringify(blocks ?? '').includes('"actions"'));
      if (!message) throw new Error('no message in Slack has buttons');
      const block = (message.blocks as { type: string; block_id: string }[]).find(
        ({ type }) => type === 'actions',
      );
      const { channelId, ts } = message;
      const clicking = world.slack.click({ channelId, ts, blockId: String(block?.block_id), actionId });
      await settle(clock, clicking);
    },

    /** Tasks that no service started. */
    tasksStartedByHand: async (): Promise<string[]> => {
      const family = { cluster: 'main', family: 'my-api', desiredStatus: 'STOPPED' };
      const { taskArns: tasks } = await ask('ECS', 'ListTasks', family);
      if (tasks.length === 0) return [];
      const { tasks: described } = await ask('ECS', 'DescribeTasks', { cluster: 'main', tasks });
      // biome-ignore lint/suspicious/noExplicitAny: an AWS answer
      return described
        .filter(({ group }: any) => !group.startsWith('service:'))
        .map(({ taskArn }: any) => taskArn);
    },

    async deleteImage(imageDigest: string): Promise<void> {
      const input = { repositoryName: 'my-api', imageIds: [{ imageDigest }] };
      await world.ecr.service.operations.BatchDeleteImage?.(input);
    },

    /** The digests that running tasks have. */
    async running(cluster = 'main', serviceName = 'my-api'): Promise<string[]> {
      const { taskArns: tasks } = await ask('ECS', 'ListTasks', { cluster, serviceName });
      if (tasks.length === 0) return [];
      const { tasks: described } = await ask('ECS', 'DescribeTasks', { cluster, tasks });
      // biome-ignore lint/suspicious/noExplicitAny: an AWS answer
      return described.flatMap((task: any) => task.containers.map(({ imageDigest }: any) => imageDigest));
    },

    /** How often an operation was called since the installation. */
    count: (operation: string) => calls.filter((call) => call.operation === operation).length,
  };
}

/** Lets time pass until a promise has settled. */
async function settle(clock: VirtualClock, work: Promise<unknown>): Promise<void> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  work.then(mark, mark);
  await clock.until(() => settled, day);
}

const iso = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
