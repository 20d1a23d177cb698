/** What wakes which function: EventBridge's rules and schedules, as data for the stacks and for the local world. */
import type { Installation } from './access/installation.ts';
import { type Config, type Environment, sendsLinks, tellsSlack } from './config.ts';
import { domainEventSource, releaseEventSchemas } from './domain-event.ts';
import { membersOf } from './members.ts';
import { type Place, placeOf } from './place.ts';
import { rollbackAskedType, rollsBackBySlack, slackEventSource } from './roll-back-by-slack.ts';

export interface Trigger {
  function:
    | 'start-release'
    | 'on-deployment-event'
    | 'on-execution-end'
    | 'on-rollback'
    | 'tell-slack'
    | 'mail-approval';
  pattern: EventPattern;
}

/** An event pattern of EventBridge. */
export interface EventPattern {
  source: string[];
  'detail-type': string[];
  account?: string[];
  region?: string[];
  resources?: string[];
  detail?: Record<string, unknown>;
}

/** Of a rule, in characters of JSON (EventBridge's quota). */
const longestPattern = 2048;

/** The rules by their names. Only of what the configuration names; what is too long for one rule is several. */
export function triggersOf(config: Config, installation: Installation): Record<string, Trigger> {
  const { partition, account, region, stateMachine } = installation;
  const stateMachineArn = `arn:${partition}:states:${region}:${account}:stateMachine:${stateMachine}`;
  return {
    ...named('ImagePushed', 'start-release', imagesPushed(config, installation)),
    ...named('ImageReplicated', 'start-release', imagesReplicated(config, installation)),
    ...named('DeploymentChanged', 'on-deployment-event', deploymentsChanged(config, installation)),
    ...named('HookChanged', 'on-deployment-event', hooksChanged(config, installation)),
    ...named('ServiceTaskStopped', 'on-deployment-event', tasksStopped(config, installation)),
    ExecutionEnded: {
      function: 'on-execution-end',
      pattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    },
    // Whoever wants to know more makes rules of their own: docs/events.md.
    ...(tellsSlack(config) && {
      ReleaseCameFurther: {
        function: 'tell-slack',
        pattern: {
          source: [domainEventSource],
          // A webhook can say a thing once, so it is how it ended.
          'detail-type': config.slack ? Object.keys(releaseEventSchemas) : ['Release Ended'],
          account: [account],
          region: [region],
        },
      },
    }),
    ...(sendsLinks(config) && {
      ApprovalOpened: {
        function: 'mail-approval',
        pattern: {
          source: [domainEventSource],
          // With Slack, who tells of the end closes what the release leaves open.
          'detail-type': config.slack ? ['Approval Asked'] : ['Approval Asked', 'Release Ended'],
          account: [account],
          region: [region],
        },
      },
    }),
    ...(rollsBackBySlack(config) && {
      RollbackAsked: {
        function: 'on-rollback',
        pattern: {
          ...{ source: [slackEventSource], 'detail-type': [rollbackAskedType] },
          ...{ account: [account], region: [region] },
        },
      },
    }),
  };
}

const named = (name: string, target: Trigger['function'], patterns: EventPattern[]) =>
  Object.fromEntries(
    patterns.map((pattern, index) => [
      index === 0 ? name : `${name}${index + 1}`,
      { function: target, pattern },
    ]),
  );

/** Repositories of one registry whose services deploy the same tags. */
function imagesPushed(config: Config, home: Place): EventPattern[] {
  return ofRepositories(config, home, {
    'detail-type': ['ECR Image Action'],
    detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
  });
}

/** Reported where the copy arrives. */
function imagesReplicated(config: Config, home: Place): EventPattern[] {
  return ofRepositories(config, home, {
    'detail-type': ['ECR Replication Action'],
    detail: { 'action-type': ['REPLICATE'], result: ['SUCCESS'] },
  });
}

function ofRepositories(
  { services }: Config,
  home: Place,
  { detail, ...event }: Pick<EventPattern, 'detail-type' | 'detail'>,
): EventPattern[] {
  const groups = Map.groupBy(Object.values(services), ({ registry = home, tags, latest }) =>
    JSON.stringify([registry.account, registry.region, tags, latest]),
  );
  return [...groups].flatMap(([key, some]) => {
    const [account, region, tags, latest] = JSON.parse(key) as [string, string, string, boolean];
    // EventBridge refuses two stars in a row, and one alone stands for no tag too: that is a part of another image.
    const wildcard = tags.replaceAll(/\*+/g, '*');
    const tag = wildcard === '*' ? { 'anything-but': [''] } : { wildcard };
    return fitting(unique(some.map(({ repository }) => repository)), (repositories) => ({
      ...{ source: ['aws.ecr'], ...event, account: [account], region: [region] },
      detail: { ...detail, 'repository-name': repositories, 'image-tag': latest ? [tag, 'latest'] : [tag] },
    }));
  });
}

function deploymentsChanged(config: Config, installation: Installation): EventPattern[] {
  return byPlace(config, installation).flatMap(({ place, environments }) =>
    fitting(
      environments.map((environment) => serviceArn(installation, place, environment)),
      (resources) => ({ ...ofEcs('ECS Deployment State Change', place), resources }),
    ),
  );
}

function hooksChanged(config: Config, installation: Installation): EventPattern[] {
  return byPlace(config, installation).flatMap(({ place, environments }) =>
    fitting(
      environments.map((environment) => serviceArn(installation, place, environment)),
      (serviceArns) => ({ ...ofEcs('ECS Hook State Change', place), detail: { serviceArn: serviceArns } }),
    ),
  );
}

function tasksStopped(config: Config, installation: Installation): EventPattern[] {
  return byPlace(config, installation).flatMap(({ place, environments }) =>
    [...Map.groupBy(environments, ({ cluster }) => cluster)].flatMap(([cluster, some]) =>
      fitting(
        some.map(({ service }) => `service:${service}`),
        (group) => ({
          ...ofEcs('ECS Task State Change', place),
          detail: {
            clusterArn: [
              `arn:${installation.partition}:ecs:${place.region}:${place.account}:cluster/${cluster}`,
            ],
            group,
            lastStatus: ['STOPPED'],
          },
        }),
      ),
    ),
  );
}

const ofEcs = (detailType: string, { account, region }: Place) => ({
  ...{ source: ['aws.ecs'], 'detail-type': [detailType], account: [account], region: [region] },
});

const serviceArn = (
  { partition }: Installation,
  { account, region }: Place,
  { cluster, service }: Environment,
) => `arn:${partition}:ecs:${region}:${account}:service/${cluster}/${service}`;

function byPlace({ services }: Config, home: Place): { place: Place; environments: Environment[] }[] {
  const environments = Object.values(services).flatMap((service) =>
    service.environments.flatMap((environment) =>
      membersOf(service, environment).map((one) => one.environment),
    ),
  );
  const places = Map.groupBy(environments, (environment) => JSON.stringify(placeOf(environment, home)));
  return [...places].map(([place, some]) => ({ place: JSON.parse(place) as Place, environments: some }));
}

/** As few patterns as hold all of them. */
function fitting(values: readonly string[], pattern: (some: string[]) => EventPattern): EventPattern[] {
  const patterns: EventPattern[] = [];
  let some: string[] = [];
  for (const value of values) {
    if (some.length > 0 && JSON.stringify(pattern([...some, value])).length > longestPattern) {
      patterns.push(pattern(some));
      some = [];
    }
    some = [...some, value];
  }
  return [...patterns, pattern(some)];
}

const unique = (values: readonly string[]) => [...new Set(values)];

export interface Schedule {
  function: 'reconcile-pushes';
  everyMinutes: number;
  /** Lambda's own, beside the first. Who comes again anyway needs none. */
  maximumRetryAttempts: number;
}

export const schedules: Record<string, Schedule> = {
  LostPushes: {
    function: 'reconcile-pushes',
    everyMinutes: 15,
    maximumRetryAttempts: 0,
  },
};

/** What these functions fail at for good is dropped: the schedule finds it and does it again. */
export const doneAgain: readonly string[] = ['tell-slack'];

/** What is read of the table's stream: changes of releases' records and approvals, and attempts to decide them, in their order. */
export const releaseChanges = {
  function: 'on-release-change',
  /** Of their keys. */
  keyPrefixes: ['release ', 'approval ', 'audit '],
  batchSize: 100,
  /** From the first change of a batch until it is handed over: the states before a deployment follow each other quickly. */
  windowSeconds: 1,
  /** What cannot be told for so long is given up: behind it everything waits. */
  maximumAgeSeconds: 21_600,
} as const;
