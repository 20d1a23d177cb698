/** Plays a plan in a world on virtual time, until nothing is left to happen, and answers what happened. */
import { openAws } from '../../aws/open.ts';
import { type Config, type ConfigInput, defineConfig } from '../../core/config.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import type { Slot } from '../../core/slot.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import type { Clock } from '../../local/clock.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { stateMachineArn } from '../../local/world.ts';
import { balancer } from '../support/rehearsed-world.ts';
import { address, settle, type VirtualWorld, virtualWorld } from '../support/virtual-world.ts';
import { type Faults, faultsOf } from './faults.ts';
import { operate } from './operate.ts';
import type { Plan, PushPlan } from './plan.ts';

/** A call that changed something, and whether it was answered. */
export interface Effect {
  at: number;
  operation: string;
  input: Record<string, unknown>;
  /** The function that called. */
  by: string;
  /** It had written down before what it was about to deploy. */
  prepared: boolean;
}

export interface PlayedPush extends PushPlan {
  tagName: string;
  digest: string;
  /** ms since the epoch, as ECR keeps it. */
  at: number;
}

export interface PlayedExecution {
  arn: string;
  name: string;
  status: string;
  error: string | undefined;
  startedAt: number;
  stoppedAt: number | undefined;
  request: ReleaseRequest;
  record: ReleaseRecord;
  history: HistoryEvent[];
}

/** What a service is like in the end. */
export interface PlayedTarget {
  service: string;
  environment: string;
  slot: Slot;
  desiredCount: number;
  /** Digests of the tasks that run. */
  running: string[];
}

/** Its PRIMARY deployment. */
export interface LeftService {
  taskDefinition: string;
  rolloutState: string;
  runningCount: number;
  desiredCount: number;
}

export interface Story {
  plan: Plan;
  config: Config;
  startedAt: number;
  pushes: PlayedPush[];
  /** The oldest first. */
  executions: PlayedExecution[];
  targets: PlayedTarget[];
  /** What the service of an execution was like just before that gave up its slot, by its ARN. */
  left: ReadonlyMap<string, LeftService>;
  effects: Effect[];
  /** The digest that ran first, by service. */
  first: Record<string, string>;
  /** What was said in Slack, as JSON text. */
  messages: string[];
  deadLetters: { function: string; error: string }[];
  /** Everything that happened, for a reader. */
  log: { at: number; what: string }[];
  /** Why it never came to rest, where it did not. */
  stuck: string | undefined;
}

const effectful = new Set([
  'UpdateService',
  'StopServiceDeployment',
  'RegisterTaskDefinition',
  'RunTask',
  'StartExecution',
]);
const hour = 3_600_000;
const day = 24 * hour;

export async function play(plan: Plan): Promise<Story> {
  const config = configOf(plan);
  const log: Story['log'] = [];
  const effects: Effect[] = [];
  let clock: Clock | undefined;
  const now = () => clock?.now() ?? 0;
  const say = (what: string) => log.push({ at: now(), what });
  const faults = faultsOf(plan, () => clock as Clock, say);

  const written: string[] = [];
  const left = new Map<string, LeftService>();
  let looking: VirtualWorld | undefined;
  const virtual = await virtualWorld({
    config,
    seed: plan.seed,
    requestsPerSecond: 2,
    desiredCount: plan.desiredCount,
    historySeconds: 900,
    maxAttempts: 1,
    honesty: plan.events,
    slackIsDown: () => plan.slackDown,
    skewMs: () => plan.skewSeconds * 1000,
    aroundFunction: faults.aroundFunction,
    onHistory: (arn, event) => {
      const { name } =
        (event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails ?? {};
      if (name) say(`  ${arn.slice(arn.lastIndexOf(':') + 1)} → ${name}`);
      if (name === 'RecordOutcome')
        void look(looking, arn).then((service) => service && left.set(arn, service));
    },
    around: (call, next) =>
      faults.aroundCall(call, async () => {
        const answer = await next();
        if (call.operation === 'PutItem') written.push(JSON.stringify(call.input));
        if (effectful.has(call.operation)) {
          effects.push({
            at: now(),
            operation: call.operation,
            input: call.input,
            by: call.caller.accessKeyId,
            prepared: written.some((text) => text.includes(`"${call.input.taskDefinition}"`)),
          });
          say(`  ${call.operation} by ${call.caller.accessKeyId}`);
        }
        return answer;
      }),
  });
  clock = virtual.clock;
  looking = virtual;
  const startedAt = now();
  const pushes: PlayedPush[] = [];
  const plays = [
    ...plan.pushes.map((push) => ({
      atSeconds: push.atSeconds,
      run: async () => void pushes.push(await pushing(virtual, push, say)),
    })),
    ...plan.operator.map((action) => ({
      atSeconds: action.atSeconds,
      run: () => operate(virtual, action, say),
    })),
  ].sort((one, other) => one.atSeconds - other.atSeconds);
  let stuck: string | undefined;
  let answering = true;
  approve(virtual, plan, say, () => answering);
  try {
    for (const { atSeconds, run } of plays) {
      await virtual.clock.advance(Math.max(0, startedAt + atSeconds * 1000 - now()));
      await settle(virtual.clock, run());
    }
    await rest(virtual, faults);
  } catch (error) {
    stuck = (error as Error).message;
  }
  answering = false;
  faults.end();
  return {
    ...{ plan, config, startedAt, pushes, effects, left, log, stuck },
    executions: await executionsOf(virtual),
    targets: await targetsOf(virtual),
    first: virtual.first,
    messages: virtual.world.slack.messages().map((message) => JSON.stringify(message)),
    deadLetters: virtual.deadLetters.map(({ function: name, error }) => ({ function: name, error })),
  };
}

/** Until every execution has ended, nothing fails any more, the schedule has looked twice, and nothing came of it. */
async function rest({ clock, running }: VirtualWorld, faults: Faults): Promise<void> {
  await clock.advance(60_000);
  await clock.until(() => running.size === 0, 9 * day);
  await clock.advance(16 * 60_000);
  faults.end();
  for (let quiet = 0; quiet < 2; ) {
    await clock.until(() => running.size === 0, 9 * day);
    await clock.advance(16 * 60_000);
    quiet = running.size === 0 ? quiet + 1 : 0;
  }
}

async function look(virtual: VirtualWorld | undefined, arn: string): Promise<LeftService | undefined> {
  if (!virtual) return undefined;
  const { ask, config } = virtual;
  const { service, environment } = JSON.parse(
    (await ask('SFN', 'DescribeExecution', { executionArn: arn })).input,
  ) as ReleaseRequest;
  const target = config.services[service]?.environments.find(({ name }) => name === environment);
  const request = { cluster: target?.cluster, services: [target?.service] };
  const { services } = await ask('ECS', 'DescribeServices', request);
  const { deployments, desiredCount } = services[0];
  return { ...deployments.find(({ status }: { status: string }) => status === 'PRIMARY'), desiredCount };
}

function configOf({ services }: Plan): Config {
  const environmentNames = ['staging', 'production'];
  const serviceNames = ['api', 'web'];
  const input: ConfigInput['services'] = {};
  services.forEach(({ environments }, index) => {
    const service = String(serviceNames[index]);
    input[service] = {
      repository: service,
      container: 'app',
      environments: environments.map((environment, position) => {
        const name = String(environmentNames[position + environmentNames.length - environments.length]);
        return {
          name,
          cluster: name,
          service,
          deploymentTimeout: '20m',
          ...(environment.approval && { approval: { timeout: '1h' } }),
          ...(environment.releaseTask && { releaseTask: { command: ['node', 'migrate.mjs'] } }),
          ...(environment.smoke && {
            smoke: { endpoints: [{ url: `http://${service}.${name}.test/healthz` }] },
          }),
          ...(environment.analysis && {
            analysis: { ...balancer(`${service}-${name}`), baseline: '10m', window: '5m', warmUp: '1m' },
          }),
        };
      }),
    };
  });
  return defineConfig({
    slack: { channel: 'deploys', tokenSecret: 'tidegate/slack-token' },
    services: input,
  });
}

async function pushing(
  { clock, config, fetch }: VirtualWorld,
  push: PushPlan,
  say: (what: string) => void,
): Promise<PlayedPush> {
  const names = Object.keys(config.services);
  const service = String(names[push.service % names.length]);
  const tagName = `v1.0.${push.tag}`;
  say(`${service}:${tagName} is pushed, ${push.variant}, report ${push.report}`);
  const at = clock.now();
  const report =
    push.report === 'none' ? 'none' : push.report === 'broken' ? { text: '{"SchemaVersion": 1}' } : undefined;
  const { digest } = await pushVariant({
    address,
    service,
    variant: push.variant,
    tag: tagName,
    report,
    log: () => {},
    clock,
    fetch,
  });
  return { ...push, tagName, digest, at };
}

/** Somebody who reads Slack once a minute. */
function approve(
  { clock, world }: VirtualWorld,
  { approver }: Plan,
  say: (what: string) => void,
  answering: () => boolean,
): void {
  if (approver.answer === 'sleeps') return;
  const asked = new Set<string>();
  const look = () => {
    if (!answering()) return;
    for (const { channelId, ts, blocks } of world.slack.messages()) {
      const block = (blocks as { type: string; block_id: string }[] | undefined)?.find(
        ({ type }) => type === 'actions',
      );
      if (!block || asked.has(ts)) continue;
      asked.add(ts);
      const actionId = approver.answer === 'approves' ? 'approve' : 'reject';
      clock.after(approver.afterSeconds * 1000, () => {
        say(`a person ${approver.answer}`);
        world.slack.click({ channelId, ts, blockId: block.block_id, actionId }).catch(() => {});
      });
    }
    clock.after(60_000, look);
  };
  look();
}

async function executionsOf({ clock, world, ask }: VirtualWorld): Promise<PlayedExecution[]> {
  const { records } = openAws(world.surroundings('tests'));
  const { executions } = await ask('SFN', 'ListExecutions', { stateMachineArn, maxResults: 1000 });
  const played: PlayedExecution[] = [];
  for (const { executionArn: arn, name, status } of executions) {
    const { input, error, startDate, stopDate } = await ask('SFN', 'DescribeExecution', {
      executionArn: arn,
    });
    const { events } = await ask('SFN', 'GetExecutionHistory', { executionArn: arn, maxResults: 1000 });
    const reading = records.of(arn);
    await settle(clock, reading);
    played.push({
      ...{ arn, name, status, error },
      startedAt: startDate.getTime(),
      stoppedAt: stopDate?.getTime(),
      request: JSON.parse(input),
      record: await reading,
      history: events,
    });
  }
  return played.sort((one, other) => one.startedAt - other.startedAt);
}

async function targetsOf({ clock, world, config, ask }: VirtualWorld): Promise<PlayedTarget[]> {
  const { slots } = openAws(world.surroundings('tests'));
  const targets: PlayedTarget[] = [];
  for (const [service, { environments }] of Object.entries(config.services)) {
    for (const { name: environment, cluster, service: serviceName } of environments) {
      const looking = slots.look({ cluster, service: serviceName });
      await settle(clock, looking);
      const { services } = await ask('ECS', 'DescribeServices', { cluster, services: [serviceName] });
      const { taskArns: tasks } = await ask('ECS', 'ListTasks', { cluster, serviceName });
      const described = tasks.length > 0 ? (await ask('ECS', 'DescribeTasks', { cluster, tasks })).tasks : [];
      targets.push({
        ...{ service, environment, slot: await looking },
        desiredCount: services[0].desiredCount,
        running: (described as { containers: { imageDigest: string }[] }[]).flatMap(({ containers }) =>
          containers.map(({ imageDigest }) => imageDigest),
        ),
      });
    }
  }
  return targets;
}
