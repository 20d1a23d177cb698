/** The local world: the part of AWS that Tidegate talks to, and Tidegate itself installed in it. */

import type { Installation } from '../core/access/installation.ts';
import type { Config, Environment } from '../core/config.ts';
import { sizeOf } from '../core/functions.ts';
import type { Measure } from '../core/metrics.ts';
import { type Place, placeOf } from '../core/place.ts';
import { doneAgain, releaseChanges, schedules, triggersOf } from '../core/triggers.ts';
import type { Surroundings } from '../functions/runtime.ts';
import { runtimeIn } from '../functions/runtime.ts';
import { functionsWith } from '../functions/table.ts';
import definition from '../state-machines/deploy.asl.json' with { type: 'json' };
import { type HistoryEvent, taskError } from './asl/index.ts';
import { AwsError, type AwsService, account, home, isHome, region } from './aws-service.ts';
import { byPlace } from './by-place.ts';
import type { Clock } from './clock.ts';
import { type CloudWatch, cloudwatch } from './cloudwatch/cloudwatch.ts';
import type { Publish } from './cloudwatch/metric-store.ts';
import { accounts } from './door/accounts.ts';
import type { Around, AwsHandler } from './door/answering.ts';
import type { Route } from './door/route.ts';
import { dynamodb } from './dynamodb/dynamodb.ts';
import { stream } from './dynamodb/stream.ts';
import { type Ecr, ecr } from './ecr/ecr.ts';
import { type Ecs, ecs } from './ecs/ecs.ts';
import type { Pace } from './ecs/pace.ts';
import type { Publication } from './ecs/utilization.ts';
import type { TaskEngine } from './engine/engine.ts';
import type { ImageSource } from './engine/image-source.ts';
import { type DeadLetter, type EventBus, eventBus } from './events/bus.ts';
import type { Honesty } from './events/delivery.ts';
import { runSchedules } from './events/schedules.ts';
import type { PermissionListener } from './iam/permitting.ts';
import { principals } from './iam/principals.ts';
import { FunctionError } from './lambda/function-error.ts';
import { functionRoutes } from './lambda/function-routes.ts';
import { pause } from './lambda/pause.ts';
import { type AroundFunction, type LambdaRuntime, lambdaRuntime } from './lambda/runtime.ts';
import type { Limits } from './limits/aws-limits.ts';
import { tokenBucket } from './limits/token-bucket.ts';
import type { ListenerRule, TargetGroup } from './load-balancer/target-group.ts';
import { logs as cloudwatchLogs, type Logs } from './logs/logs.ts';
import { type S3, s3 } from './s3/s3.ts';
import { type KmsKey, kms } from './secrets/kms.ts';
import { parameterStore } from './secrets/parameter-store.ts';
import { type Ses, ses } from './ses/ses.ts';
import { type Slack, slack } from './slack/slack.ts';
import { type StatusChange, statesService } from './states/states.ts';

/** As Tidegate is installed here. */
export const installation = {
  partition: 'aws',
  prefix: 'tidegate-local',
  account,
  region,
  table: 'tidegate',
  stateMachine: 'deploy',
  secretParameters: {
    slackToken: '/tidegate/local/slack-token',
    slackSigningSecret: '/tidegate/local/slack-signing-secret',
    slackWebhook: '/tidegate/local/slack-webhook',
  },
} satisfies Installation;
export const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${installation.stateMachine}`;
/** Of everybody's access key. */
const localSecret = 'local';
const slackToken = 'xoxb-local-world';
const slackSigningSecret = 'local-world-signing-secret';
const webhookPath = 'T0/B0/local';
const webhookChannel = 'releases';
const parameterNames = installation.secretParameters;

/** What runs tasks and stands in front of them: processes and sockets, or a model of them. */
export interface Machinery {
  engine: TaskEngine;
  /** Undefined for a target group that does not exist. */
  targetGroup(arn: string): TargetGroup | undefined;
  /** Undefined for a rule that does not exist. */
  listenerRule?(arn: string): ListenerRule | undefined;
}

export interface WorldOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  config: Config;
  /** Where this world answers, such as `http://127.0.0.1:4747`; asked when needed. */
  address: () => string;
  /** `metricsAt`: where a load balancer in front of a service there publishes. */
  machinery: (parts: {
    images: ImageSource;
    metricsAt: (place: Place) => Publish;
  }) => Machinery | Promise<Machinery>;
  /** How Tidegate's functions reach the world: over a socket, or in this process. Asked when they are first called. */
  reach: (world: {
    aws: AwsHandler;
    routes: readonly Route[];
  }) => Pick<Surroundings, 'client' | 'makeClient' | 'fetch'>;
  /** The members of Slack's user groups, by the groups' ids. */
  userGroups?: Readonly<Record<string, readonly string[]>>;
  /** What Slack's token may; all that Tidegate asks for unless given. */
  slackScopes?: readonly string[];
  pace?: Partial<Pace>;
  /** Of ECS's own metrics. */
  publication?: Publication;
  /** From an event's producer to its targets. */
  eventLatencyMs?: number;
  /** From a state's decision to invoke a function to its start: where functions run for real, they take their own time. */
  invocationLatencyMs?: () => number;
  /** From a line's being written to its being readable. */
  logDeliverySeconds?: number;
  honesty?: Readonly<Record<string, Honesty>>;
  /** AWS's rate limits, such as `awsLimits`; none where absent. */
  limits?: Limits;
  /** Between every caller and every operation: faults, latency. It also sees the calls that a limit refuses. */
  around?: Around;
  aroundFunction?: AroundFunction;
  /** A function needed a permission; it has it, or its call is refused. */
  onPermission?: PermissionListener;
  /** What a function measures of its own. */
  onMetric?: Measure;
  /** By how much a function's own clock is wrong. */
  skewMs?: (functionName: string) => number;
  onHistory?: (executionArn: string, event: HistoryEvent) => void;
  onStatusChange?: (change: StatusChange) => void;
  onDeadLetter?: (letter: { function: string; event: unknown; error: string }) => void;
  /** What a function logs. */
  onLog?: (functionName: string, message: string, detail: unknown) => void;
}

/** What Tidegate deploys to, in one account and Region. */
export interface PlaceModels {
  ecs: Ecs;
  cloudwatch: CloudWatch;
  logs: Logs;
}

export interface World {
  clock: Clock;
  /** Answers every request with an `X-Amz-Target`. */
  aws: AwsHandler;
  routes: Route[];
  bus: EventBus;
  ecr: Ecr;
  /** Keys in KMS, by their ARNs: there are none before somebody puts one here. */
  keys: Map<string, KmsKey>;
  s3: S3;
  /** Where Tidegate is installed. */
  ecs: Ecs;
  /** Where an environment is. */
  at(environment: Pick<Environment, 'region' | 'roleArn'>): PlaceModels;
  slack: Slack;
  ses: Ses;
  lambda: LambdaRuntime;
  /** Step Functions, as the console and the tests ask it. */
  states: AwsService;
  /** From now on pushes start releases and schedules run; before, images and services can be set up unseen. */
  install(): void;
  /** Gives the functions what the configuration asks for by now, as deploying Tidegate again does. */
  reinstall(): void;
  /** Everything that runs is stopped. */
  stop(): Promise<void>;
  /** What a function of this name runs with. */
  surroundings(functionName: string): Surroundings;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock, random, config, address, limits, around = (_call, next) => next() } = options;
  let installed = false;
  let endSchedules = () => {};

  const lambda: LambdaRuntime = lambdaRuntime({
    clock,
    random,
    timeoutSeconds: (name) => sizeOf(name).timeoutSeconds,
    ...(limits && { concurrency: () => limits.concurrentFunctions }),
    functions: functionsWith(async (name) => runtimeIn(surroundings(name), logger(name))),
    ...(options.aroundFunction && { around: options.aroundFunction }),
    onAsyncFailure: ({ functionName, payload, error }) => {
      if (doneAgain.includes(functionName)) return;
      options.onDeadLetter?.({ function: functionName, event: payload, error: String(error) });
    },
  });
  const logger = (name: string) => {
    const write = (message: unknown, detail?: unknown) => options.onLog?.(name, String(message), detail);
    return { info: write, warn: write } as ReturnType<typeof runtimeIn>['logger'];
  };

  const bus = eventBus({
    clock,
    random,
    rules: triggersOf(config, installation),
    invokeLambda: (name, event) => lambda.invokeAsync(name, event),
    ...(options.eventLatencyMs !== undefined && { latencyMs: options.eventLatencyMs }),
    ...(options.honesty && { honesty: options.honesty }),
    onDeadLetter: ({ function: name, event, ...failure }: DeadLetter) =>
      options.onDeadLetter?.({ function: name, event, error: JSON.stringify(failure) }),
  });
  const registry = ecr({ clock, address, emit: (event) => installed && bus.emit(event) });
  const { logDeliverySeconds: deliverySeconds } = options;
  const metrics = byPlace(() => cloudwatch({ clock }));
  const machinery = await options.machinery({
    images: registry.images,
    metricsAt: (place) => metrics.at(place).publish,
  });
  /** As Lambda answers who invokes: what a function threw is a payload too. */
  async function invokeByArn(functionArn: string, payload: unknown): Promise<unknown> {
    try {
      return await lambda.invoke(functionArn.split(`:${installation.prefix}-`)[1] ?? functionArn, payload);
    } catch (error) {
      if (error instanceof FunctionError) return error.payload;
      throw error;
    }
  }
  const models = byPlace((place): PlaceModels => {
    const logs = cloudwatchLogs({ clock, ...(deliverySeconds !== undefined && { deliverySeconds }) });
    const containers = ecs({
      ...{ place, clock, random, engine: machinery.engine, images: registry.images },
      emit: isHome(place) ? bus.emit : bus.emitFrom(place),
      targetGroups: machinery.targetGroup,
      ...(machinery.listenerRule && { listenerRules: machinery.listenerRule }),
      invoke: invokeByArn,
      logs: logs.append,
      alarmsFiring: metrics.at(place).alarmsFiring,
      publish: metrics.at(place).publish,
      publication: options.publication,
      ...(options.pace && { pace: options.pace }),
    });
    return { ecs: containers, cloudwatch: metrics.at(place), logs };
  });
  const callers = principals({ clock, config, installation });
  const transitions = limits && tokenBucket(limits.stateTransitions, clock);
  const { service: states } = statesService({
    clock,
    random,
    ...(transitions && { transitionDelayMs: transitions.await }),
    async invoke({ functionName, payload }) {
      // Not `pause`: an execution is nobody's work, though a function may have started it.
      await new Promise<void>((resolve) => clock.after(options.invocationLatencyMs?.() ?? 0, resolve));
      return lambda.invoke(functionName, payload).catch((error) => {
        // Step Functions puts Lambda's own errors under this name; what a function threw keeps its own.
        throw error instanceof AwsError ? taskError(`Lambda.${error.code}`, error.message) : error;
      });
    },
    ...(options.onHistory && { onHistory: options.onHistory }),
    onStatusChange(change) {
      options.onStatusChange?.(change);
      bus.emit({
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        resources: [change.executionArn],
        detail: change,
      });
    },
  });
  await states.operations.CreateStateMachine?.({
    name: installation.stateMachine,
    definition: JSON.stringify(withFunctionNames(definition)),
    roleArn: `arn:aws:iam::${account}:role/tidegate-deploy`,
  });
  const { service: table } = await dynamodb({
    clock,
    tables: [{ TableName: installation.table, key: { hash: 'key' } }],
    streams: {
      [installation.table]: stream({
        ...{ clock, hash: 'key', ...releaseChanges },
        invoke: (event) => lambda.invoke(releaseChanges.function, event),
        failed: ({ records, error }) =>
          options.onDeadLetter?.({
            ...{ function: releaseChanges.function, event: records, error: String(error) },
          }),
      }),
    },
  });
  const mails = ses({
    ...{ clock, region, principals: callers, onPermission: options.onPermission },
    // Whoever configures a sender has had its domain verified.
    verified: config.mail ? [config.mail.from.slice(config.mail.from.lastIndexOf('@') + 1)] : [],
  });
  const slackChannels = slack({
    clock,
    address,
    channels: [config.slack?.channel ?? (config.slackWebhook ? webhookChannel : [])].flat(),
    webhooks: { [webhookPath]: webhookChannel },
    token: slackToken,
    signingSecret: slackSigningSecret,
    ...(options.userGroups && { userGroups: options.userGroups }),
    scopes: options.slackScopes,
    interactionUrl: () => `${address()}/functions/on-approval`,
    fetch: (...request) => reach().fetch(...request),
  });
  const secrets = new Map([
    [parameterNames.slackToken, slackToken],
    [parameterNames.slackSigningSecret, slackSigningSecret],
  ]);

  const store = parameterStore(secrets, new Date(clock.now()));
  const keys = new Map<string, KmsKey>();
  const ofInstallation = [states, registry.service, bus.service, table, store, kms(keys)];
  const aws = accounts({
    ...{ clock, random, principals: callers, around, onPermission: options.onPermission },
    servicesAt(place) {
      const { ecs: containers, cloudwatch: measured, logs } = models.at(place);
      const placed = [containers.service, measured.service, logs.service];
      return isHome(place) ? [...placed, ...ofInstallation] : placed;
    },
    rolesOf: (place) => models.at(place).ecs.rolesOf,
    limits: limits?.calls ?? [],
  });
  const objects = s3({ clock, region, principals: callers, onPermission: options.onPermission });
  const functions = functionRoutes({ clock, lambda, principals: callers, secret: localSecret });
  const routes: Route[] = [registry, slackChannels.route, ...functions, objects.route, ...mails.routes];
  const reach = () => options.reach({ aws, routes });

  function surroundings(functionName: string): Surroundings {
    const { client, makeClient, fetch } = reach();
    return {
      environment: {
        TABLE_NAME: installation.table,
        STATE_MACHINE_ARN: stateMachineArn,
        CONSOLE_URL: `${address()}/console/`,
        S3_URL: `${address()}/s3`,
        SES_URL: `${address()}/ses`,
        APPROVAL_PAGE_URL: `${address()}/functions/on-approval-page`,
        SLACK_API_URL: `${address()}/slack/api`,
        SLACK_TOKEN_PARAMETER: parameterNames.slackToken,
        SLACK_SIGNING_SECRET_PARAMETER: parameterNames.slackSigningSecret,
        SLACK_WEBHOOK_PARAMETER: parameterNames.slackWebhook,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
      },
      config,
      client: {
        region,
        credentials: { accessKeyId: functionName, secretAccessKey: localSecret },
        ...client,
      },
      ...(makeClient && { makeClient }),
      fetch,
      measure: (...measured) => options.onMetric?.(...measured),
      now: () => clock.now() + (options.skewMs?.(functionName) ?? 0),
      wait: (milliseconds) => pause(clock, milliseconds),
    };
  }

  return {
    clock,
    aws,
    routes,
    bus,
    ecr: registry,
    s3: objects,
    keys,
    ecs: models.at(home).ecs,
    at: (environment) => models.at(placeOf(environment, home)),
    slack: slackChannels,
    ses: mails,
    lambda,
    states,
    surroundings,
    install() {
      installed = true;
      // The port is known by now.
      secrets.set(parameterNames.slackWebhook, `${address()}/slack/services/${webhookPath}`);
      endSchedules = runSchedules({ clock, random, rules: schedules, invokeLambda: lambda.invokeAsync });
    },
    reinstall() {
      callers.renew();
    },
    async stop() {
      endSchedules();
      await Promise.all(models.all().map((place) => place.ecs.stopAll()));
    },
  };
}

/** `${CheckScan}` stands for the function of the state of that name; here a function's name is enough. */
function withFunctionNames(machine: object): object {
  return JSON.parse(JSON.stringify(machine).replaceAll(/\$\{(\w+)\}/g, '$1'));
}
