/** What happens in one simulated world, as data: who deploys what where, who interferes, and what fails. */
import * as fc from 'fast-check';
import type { VariantName } from '../../local/images/variants.ts';
import { type DecidersPlan, deciders } from './deciders.ts';
import { type FunctionFault, functionFaultKinds } from './function-faults.ts';
import { type IncidentPlan, incidents } from './incidents.ts';
import { type LimitsPlan, limits } from './limits.ts';
import { type ShiftsPlan, shifts } from './shifts.ts';
import { type StopPlan, stops } from './stops.ts';

export interface EnvironmentPlan {
  approval: boolean;
  releaseTask: boolean;
  smoke: boolean;
  analysis: boolean;
}

export interface ServicePlan {
  /** One or two, in order. */
  environments: EnvironmentPlan[];
}

export interface PushPlan {
  atSeconds: number;
  /** Index of the service. */
  service: number;
  variant: VariantName;
  /** Which of a few tags: the same one again is pushed over. */
  tag: number;
  report: 'attached' | 'none' | 'broken';
}

/** Somebody who does what people do. */
export interface OperatorPlan {
  /** From the start, or after a release of the service first comes to `upon`. */
  atSeconds: number;
  /** A state of the state machine. */
  upon?: string | undefined;
  service: number;
  does:
    | 'stops the newest execution'
    | 'deploys the first revision by hand'
    | 'deploys a hot fix'
    | 'scales to zero'
    | 'deletes the image that ran first'
    | 'registers another revision';
}

/** What a call of an AWS operation meets, counted from the installation. */
export interface CallFault {
  /** `*` is every operation. */
  operation: string;
  /** Only calls of this function are met, and counted; everybody's when absent. */
  by?: string | undefined;
  /** The first call it meets, from 0. */
  from: number;
  /** How many calls in a row. */
  times: number;
  kind: CallFaultKind;
}
export const callFaultKinds = [
  'throttled',
  'failed',
  'refused',
  'slow',
  'never answered',
  'done but not answered',
] as const;
export type CallFaultKind = (typeof callFaultKinds)[number];

export interface Plan {
  /** Of the world's own randomness. */
  seed: number;
  desiredCount: number;
  services: ServicePlan[];
  pushes: PushPlan[];
  operator: OperatorPlan[];
  /** What people answer where they are asked, and how long they take for one question after the other. */
  approver: { answer: 'approves' | 'rejects' | 'sleeps'; afterSeconds: number[] };
  callFaults: CallFault[];
  functionFaults: FunctionFault[];
  /** Shares of the events that are lost, doubled and held back, by source. */
  events: Record<'aws.ecr' | 'aws.ecs' | 'aws.states', EventPlan>;
  /** From the start. */
  slackDownSeconds: number;
  /** How long ECS may take to show a change. */
  ecsLagSeconds: number;
  /** By how much the functions' clocks are wrong. */
  skewSeconds: number;
  /** All of AWS's where absent. */
  limits?: LimitsPlan | undefined;
  /** The last environment of each service is in another account and Region. */
  elsewhere?: boolean | undefined;
  /** Each environment has a worker of the same image; what operators do to a service, they may do to that instead. */
  alongside?: 'a worker' | 'a worker that operators mean' | undefined;
  /** All services are replaced task by task where absent. */
  shifts?: ShiftsPlan | undefined;
  incidents?: IncidentPlan[] | undefined;
  /** Of every environment; the newest is next where absent. */
  queue?: 'fifo' | 'reject' | undefined;
  stops?: StopPlan[] | undefined;
  /** Every environment is deployed to by these people's decision, instead of the approver's. */
  deciders?: DecidersPlan | undefined;
}
export interface EventPlan {
  loss: number;
  duplicates: number;
  disorder: number;
}

/** Every operation that Tidegate calls. */
export const operations = [
  ...['StartExecution', 'SendTaskSuccess', 'DescribeExecution', 'ListExecutions'],
  ...['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
  ...['DescribeServices', 'UpdateService', 'ListServiceDeployments', 'DescribeServiceDeployments'],
  ...[
    'DescribeServiceRevisions',
    'StopServiceDeployment',
    'DescribeTaskDefinition',
    'RegisterTaskDefinition',
  ],
  ...['ListTasks', 'DescribeTasks', 'RunTask'],
  ...['BatchGetImage', 'DescribeImages', 'ListImageReferrers', 'GetDownloadUrlForLayer'],
  ...['GetMetricData', 'GetLogEvents', 'PutEvents', 'GetParameter'],
];

export const functions = [
  ...['ResolveRelease', 'CheckScan', 'RequestApproval', 'AcquireSlot', 'PlanDeployment'],
  ...['RegisterTaskDefinition', 'RunReleaseTask', 'StartDeployment', 'AwaitDeployment', 'RunSmokeTests'],
  ...['CompareMetrics', 'ConfirmRelease', 'RollBack', 'AwaitRollback', 'RecordOutcome', 'Promote'],
  ...['start-release', 'on-deployment-event', 'on-execution-end', 'on-approval', 'reconcile-pushes'],
  ...['on-release-change', 'tell-slack'],
];

/** Longer than any plan takes, in seconds. */
export const forever = 1e9;

/** Most things are well most of the time. */
const seldom = (weight: number) =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(false) }, { weight, arbitrary: fc.constant(true) });
const share = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(0.2, 1) },
);

/** A world in which nothing fails shows that the invariants do not just excuse everything. */
const none = <Fault>() => ({ weight: 1, arbitrary: fc.constant<Fault[]>([]) });
const some = <Fault>(arbitrary: fc.Arbitrary<Fault[]>) => ({ weight: 2, arbitrary });

const environment: fc.Arbitrary<EnvironmentPlan> = fc.record({
  approval: seldom(2),
  releaseTask: seldom(2),
  smoke: fc.boolean(),
  analysis: seldom(4),
});

const push: fc.Arbitrary<PushPlan> = fc.record({
  atSeconds: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 900 })),
  service: fc.nat(1),
  variant: fc.oneof(
    { weight: 5, arbitrary: fc.constant<VariantName>('good') },
    {
      weight: 4,
      arbitrary: fc.constantFrom<VariantName>('crash', 'unhealthy', 'vulnerable', 'errors', 'slow'),
    },
  ),
  tag: fc.nat(3),
  report: fc.oneof(
    { weight: 8, arbitrary: fc.constant('attached' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'broken' as const) },
  ),
});

/** Where a release is when somebody comes. */
const moments = [
  ...['RequestApproval', 'AcquireSlot', 'PlanDeployment', 'RegisterTaskDefinition', 'RunReleaseTask'],
  ...['StartDeployment', 'AwaitDeployment', 'RunSmokeTests', 'CompareMetrics', 'ConfirmRelease'],
  ...['RollBack', 'AwaitRollback', 'RecordOutcome', 'Promote'],
];
const betweenLooks = ['RegisterTaskDefinition', 'StartDeployment', 'ConfirmRelease', 'RollBack'];
const operator: fc.Arbitrary<OperatorPlan> = fc
  .record({
    when: fc.oneof(
      fc.record({ atSeconds: fc.integer({ min: 0, max: 1200 }) }),
      fc.record({
        upon: fc.oneof(fc.constantFrom(...moments), fc.constantFrom(...betweenLooks)),
        atSeconds: fc.constantFrom(0, 0, 1, 20),
      }),
    ),
    service: fc.nat(1),
    does: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom<OperatorPlan['does']>(
          'stops the newest execution',
          'deploys a hot fix',
          'deletes the image that ran first',
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom<OperatorPlan['does']>(
          'deploys the first revision by hand',
          'scales to zero',
          'registers another revision',
        ),
      },
    ),
  })
  .map(({ when, ...action }) => ({ ...when, ...action }));

const from = fc.oneof(fc.nat(3), fc.nat(25));
/** Once, a few times, or longer than anybody tries. */
const times = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 3, arbitrary: fc.integer({ min: 2, max: 8 }) },
  { weight: 1, arbitrary: fc.constant(60) },
);
/** What functions call that change something: faults there are worth more than among all calls. */
const callsOf: Record<string, string[]> = {
  AcquireSlot: ['GetItem', 'PutItem', 'SendTaskSuccess', 'DescribeExecution'],
  RequestApproval: ['UpdateItem', 'GetItem', 'GetParameter'],
  RegisterTaskDefinition: ['RegisterTaskDefinition', 'UpdateItem'],
  RunReleaseTask: ['RunTask', 'UpdateItem'],
  StartDeployment: ['UpdateItem', 'PutItem', 'UpdateService', 'DescribeServices'],
  AwaitDeployment: ['PutItem', 'DeleteItem', 'SendTaskSuccess'],
  ConfirmRelease: ['ListServiceDeployments', 'DescribeTasks', 'UpdateItem'],
  RollBack: ['StopServiceDeployment', 'UpdateService', 'UpdateItem', 'DescribeServices'],
  AwaitRollback: ['PutItem', 'DeleteItem', 'SendTaskSuccess'],
  RecordOutcome: ['UpdateItem', 'PutItem', 'GetItem', 'SendTaskSuccess'],
  Promote: ['UpdateItem', 'StartExecution'],
  'start-release': ['UpdateItem', 'StartExecution'],
  'on-execution-end': ['GetItem', 'UpdateItem', 'PutItem'],
  'on-release-change': ['PutEvents'],
  'tell-slack': ['UpdateItem', 'GetItem', 'GetParameter'],
  'on-deployment-event': ['GetItem', 'DeleteItem', 'SendTaskSuccess'],
  'on-approval': ['UpdateItem', 'SendTaskSuccess'],
  'reconcile-pushes': ['UpdateItem', 'StartExecution', 'BatchGetItem', 'DescribeExecution'],
};
const pairs = Object.entries(callsOf).flatMap(([by, called]) =>
  called.map((operation) => ({ by: by as string | undefined, operation })),
);
const met = {
  from,
  times,
  kind: fc.constantFrom(...callFaultKinds, 'refused' as const, 'done but not answered' as const),
};
/** What changes something that others see: whether it worked matters most. */
const effects = [
  ['StartDeployment', 'UpdateService'],
  ['RollBack', 'UpdateService'],
  ['RollBack', 'StopServiceDeployment'],
  ['RunReleaseTask', 'RunTask'],
  ['RegisterTaskDefinition', 'RegisterTaskDefinition'],
  ['Promote', 'StartExecution'],
  ['start-release', 'StartExecution'],
  ['RecordOutcome', 'UpdateItem'],
  ['RecordOutcome', 'PutItem'],
  ['AcquireSlot', 'PutItem'],
] as const;
const worked = fc.oneof(fc.constant('done but not answered' as const), met.kind);
/** Where it matters most at which call a function fails. */
const decisive = [
  'AcquireSlot',
  'StartDeployment',
  'AwaitDeployment',
  'ConfirmRelease',
  'RollBack',
  'RecordOutcome',
  'Promote',
];
const callFault: fc.Arbitrary<CallFault> = fc.oneof(
  fc.record({ ...met, operation: fc.constant('*'), by: fc.constantFrom(...decisive), from: fc.nat(9) }),
  fc.record({ operation: fc.constantFrom(...operations), ...met }),
  fc
    .tuple(fc.constantFrom(...pairs), fc.record({ ...met, from: fc.nat(3) }))
    .map(([pair, fault]): CallFault => ({ ...pair, ...fault })),
  fc
    .tuple(fc.constantFrom(...effects), fc.record({ ...met, from: fc.nat(1), kind: worked }))
    .map(([[by, operation], fault]): CallFault => ({ by, operation, ...fault })),
);
const functionFault: fc.Arbitrary<FunctionFault> = fc.record({
  function: fc.oneof(fc.constantFrom(...functions), fc.constantFrom(...decisive)),
  from: fc.nat(2),
  times,
  kind: fc.constantFrom(...functionFaultKinds),
});
const events: fc.Arbitrary<EventPlan> = fc.record({ loss: share, duplicates: share, disorder: share });

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.noShrink(fc.nat(0x7fffffff)),
  desiredCount: fc.integer({ min: 1, max: 3 }),
  services: fc.array(fc.record({ environments: fc.array(environment, { minLength: 1, maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
  pushes: fc.array(push, { minLength: 1, maxLength: 4 }),
  operator: fc.oneof(
    { weight: 3, arbitrary: fc.constant<OperatorPlan[]>([]) },
    { weight: 2, arbitrary: fc.array(operator, { minLength: 1, maxLength: 2 }) },
  ),
  approver: fc.record({
    answer: fc.constantFrom('approves' as const, 'approves' as const, 'rejects' as const, 'sleeps' as const),
    afterSeconds: fc.array(fc.constantFrom(30, 300, 1500), { minLength: 1, maxLength: 3 }),
  }),
  callFaults: fc.oneof(none<CallFault>(), some(fc.array(callFault, { maxLength: 4 }))),
  functionFaults: fc.oneof(none<FunctionFault>(), some(fc.array(functionFault, { maxLength: 3 }))),
  events: fc.record({ 'aws.ecr': events, 'aws.ecs': events, 'aws.states': events }),
  slackDownSeconds: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(120, 1200) },
    { weight: 1, arbitrary: fc.constant(forever) },
  ),
  ecsLagSeconds: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(2, 8, 12) },
  ),
  skewSeconds: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-20, 20) },
  ),
  limits,
  elsewhere: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  // Last, so that seeds make the same of all else as they did before.
  alongside: fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constantFrom('a worker' as const, 'a worker that operators mean' as const) },
  ),
  shifts,
  incidents,
  queue: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom('fifo' as const, 'fifo' as const, 'reject' as const) },
  ),
  stops,
  deciders,
});
