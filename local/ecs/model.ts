/** What ECS keeps in memory: clusters, services with their revisions and deployments, tasks. */

import type {
  Container,
  CreateServiceRequest,
  DeploymentLifecycleHookDetail,
  DeploymentLifecycleHookStage,
  LoadBalancer,
  Rollback,
  ServiceDeploymentStatus,
  ServiceEvent,
  ServiceRevisionSummary,
  Tag,
  Task,
} from '@aws-sdk/client-ecs';
import type { Breaker } from './circuit-breaker.ts';
import type { AlarmWatch } from './deployment-alarms.ts';
import type { PinnedImage } from './images.ts';
import type { Elsewhere } from './not-run.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';

export interface Cluster {
  name: string;
  arn: string;
  tags: Tag[];
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

/** The task as DescribeTasks answers it. `version` rises by one with each change that is told. */
export interface TaskView extends Task {
  taskArn: string;
  clusterArn: string;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  createdAt: Date;
  containers: (Container & { name: string; lastStatus: string })[];
}

export interface TaskRecord {
  view: TaskView;
  cluster: Cluster;
  definition: RegisteredTaskDefinition;
  /** Container port → port of this machine, once it runs. */
  ports: ReadonlyMap<number, number>;
  /** The deployment that it counts for; after a rollback the new one of the same revision. None for RunTask. */
  rollout?: Rollout;
  /** It was healthy at least once. */
  provedHealthy: boolean;
}

/** What a deployment rolls out. Taken from the service when it starts, and never changed. */
export interface Revision {
  arn: string;
  createdAt: Date;
  definition: RegisteredTaskDefinition;
  settings: RevisionSettings;
  /** Those of the settings, each with the target group that the revision's tasks are in: one of the two where there are two. */
  loadBalancers: LoadBalancer[];
  /** By container name: what its image stood for when the deployment started. Missing while it cannot be resolved. */
  images: Map<string, PinnedImage>;
}

/** The settings of a service that start a deployment when they change. */
export type RevisionSettings = Pick<
  CreateServiceRequest,
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'loadBalancers'
  | 'serviceRegistries'
  | 'networkConfiguration'
  | 'serviceConnectConfiguration'
  | 'volumeConfigurations'
  | 'vpcLatticeConfigurations'
>;

/** An `ecs-svc/…` deployment. A service deployment has one, and one more when it is rolled back. */
export interface Rollout {
  deploymentId: string;
  revision: Revision;
  serviceDeployment: ServiceDeploymentRecord;
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  reason: string;
  createdAt: Date;
  updatedAt: Date;
  /** The scheduler may work on it: its service deployment has left PENDING. */
  begun: boolean;
  breaker: Breaker;
  /** As DescribeServices tells it: counts until a first task runs, then stays at 0. */
  failedTasks: number;
  /** Rounds of starts that failed in a row, and the time (epoch ms) before which nothing is started again. */
  throttle: { rounds: number; until: number };
  stallTold: boolean;
}

/** What ECS gives a deployment up for by itself. */
export type FailureCause = 'circuit breaker' | 'alarm';

export interface ServiceDeploymentRecord {
  arn: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  createdAt: Date;
  startedAt?: Date;
  finishedAt?: Date;
  stoppedAt?: Date;
  updatedAt: Date;
  sources: Revision[];
  target: Revision;
  /** Of the target, also after a rollback has begun. */
  rollout: Rollout;
  configuration: NonNullable<CreateServiceRequest['deploymentConfiguration']>;
  rollback?: Rollback;
  /** Set once its alarms are looked at. */
  alarms?: AlarmWatch;
  /** What found that it failed. */
  failedBy?: FailureCause;
  /** Of BLUE_GREEN, LINEAR and CANARY. */
  shift?: Shift;
  /** Taken when it ended; live before. */
  lastCounts?: { sources: ServiceRevisionSummary[]; target: ServiceRevisionSummary; threshold: number };
}

/** The SDK's enum of stages lacks PRE_PRODUCTION_TRAFFIC_SHIFT, which its own documentation lists. */
export type Stage = DeploymentLifecycleHookStage | 'SCALE_UP' | 'BAKE_TIME' | 'CLEAN_UP';

/** How far a deployment has come that brings the new revision up beside the old one and then moves the traffic. */
export interface Shift {
  /** None before it has begun. */
  stage?: Stage;
  /** Percent that the target revision is to get. */
  testWeight: number;
  productionWeight: number;
  /** What serves meanwhile, and what a rollback goes to; none the first time. */
  blue?: Revision;
  /** Whose tasks are kept at the desired count. All other revisions' are stopped. */
  wanted: Set<Revision>;
  /** Those of the current stage. */
  hooks: HookRecord[];
}

export interface HookRecord extends DeploymentLifecycleHookDetail {
  hookId: string;
  stage: Stage;
}

export interface ServiceRecord {
  name: string;
  arn: string;
  cluster: Cluster;
  createdAt: Date;
  definition: RegisteredTaskDefinition;
  desiredCount: number;
  deploymentConfiguration: NonNullable<CreateServiceRequest['deploymentConfiguration']>;
  healthCheckGracePeriodSeconds: number;
  enableExecuteCommand: boolean;
  settings: RevisionSettings;
  tags: Tag[];
  /** The PRIMARY one first, then those that still have tasks. */
  rollouts: Rollout[];
  /** What a rollback would go to. Taken away when it is used, until it completes again. */
  completed?: Rollout;
  /** Newest first. */
  serviceDeployments: ServiceDeploymentRecord[];
  /** Trails: it changes when a service deployment starts, not when it is asked for. */
  currentServiceDeployment?: ServiceDeploymentRecord;
  revisions: Revision[];
  /** Newest first, 100 at most. */
  events: ServiceEvent[];
  /** It is shown and not run, because this is where AWS would run it. */
  elsewhere?: Elsewhere;
  steady: boolean;
  /** The scheduler is going to look at it. */
  woken: boolean;
}
