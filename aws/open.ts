/** The one place where clients are made, from an environment parsed by one schema. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Config } from '../core/config.ts';
import { approvals } from './approvals.ts';
import type { ClientMaker, ClientSettings } from './client-maker.ts';
import { cloudwatch } from './cloudwatch.ts';
import { domainEvents } from './domain-events.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { endpoints } from './endpoints.ts';
import { logs } from './logs.ts';
import { onFirstUse } from './on-first-use.ts';
import { openReleases } from './open-releases.ts';
import { pushes } from './pushes.ts';
import { records } from './records.ts';
import { secrets } from './secrets.ts';
import { slack } from './slack.ts';
import { slots } from './slots.ts';
import { states } from './states.ts';
import { openTable } from './table.ts';
import { turns } from './turns.ts';
import { waits } from './waits.ts';

export const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  /** Where people look at an execution: its ARN is appended. */
  CONSOLE_URL: z.url().optional(),
  SLACK_API_URL: z.url().default('https://slack.com/api'),
  /** The secret that Slack signs interactions with. */
  SLACK_SIGNING_SECRET_NAME: z.string().optional(),
});

/** What everything is made from. The local world and the rehearsals bring their own; Lambda uses `surroundings()`. */
export interface Surroundings {
  environment: z.input<typeof environmentSchema>;
  config: Config;
  client: ClientSettings;
  /** Instead of the SDK's own constructors. */
  makeClient?: ClientMaker;
  fetch: typeof globalThis.fetch;
  now: () => number;
  /** Milliseconds. */
  wait: (milliseconds: number) => Promise<unknown>;
}

/** Everything a step may use. */
export type Aws = ReturnType<typeof openAws>;

/**
 * Throws where the environment lacks something, naming it. A client is made when it is first used: a function needs
 * two or three of them, and somebody waits for its cold start.
 */
export function openAws({
  environment,
  config,
  client,
  makeClient = (Client, own) => new Client(own),
  fetch,
  now,
  wait,
}: Surroundings) {
  const settings = environmentSchema.parse(environment);
  const tokenSecret = config.slack?.tokenSecret;
  const shared = onFirstUse({
    table: () => openTable(makeClient(DynamoDBClient, client), settings.TABLE_NAME),
    secret: () => secrets(makeClient(SecretsManagerClient, client)),
  });
  const gateways = onFirstUse({
    approvals: () => approvals(shared.table),
    cloudwatch: () => cloudwatch(makeClient(CloudWatchClient, client)),
    domainEvents: () => domainEvents(makeClient(EventBridgeClient, client)),
    ecr: () => ecr(makeClient(ECRClient, client), fetch),
    ecs: () => ecs(makeClient(ECSClient, client), makeClient(ECSClient, { ...client, maxAttempts: 1 })),
    endpoints: () => endpoints(fetch, now),
    openReleases: () => openReleases(shared.table),
    logs: () => logs(makeClient(CloudWatchLogsClient, client)),
    pushes: () => pushes(shared.table),
    records: () => records(shared.table),
    slack: () =>
      slack(fetch, settings.SLACK_API_URL, async () => {
        if (!tokenSecret) throw new Error('tidegate.config.ts has no slack settings');
        return shared.secret.text(tokenSecret);
      }),
    slots: () => slots(shared.table),
    states: () => states(makeClient(SFNClient, client), settings.STATE_MACHINE_ARN),
    turns: () => turns(shared.table),
    waits: () => waits(shared.table),
  });
  return Object.assign(gateways, {
    config,
    now,
    wait,
    consoleUrl: settings.CONSOLE_URL,
    slackSigningSecret: async () => {
      if (!settings.SLACK_SIGNING_SECRET_NAME) throw new Error('SLACK_SIGNING_SECRET_NAME is not set');
      return shared.secret.text(settings.SLACK_SIGNING_SECRET_NAME);
    },
  });
}
