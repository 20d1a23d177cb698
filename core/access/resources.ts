/** What each action is allowed on: the services, repositories and roles that the configuration names, and nothing else. */
import { type Config, type Environment, familyOf, logGroupsOf, type Service } from '../config.ts';
import { domainEventSource } from '../domain-event.ts';
import type { Place } from '../place.ts';
import { slackEventSource } from '../roll-back-by-slack.ts';
import { type EvidenceSetting, inBucket, reportKey } from '../scan/evidence-setting.ts';
import { scanPolicyOf } from '../scan/policy.ts';
import { isKmsKey } from '../scan/signed-by.ts';
import type { Installation } from './installation.ts';
import type { Condition, Statement } from './statement.ts';

/** An environment, and where it is. */
export interface Located {
  environment: Environment;
  service: Service;
  place: Place;
}

export interface Scope {
  installation: Installation;
  /** `clusters`: names of services, families, log groups and repositories are left open. Roles never are. */
  permissions: Config['permissions'];
  /** Those that the permission is for. */
  located: readonly Located[];
  /** Who sends mail, and to whom; absent where nobody does. */
  mail?: Mailing | undefined;
}

export interface Mailing {
  from: string;
  configurationSet?: string | undefined;
  to: readonly string[];
}

type Allowed = Omit<Statement, 'actions'>;
type Resources = (scope: Scope) => Allowed;

const each = ({ located }: Scope, of: (where: Located) => string | string[]): string[] => [
  ...new Set(located.flatMap(of)),
];
const ecsArn = ({ installation: { partition } }: Scope, { account, region }: Place, path: string) =>
  `arn:${partition}:ecs:${region}:${account}:${path}`;
const named = ({ permissions }: Scope, name: string) => (permissions === 'clusters' ? '*' : name);
/** Of each environment, something of ECS that is named after its cluster and service. */
const ofServices =
  (...paths: ((name: string) => string)[]): Resources =>
  (scope) => ({
    resources: each(scope, ({ environment: { cluster, service }, place }) =>
      paths.map((path) => ecsArn(scope, place, path(`${cluster}/${named(scope, service)}`))),
    ),
  });
const service = (name: string) => `service/${name}`;
const deployments = (name: string) => `service-deployment/${name}/*`;
const revisions = (name: string) => `service-revision/${name}/*`;

const families = (scope: Scope) =>
  each(scope, ({ environment, place }) =>
    ecsArn(scope, place, `task-definition/${named(scope, familyOf(environment))}:*`),
  );
const clusters = (scope: Scope) =>
  each(scope, ({ environment: { cluster }, place }) => ecsArn(scope, place, `cluster/${cluster}`));
const inClusters = (scope: Scope): Condition => ({
  test: 'ArnEquals',
  variable: 'ecs:cluster',
  values: clusters(scope),
});
const withReleaseTask = (scope: Scope): Scope => ({
  ...scope,
  located: scope.located.filter(({ environment }) => environment.releaseTask),
});

/** The log groups whose lines an analysis counts. */
function countedIn(environment: Environment): string[] {
  const counting = (environment.analysis?.metrics ?? []).flatMap(({ logs }) => logs ?? []);
  return counting.flatMap(({ logGroup }) => logGroup ?? logGroupsOf(environment));
}
const queries: Resources = ({ located }) => ({
  resources: located.some(({ environment }) => countedIn(environment).length > 0) ? ['*'] : [],
  reason: 'CloudWatch Logs knows no permission for single queries, whose ids nobody else is told',
});

/** Where people are asked when ECS pauses. */
const askingAtPauses = (scope: Scope): Scope => ({
  ...scope,
  located: scope.located.filter(({ environment }) => environment.approval?.at === 'pause'),
});

/** Of what belongs to an environment: allowed where that is. */
export const placed = {
  'ecs:DescribeServices': ofServices(service),
  'ecs:ListServiceDeployments': ofServices(service),
  'ecs:DescribeServiceDeployments': ofServices(service, deployments),
  'ecs:DescribeServiceRevisions': ofServices(service, revisions),
  'ecs:StopServiceDeployment': ofServices(service, deployments),
  'ecs:DescribeServiceDeployments paused': (scope) => ofServices(service, deployments)(askingAtPauses(scope)),
  'ecs:ContinueServiceDeployment paused': (scope) => ofServices(service, deployments)(askingAtPauses(scope)),
  'ecs:UpdateService': (scope) => ({
    ...ofServices(service)(scope),
    conditions: [{ test: 'ArnLike', variable: 'ecs:task-definition', values: families(scope) }],
  }),
  'ecs:DescribeTaskDefinition': () => ({
    resources: ['*'],
    reason: 'ECS knows no permission for a single task definition here',
  }),
  'ecs:RegisterTaskDefinition': (scope) => ({ resources: families(scope) }),
  // It was seen to ask for the family alone, without a revision.
  'ecs:TagResource': (scope) => ({
    resources: families(scope).flatMap((arn) => [arn, arn.slice(0, -':*'.length)]),
    conditions: [{ test: 'StringEquals', variable: 'ecs:CreateAction', values: ['RegisterTaskDefinition'] }],
  }),
  'ecs:RunTask': (all) => {
    const scope = withReleaseTask(all);
    return { resources: families(scope), conditions: [inClusters(scope)] };
  },
  'ecs:StopTask': (all) => {
    const scope = withReleaseTask(all);
    return {
      resources: each(scope, ({ environment: { cluster }, place }) =>
        ecsArn(scope, place, `task/${cluster}/*`),
      ),
      conditions: [inClusters(scope)],
    };
  },
  'ecs:ListTasks': (scope) => ({
    resources: ['*'],
    reason: 'a list of tasks belongs to no container instance on Fargate: the cluster is the limit',
    conditions: [inClusters(scope)],
  }),
  'ecs:DescribeTasks': (scope) => ({
    resources: each(scope, ({ environment: { cluster }, place }) =>
      ecsArn(scope, place, `task/${cluster}/*`),
    ),
  }),
  'iam:PassRole': (scope) => ({
    resources: each(scope, ({ environment: { roles }, place: { account } }) =>
      roles.map((role) => `arn:${scope.installation.partition}:iam::${account}:role/${role}`),
    ),
    conditions: [
      { test: 'StringEquals', variable: 'iam:PassedToService', values: ['ecs-tasks.amazonaws.com'] },
    ],
  }),
  'logs:GetLogEvents': (scope) => ({
    resources: each(scope, ({ environment, place: { account, region } }) =>
      logGroupsOf(environment).map(
        (group) =>
          `arn:${scope.installation.partition}:logs:${region}:${account}:log-group:${named(scope, group)}:log-stream:*`,
      ),
    ),
  }),
  'logs:StartQuery': (scope) => ({
    resources: each(scope, ({ environment, place: { account, region } }) =>
      countedIn(environment).map(
        (group) =>
          `arn:${scope.installation.partition}:logs:${region}:${account}:log-group:${named(scope, group)}:*`,
      ),
    ),
  }),
  'logs:GetQueryResults': queries,
  'logs:StopQuery': queries,
  'cloudwatch:DescribeAlarms': () => ({
    resources: ['*'],
    reason: 'CloudWatch shows composite alarms to nobody whose permission is narrower',
  }),
  'cloudwatch:GetMetricData': ({ located }) => ({
    resources: located.some(({ environment }) => environment.analysis) ? ['*'] : [],
    reason: 'CloudWatch knows no permission for single metrics',
  }),
} satisfies Record<string, Resources>;

const repositories: Resources = (scope) => {
  const { installation } = scope;
  return {
    resources: each(
      scope,
      ({ service: { registry = installation, repository } }) =>
        `arn:${installation.partition}:ecr:${registry.region}:${registry.account}:repository/${named(scope, repository)}`,
    ),
  };
};
const own = ({ installation: { partition, account, region } }: Scope, of: string, name: string) =>
  `arn:${partition}:${of}:${region}:${account}:${name}`;
const stateMachine: Resources = (scope) => ({
  resources: [own(scope, 'states', `stateMachine:${scope.installation.stateMachine}`)],
});
const executions: Resources = (scope) => ({
  resources: [own(scope, 'states', `execution:${scope.installation.stateMachine}:*`)],
});
/** Nobody speaks in another's name. */
const putting =
  (source: string): Resources =>
  (scope) => ({
    resources: [own(scope, 'events', 'event-bus/default')],
    conditions: [{ test: 'StringEquals', variable: 'events:source', values: [source] }],
  });
const parameter =
  (name: 'slackToken' | 'slackSigningSecret' | 'slackWebhook'): Resources =>
  (scope) => {
    const path = scope.installation.secretParameters[name];
    return { resources: path === undefined ? [] : [own(scope, 'ssm', `parameter${path}`)] };
  };

/** The keys that reports must be signed with. Their own policies must let this account in, as the default one does. */
const signingKeys: Resources = (scope) => ({
  resources: each(scope, ({ service, environment }) =>
    scanPolicyOf(service, environment).signedBy.flatMap(({ key = '' }) => (isKmsKey(key) ? [key] : [])),
  ),
});

const evidenceOf = ({ service, environment }: Located) => scanPolicyOf(service, environment).evidence;
const withEvidence = (scope: Scope, ...settings: EvidenceSetting[]): Scope => ({
  ...scope,
  located: scope.located.filter((where) => settings.includes(evidenceOf(where))),
});

/** In the buckets, under the keys of the repositories' reports. A bucket elsewhere lets us in by its own policy. */
const reports: Resources = (scope) => ({
  resources: each(scope, (where) => {
    const setting = evidenceOf(where);
    if (!inBucket(setting)) return [];
    const { registry = scope.installation, repository } = where.service;
    const key = reportKey(
      setting,
      { registryId: registry.account, repository: named(scope, repository) },
      '*',
    );
    return `arn:${scope.installation.partition}:s3:::${setting.bucket}/${key}`;
  }),
});

/** Of what belongs to the installation itself, and of its repositories, whose own policies may let it in from elsewhere. */
export const atHome = {
  'ecr:BatchGetImage': repositories,
  'ecr:DescribeImages': repositories,
  'ecr:GetDownloadUrlForLayer': repositories,
  'ecr:DescribeImageScanFindings': (scope) => repositories(withEvidence(scope, 'ecr-enhanced', 'ecr-basic')),
  // ECR's guide asks for it of who reads the findings of enhanced scanning, also through ECR.
  'inspector2:ListFindings': (scope) => ({
    resources: withEvidence(scope, 'ecr-enhanced').located.length > 0 ? ['*'] : [],
    reason: 'Inspector knows no permission for the findings of single images',
  }),
  's3:GetObject': reports,
  'kms:GetPublicKey': signingKeys,
  'states:StartExecution': stateMachine,
  'states:ListExecutions': stateMachine,
  // As CDK grants it, and as it was seen to work; the Service Authorization Reference knows no resource for it.
  'states:SendTaskSuccess': stateMachine,
  'states:DescribeExecution': executions,
  'states:GetExecutionHistory': executions,
  'events:PutEvents': putting(domainEventSource),
  'events:PutEvents slack': putting(slackEventSource),
  // Of an address and its domain, SES takes the one that is verified.
  'ses:SendEmail': (scope) => {
    const { from, to, configurationSet: set }: Mailing = scope.mail ?? { from: '', to: [] };
    const identities = [from, from.slice(from.lastIndexOf('@') + 1)].map((name) => `identity/${name}`);
    const names = [...identities, ...(set ? [`configuration-set/${set}`] : [])];
    return {
      resources: to.length === 0 ? [] : names.map((name) => own(scope, 'ses', name)),
      conditions: [
        { test: 'StringEquals', variable: 'ses:FromAddress', values: [from] },
        { test: 'ForAllValues:StringEquals', variable: 'ses:Recipients', values: [...to] },
      ],
    };
  },
  'ssm:GetParameter slackToken': parameter('slackToken'),
  'ssm:GetParameter slackSigningSecret': parameter('slackSigningSecret'),
  'ssm:GetParameter slackWebhook': parameter('slackWebhook'),
} satisfies Record<string, Resources>;

export type PlacedAction = keyof typeof placed;
export type HomeAction = keyof typeof atHome;
/** Where a word follows, it says on which of several. */
export type Action = PlacedAction | HomeAction;
