/** ECS on virtual time with a cluster, two revisions of one service's task definition, and everything that it told. */

import type {
  CreateServiceRequest,
  Deployment,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Task,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { home } from '../../local/aws-service.ts';
import { type Clock, virtualClock } from '../../local/clock.ts';
import { type Ecs, type EcsOptions, ecs } from '../../local/ecs/ecs.ts';
import type { TaskEngine, TaskToStart } from '../../local/engine/engine.ts';
import type { ImageSource } from '../../local/engine/image-source.ts';
import type { Emit } from '../../local/event.ts';
import { modelledEngine, type TaskScript } from './ecs-engine.ts';
import { modelledTargetGroup, type TargetScript, targetGroupArn } from './ecs-target-group.ts';

export type ToldEvent = Parameters<Emit>[0];

// biome-ignore lint/suspicious/noExplicitAny: the answers of the model are as untyped as the wire's; tests check what they read
type Answer = any;

export const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
export const imageOf = (tag: string) => `${registry}/api:${tag}`;

interface Settings
  extends Partial<
    Pick<EcsOptions, 'pace' | 'logs' | 'secrets' | 'targetGroups' | 'listenerRules' | 'invoke'>
  > {
  /** In place of the scripted one. */
  engineOf?: (clock: Clock, images: ImageSource) => TaskEngine;
  script?: (task: TaskToStart, place: number) => TaskScript;
  targets?: (place: number) => TargetScript;
  drainSeconds?: number;
}

export function ecsWorld({ script, engineOf, targets, drainSeconds = 30, ...options }: Settings = {}) {
  const clock = virtualClock();
  const events: ToldEvent[] = [];
  const engine = modelledEngine(clock, script);
  const targetGroup = modelledTargetGroup(clock, drainSeconds, targets);
  const images = modelledImages();
  const firing = new Set<string>();
  const world: Ecs = ecs({
    place: home,
    clock,
    engine: engineOf?.(clock, images) ?? engine,
    images,
    emit: (event) => events.push(event),
    targetGroups: (arn) => (arn === targetGroupArn ? targetGroup : undefined),
    alarmsFiring: (names) => names.filter((name) => firing.has(name)),
    random: seeded(7),
    ...options,
  });
  const call = (operation: string, input: unknown = {}): Answer =>
    world.service.operations[operation]?.(input);
  const describe = (): Service =>
    call('DescribeServices', { cluster: 'prod', services: ['api'] }).services[0];
  world.createCluster('prod');

  return {
    clock,
    events,
    engine,
    targetGroup,
    images,
    /** Names of CloudWatch alarms that are in ALARM. */
    firing,
    ecs: world,
    call,
    describe,
    register: (tag: string, more: object = {}): string =>
      call('RegisterTaskDefinition', { ...taskDefinition(tag), ...more }).taskDefinition.taskDefinitionArn,
    create: (request: Partial<CreateServiceRequest> = {}): Service =>
      call('CreateService', { ...serviceRequest, ...request }).service,
    update: (request: Partial<UpdateServiceRequest>): Service =>
      call('UpdateService', { cluster: 'prod', service: 'api', ...request }).service,
    primary: (): Deployment => describe().deployments?.[0] ?? {},
    /** The newest service deployment. */
    deployment(): ServiceDeployment {
      const [newest] = call('ListServiceDeployments', { cluster: 'prod', service: 'api' }).serviceDeployments;
      return this.deploymentBy(newest.serviceDeploymentArn);
    },
    deploymentBy: (arn = ''): ServiceDeployment =>
      call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] }).serviceDeployments[0],
    revision: (arn = ''): ServiceRevision =>
      call('DescribeServiceRevisions', { serviceRevisionArns: [arn] }).serviceRevisions[0],
    tasks(desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Task[] {
      const { taskArns } = call('ListTasks', { cluster: 'prod', serviceName: 'api', desiredStatus });
      return taskArns.length === 0 ? [] : call('DescribeTasks', { cluster: 'prod', tasks: taskArns }).tasks;
    },
    messages: () => (describe().events ?? []).map(({ message = '' }) => message).toReversed(),
    told: (detailType: string) =>
      events.filter((event) => event['detail-type'] === detailType).map(({ detail }) => detail as Answer),
    async seconds(count: number) {
      await clock.advance(count * 1000);
    },
    /** Lets the time pass until the newest service deployment has ended. */
    async ended(limitSeconds = 3600): Promise<ServiceDeployment> {
      await clock.until(() => this.deployment().finishedAt !== undefined, limitSeconds * 1000);
      return this.deployment();
    },
  };
}

export type EcsWorld = ReturnType<typeof ecsWorld>;

export const loadBalancers = [{ targetGroupArn, containerName: 'api', containerPort: 8080 }];

export const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

const serviceRequest: CreateServiceRequest = {
  cluster: 'prod',
  serviceName: 'api',
  taskDefinition: 'api',
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration: network,
};

const taskDefinition = (tag: string) => ({
  family: 'api',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  containerDefinitions: [
    {
      name: 'api',
      image: imageOf(tag),
      portMappings: [{ containerPort: 8080 }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/ecs/api',
          'awslogs-stream-prefix': 'ecs',
          'awslogs-region': 'eu-west-1',
        },
      },
    },
  ],
});

export const withBreaker = (more: object = {}) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true, ...more } },
});

/** Every reference but those set to `undefined` is an image; its digest follows from its name. */
function modelledImages() {
  const moved = new Map<string, string | undefined>();
  const source: ImageSource = {
    pull(image) {
      const pinned = image.split('@')[1];
      const digest = moved.has(image) ? moved.get(image) : (pinned ?? digestOf(image));
      if (!digest) {
        throw new Error(
          `CannotPullContainerError: pull image manifest has been retried 7 time(s): ${image}: not found`,
        );
      }
      return { repository: 'api', digest, config: { Entrypoint: ['api'] }, layers: [] };
    },
    blob: () => new Uint8Array(),
  };
  return Object.assign(source, {
    /** Makes a reference stand for another digest, or for nothing. */
    move: (image: string, digest: string | undefined) => moved.set(image, digest),
  });
}

export const digestOf = (image: string) =>
  `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(-64)}`;

function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
