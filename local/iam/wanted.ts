/**
 * Which permissions each operation asks for, on what, and under which condition keys: AWS's Service Authorization
 * Reference, as far as the operations of the local world go.
 */
import type { Place } from '../../core/place.ts';
import type { Call } from '../door/answering.ts';
import { lastPart } from '../ecs/names.ts';
import type { Wanted } from './evaluate.ts';

export interface Asked {
  /** Of the caller's account, in the Region that is called. */
  place: Place;
  /** ARNs of the roles that a task definition gives to its tasks. */
  rolesOf(taskDefinition: string): string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the wire is untyped
type Input = any;
type Permissions = (input: Input, asked: Asked) => Wanted[];

const arnIn = ({ place: { account, region } }: Asked, service: string, path: string) =>
  `arn:aws:${service}:${region}:${account}:${path}`;
/** What is named by its ARN keeps it. */
const arnOf = (asked: Asked, service: string, path: string, name: string) =>
  name.startsWith('arn:') ? name : arnIn(asked, service, `${path}${name}`);

const clusterName = ({ cluster = 'default' }: Input) => lastPart(cluster);
const ofCluster = (input: Input, asked: Asked) => ({
  'ecs:cluster': [arnIn(asked, 'ecs', `cluster/${clusterName(input)}`)],
});
const serviceArn = (input: Input, asked: Asked, name: string) =>
  arnOf(asked, 'ecs', `service/${clusterName(input)}/`, name);
/** `main/my-api` of the ARN of anything that belongs to a service. */
const serviceOf = (arn: string) => arn.split('/').slice(1, 3).join('/');

const on =
  (action: string, resources: (input: Input, asked: Asked) => string[]): Permissions =>
  (input, asked) =>
    resources(input, asked).map((resource) => ({ action, resource, context: {} }));

/** Of a service, and of what belongs to it. */
const onServiceAnd =
  (action: string, arns: (input: Input) => string[]): Permissions =>
  (input, asked) =>
    arns(input).flatMap((arn) => [
      { action, resource: arn },
      { action, resource: arnIn(asked, 'ecs', `service/${serviceOf(arn)}`) },
    ]);

const passed = (arns: readonly string[]): Wanted[] =>
  arns.map((resource) => ({
    action: 'iam:PassRole',
    resource,
    context: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] },
  }));
const roleArn = ({ place: { account } }: Asked, role: string) =>
  role.startsWith('arn:') ? role : `arn:aws:iam::${account}:role/${role}`;

const ecs: Record<string, Permissions> = {
  DescribeServices: (input, asked) =>
    input.services.map((name: string) => ({
      action: 'ecs:DescribeServices',
      resource: serviceArn(input, asked, name),
    })),
  ListServiceDeployments: on('ecs:ListServiceDeployments', (input, asked) => [
    serviceArn(input, asked, input.service),
  ]),
  DescribeServiceDeployments: onServiceAnd(
    'ecs:DescribeServiceDeployments',
    ({ serviceDeploymentArns }) => serviceDeploymentArns,
  ),
  DescribeServiceRevisions: onServiceAnd(
    'ecs:DescribeServiceRevisions',
    ({ serviceRevisionArns }) => serviceRevisionArns,
  ),
  ContinueServiceDeployment: onServiceAnd('ecs:ContinueServiceDeployment', ({ serviceDeploymentArn }) => [
    serviceDeploymentArn,
  ]),
  StopServiceDeployment: onServiceAnd('ecs:StopServiceDeployment', ({ serviceDeploymentArn }) => [
    serviceDeploymentArn,
  ]),
  UpdateService: (input, asked) => [
    {
      action: 'ecs:UpdateService',
      resource: serviceArn(input, asked, input.service),
      context: input.taskDefinition
        ? { 'ecs:task-definition': [arnOf(asked, 'ecs', 'task-definition/', input.taskDefinition)] }
        : {},
    },
    ...passed(input.taskDefinition ? asked.rolesOf(input.taskDefinition) : []),
  ],
  DescribeTaskDefinition: on('ecs:DescribeTaskDefinition', () => ['*']),
  RegisterTaskDefinition: (input, asked) => {
    const resource = arnIn(asked, 'ecs', `task-definition/${input.family}:*`);
    const roles = [input.taskRoleArn, input.executionRoleArn].filter(Boolean);
    const tagged = { action: 'ecs:TagResource', resource };
    return [
      { action: 'ecs:RegisterTaskDefinition', resource },
      ...(input.tags?.length > 0
        ? [{ ...tagged, context: { 'ecs:CreateAction': ['RegisterTaskDefinition'] } }]
        : []),
      ...passed(roles.map((role) => roleArn(asked, role))),
    ];
  },
  RunTask: (input, asked) => [
    {
      action: 'ecs:RunTask',
      resource: arnOf(asked, 'ecs', 'task-definition/', input.taskDefinition),
      context: ofCluster(input, asked),
    },
    ...passed(asked.rolesOf(input.taskDefinition)),
  ],
  // On Fargate there is no container instance to name.
  ListTasks: (input, asked) => [{ action: 'ecs:ListTasks', resource: '*', context: ofCluster(input, asked) }],
  StopTask: (input, asked) => [
    {
      action: 'ecs:StopTask',
      resource: arnOf(asked, 'ecs', `task/${clusterName(input)}/`, input.task),
      context: ofCluster(input, asked),
    },
  ],
  DescribeTasks: (input, asked) =>
    input.tasks.map((task: string) => ({
      action: 'ecs:DescribeTasks',
      resource: arnOf(asked, 'ecs', `task/${clusterName(input)}/`, task),
      context: ofCluster(input, asked),
    })),
};

const repository = (action: string): Permissions =>
  on(action, ({ registryId, repositoryName }, asked) => [
    `arn:aws:ecr:${asked.place.region}:${registryId ?? asked.place.account}:repository/${repositoryName}`,
  ]);
const ecr: Record<string, Permissions> = {
  BatchGetImage: repository('ecr:BatchGetImage'),
  DescribeImages: repository('ecr:DescribeImages'),
  GetDownloadUrlForLayer: repository('ecr:GetDownloadUrlForLayer'),
  DescribeImageScanFindings: repository('ecr:DescribeImageScanFindings'),
  // The API reference of ListImageReferrers: the caller must have ecr:BatchGetImage.
  ListImageReferrers: repository('ecr:BatchGetImage'),
};

/** `arn:…:execution:<machine>:<name>` is an execution of `arn:…:stateMachine:<machine>`. */
const stateMachineOf = ({ stateMachineArn }: Input) => [stateMachineArn];
const states: Record<string, Permissions> = {
  StartExecution: on('states:StartExecution', stateMachineOf),
  ListExecutions: on('states:ListExecutions', stateMachineOf),
  DescribeExecution: on('states:DescribeExecution', ({ executionArn }) => [executionArn]),
  GetExecutionHistory: on('states:GetExecutionHistory', ({ executionArn }) => [executionArn]),
  // Of the state machine that waits with the token: the installation has one.
  SendTaskSuccess: on('states:SendTaskSuccess', (_input, asked) => [
    arnIn(asked, 'states', 'stateMachine:deploy'),
  ]),
};

const keyOf = (item: Input): string[] => (item?.key?.S === undefined ? [] : [item.key.S]);
const item =
  (operation: string, keys: (input: Input) => string[]): Permissions =>
  (input, asked) => [
    {
      action: `dynamodb:${operation}`,
      resource: arnIn(asked, 'dynamodb', `table/${input.TableName}`),
      context: { 'dynamodb:LeadingKeys': keys(input) },
    },
  ];
const dynamodb: Record<string, Permissions> = {
  GetItem: item('GetItem', ({ Key }) => keyOf(Key)),
  PutItem: item('PutItem', ({ Item }) => keyOf(Item)),
  UpdateItem: item('UpdateItem', ({ Key }) => keyOf(Key)),
  DeleteItem: item('DeleteItem', ({ Key }) => keyOf(Key)),
  BatchGetItem: ({ RequestItems }, asked) =>
    Object.entries(RequestItems as Record<string, { Keys: Input[] }>).map(([table, { Keys }]) => ({
      action: 'dynamodb:BatchGetItem',
      resource: arnIn(asked, 'dynamodb', `table/${table}`),
      context: { 'dynamodb:LeadingKeys': Keys.flatMap(keyOf) },
    })),
};

const others: Record<string, Record<string, Permissions>> = {
  GraniteServiceVersion20100801: {
    GetMetricData: on('cloudwatch:GetMetricData', () => ['*']),
    // Of composite alarms too.
    DescribeAlarms: on('cloudwatch:DescribeAlarms', () => ['*']),
    DescribeAlarmHistory: on('cloudwatch:DescribeAlarmHistory', () => ['*']),
  },
  Logs_20140328: {
    GetLogEvents: on('logs:GetLogEvents', ({ logGroupName, logStreamName }, asked) => [
      arnIn(asked, 'logs', `log-group:${logGroupName}:log-stream:${logStreamName}`),
    ]),
    StartQuery: on('logs:StartQuery', ({ logGroupName, logGroupNames = [logGroupName] }, asked) =>
      logGroupNames.map((name: string) => arnIn(asked, 'logs', `log-group:${name}:`)),
    ),
    GetQueryResults: on('logs:GetQueryResults', () => ['*']),
    StopQuery: on('logs:StopQuery', () => ['*']),
  },
  AmazonSSM: {
    GetParameter: on('ssm:GetParameter', ({ Name }, asked) => [
      arnIn(asked, 'ssm', `parameter/${Name.replace(/^\//, '')}`),
    ]),
  },
  // By the key's ARN, which Tidegate's configuration asks for; an alias has none of its own here.
  TrentService: {
    GetPublicKey: on('kms:GetPublicKey', ({ KeyId }, asked) => [arnOf(asked, 'kms', 'key/', KeyId)]),
  },
  AWSEvents: {
    PutEvents: ({ Entries }, asked) =>
      Entries.map(({ Source, EventBusName = 'default' }: Input) => ({
        action: 'events:PutEvents',
        resource: arnOf(asked, 'events', 'event-bus/', EventBusName),
        context: { 'events:source': [Source] },
      })),
  },
};

const byService: Record<string, Record<string, Permissions>> = {
  AmazonEC2ContainerServiceV20141113: ecs,
  AmazonEC2ContainerRegistry_V20150921: ecr,
  AWSStepFunctions: states,
  DynamoDB_20120810: dynamodb,
  ...others,
};

/** Every permission that a call needs. Throws where it is not known here what an operation asks for. */
export function wantedBy({ service, operation, input }: Call, asked: Asked): Wanted[] {
  const permissions = byService[service]?.[operation];
  if (!permissions)
    throw new Error(`${service}.${operation}: local/iam/wanted.ts does not say what it asks for`);
  return permissions(input, asked);
}
