/** What happened in a simulated world, and what it is like in the end. */
import { type Approval, approvals as approvalsOf } from '../../aws/approvals.ts';
import { type AuditEntry, audit as auditOf } from '../../aws/audit.ts';
import { openAws } from '../../aws/open.ts';
import { records as recordsOf } from '../../aws/records.ts';
import { slots as slotsOf } from '../../aws/slots.ts';
import { type Config, environmentOf } from '../../core/config.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import type { Slot } from '../../core/slot.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { stateMachineArn } from '../../local/world.ts';
import { settle, type VirtualWorld } from '../support/virtual-world.ts';
import type { Plan, PushPlan } from './plan.ts';
import type { Served } from './traffic.ts';

/** A call that changed something, and whether it was answered. */
export interface Effect {
  at: number;
  operation: string;
  input: Record<string, unknown>;
  /** The function that called. */
  by: string;
  /** The ARN of the execution that it worked for, where it is a step's. */
  execution: string | undefined;
  /** Of an `UpdateService`: what the service was like just before. */
  over: LeftService | undefined;
  /** When that function had looked at its service last. */
  lookedAt: number | undefined;
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
  /** Of a release that was decided by rules: before it, and at each pause of ECS. */
  decided?: { approval: Approval; audit: AuditEntry[] } | undefined;
  pauses: Approval[];
}

/** What a service is like in the end. */
export interface PlayedTarget {
  service: string;
  environment: string;
  slot: Slot;
  desiredCount: number;
  /** Digests of the tasks that run. */
  running: string[];
  /** Of a service whose traffic is shifted: where users' requests go, and the versions behind it, by their commits. */
  behind: { weight: number; revisions: (string | undefined)[] }[] | undefined;
  /** The newest first. */
  deployments: PlayedDeployment[];
  /** ECS services that move with it. */
  alongside: { name: string; desiredCount: number; running: string[]; deployments: PlayedDeployment[] }[];
}

/** A service deployment. Times in ms since the epoch. */
export interface PlayedDeployment {
  arn: string;
  status: string;
  createdAt: number;
  finishedAt: number | undefined;
}

/** By the names of the ECS services. */
export type LeftServices = Readonly<Record<string, LeftService>>;

/** Its PRIMARY deployment. */
export interface LeftService {
  taskDefinition: string;
  createdAt: Date;
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
  /** What the ECS services of an execution were like just before that gave up its slot, by its ARN. */
  left: ReadonlyMap<string, LeftServices>;
  effects: Effect[];
  /** When smoke tests passed, ms since the epoch, by the ARN of the execution: whether anybody heard of it or not. */
  testedAt: ReadonlyMap<string, number>;
  /** Since the plan began. */
  served: Served[];
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

/** What a service is like now. */
export async function serviceNow(
  { ask, config, world }: Pick<VirtualWorld, 'ask' | 'config' | 'world'>,
  { cluster, service }: { cluster: string; service: string },
): Promise<LeftService> {
  const environments = Object.values(config.services).flatMap((one) => one.environments);
  const environment = environments.find((one) => one.cluster === cluster);
  const { ecs } = world.at(environment ?? {});
  const { services } = await ask('ECS', 'DescribeServices', { cluster, services: [service] }, ecs);
  const { deployments, desiredCount } = services[0];
  const primary = deployments.find(({ status }: { status: string }) => status === 'PRIMARY');
  // ECS tells it of rolling updates only.
  const rolloutState =
    primary.rolloutState ??
    stateOf((await ask('ECS', 'ListServiceDeployments', { cluster, service }, ecs)).serviceDeployments[0]);
  return { ...primary, rolloutState, desiredCount };
}

const stateOf = ({ status }: { status: string }) =>
  ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL'].includes(status) ? 'COMPLETED' : status;

/** What the ECS services of an execution are like now. */
export async function look(virtual: VirtualWorld, arn: string): Promise<LeftServices> {
  const { ask, config } = virtual;
  const { service, environment } = JSON.parse(
    (await ask('SFN', 'DescribeExecution', { executionArn: arn })).input,
  ) as ReleaseRequest;
  const { cluster, ...target } = environmentOf(config, service, environment).environment;
  const names = [target.service, ...target.alongside.map((other) => other.service)];
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await serviceNow(virtual, { cluster, service: name })] as const),
    ),
  );
}

/** Every execution that was started, the oldest first. */
export async function executionsOf({ clock, config, world, ask }: VirtualWorld): Promise<PlayedExecution[]> {
  const { approvals, audit, records } = openAws(world.surroundings('tests'), {
    ...{ approvals: approvalsOf, audit: auditOf, records: recordsOf },
  });
  const decidedOf = async (approvalId: string) => {
    const approval = await approvals.of(approvalId);
    return approval && { approval, audit: await audit.of(approvalId) };
  };
  const { executions } = await ask('SFN', 'ListExecutions', { stateMachineArn, maxResults: 1000 });
  const played: PlayedExecution[] = [];
  for (const { executionArn: arn, name, status } of executions) {
    const { input, error, startDate, stopDate } = await ask('SFN', 'DescribeExecution', {
      executionArn: arn,
    });
    const { events } = await ask('SFN', 'GetExecutionHistory', { executionArn: arn, maxResults: 1000 });
    const reading = records.of(arn);
    const decided = config.people ? decidedOf(name) : undefined;
    const pauses = config.people ? approvals.ofPauses(name) : [];
    await settle(clock, Promise.all([reading, decided, pauses]));
    played.push({
      ...{ arn, name, status, error },
      startedAt: startDate.getTime(),
      stoppedAt: stopDate?.getTime(),
      request: JSON.parse(input),
      record: await reading,
      history: events,
      decided: await decided,
      pauses: await pauses,
    });
  }
  return played.sort((one, other) => one.startedAt - other.startedAt);
}

/** Every service, with its slot. */
export async function targetsOf({
  clock,
  world,
  config,
  ask,
  behind,
}: VirtualWorld): Promise<PlayedTarget[]> {
  const { slots } = openAws(world.surroundings('tests'), { slots: slotsOf });
  const targets: PlayedTarget[] = [];
  for (const [service, { environments }] of Object.entries(config.services)) {
    for (const target of environments) {
      const { name: environment, cluster, service: serviceName, alongside } = target;
      const looking = slots.look(target);
      await settle(clock, looking);
      const { ecs } = world.at(target);
      const inTheEnd = async (name: string) => {
        const { services } = await ask('ECS', 'DescribeServices', { cluster, services: [name] }, ecs);
        const { taskArns: tasks } = await ask('ECS', 'ListTasks', { cluster, serviceName: name }, ecs);
        const described =
          tasks.length > 0 ? (await ask('ECS', 'DescribeTasks', { cluster, tasks }, ecs)).tasks : [];
        const { serviceDeployments } = await ask(
          'ECS',
          'ListServiceDeployments',
          { cluster, service: name },
          ecs,
        );
        return {
          name,
          deployments: (serviceDeployments as ListedDeployment[]).map(playedDeployment),
          desiredCount: services[0].desiredCount as number,
          running: (described as { containers: { imageDigest: string }[] }[]).flatMap(({ containers }) =>
            containers.map(({ imageDigest }) => imageDigest),
          ),
        };
      };
      const { name: _, ...leading } = await inTheEnd(serviceName);
      const others = await Promise.all(alongside.map((other) => inTheEnd(other.service)));
      const users = behind(target)?.map(({ weight, behaviours }) => ({
        ...{ weight, revisions: behaviours.map((behaviour) => behaviour?.revision) },
      }));
      const own = { service, environment, slot: await looking, behind: users };
      targets.push({ ...own, ...leading, alongside: others });
    }
  }
  return targets;
}

interface ListedDeployment {
  serviceDeploymentArn: string;
  status: string;
  createdAt: Date;
  finishedAt?: Date;
}
const playedDeployment = (listed: ListedDeployment): PlayedDeployment => ({
  ...{ arn: listed.serviceDeploymentArn, status: listed.status },
  ...{ createdAt: listed.createdAt.getTime(), finishedAt: listed.finishedAt?.getTime() },
});
