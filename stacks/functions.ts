/** One Lambda function for each step and each event handler. The configuration is bundled with them (docs/adr/0001). */

import { policiesOf } from '../core/access/policies.ts';
import { policyDocument, type Statement } from '../core/access/statement.ts';
import { functionNameOf, kebab, sizeOf } from '../core/functions.ts';
import { fingerprint } from '../core/installed.ts';
import { doneAgain } from '../core/triggers.ts';
import config from '../tidegate.config.ts';
import { deadLettersArnOf } from './dead-letters.ts';
import { arnOf, consoleOf, type Names, pascal, stateMachineArn } from './names.ts';
import { readStream, runFunction, sendDeadLetters } from './own-access.ts';
import type { Platform } from './platform.ts';

export interface FunctionOptions {
  /** A step's as its state, an event handler's as its file. */
  name: string;
  folder: 'steps' | 'events';
  access: Statement[] | undefined;
  /** Of a function that events wake: Lambda's own attempts beside the first, and the queue for what it fails at. */
  events?: { retries: number; deadLetters: aws.sqs.Queue };
  /** Of a function that reads the table's stream. */
  readsStream?: boolean;
  /** Has an address: for anybody on the internet, or for who signs with AWS credentials that may call it. */
  url?: 'none' | 'iam';
  /** Beside what every function gets. */
  environment?: Record<string, sst.aws.Function['url']>;
}

/** How long Lambda tries to run a function for an event, seconds. Its longest. */
const longestEventAge = 21_600;

export function lambdaFunction(platform: Platform, names: Names, options: FunctionOptions) {
  const { sst, aws, util, dev } = platform;
  const { name, folder, access, events, readsStream = false, url } = options;
  if (!access) throw new Error(`core/access/ says nothing of the function ${name}`);
  const called = pascal(name);
  const keepsFailures = (events && !doneAgain.includes(name)) || readsStream;
  const { memoryMegabytes, timeoutSeconds } = sizeOf(name);
  const own = [
    ...runFunction(names, name),
    ...(keepsFailures ? [sendDeadLetters(deadLettersArnOf(names, name))] : []),
    ...(readsStream ? [readStream(arnOf(names, 'dynamodb', `table/${names.table}/stream/*`))] : []),
  ];
  const { inline, managed } = policiesOf(name, own, access);

  return new sst.aws.Function(called, {
    name: functionNameOf(names, name),
    handler: `functions/${folder}/${kebab(name)}.handler`,
    runtime: 'nodejs24.x',
    architecture: 'arm64',
    memory: `${memoryMegabytes} MB`,
    timeout: `${timeoutSeconds} seconds`,
    // As long as Step Functions keeps an execution.
    logging: { retention: '3 months', format: 'json' },
    nodejs: { minify: true },
    environment: { ...environment(names), ...options.environment },
    permissions: inline.map(({ reason: _, ...statement }) => statement),
    policies: util.all(
      managed.map((statements, index) => {
        const policy = new aws.iam.Policy(`${called}Access${index + 1}`, {
          name: `${functionNameOf(names, name)}-${index + 1}`,
          policy: JSON.stringify(policyDocument(statements)),
        });
        return policy.arn;
      }),
    ),
    ...(url && { url: { authorization: url, cors: false } }),
    ...(events && { retries: events.retries }),
    transform: {
      function(args) {
        args.tracingConfig = { mode: 'Active' };
      },
      role(args) {
        // Known before it is there: roles elsewhere trust it by its name.
        args.name = functionNameOf(names, name);
        // SST 4.17.1 lets everybody in the account take on the role, as it should for `sst dev` only: docs/adr/0010.
        if (!dev) {
          args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' });
        }
        args.managedPolicyArns = util
          .output(args.managedPolicyArns ?? [])
          .apply((arns) => arns.filter((arn) => !arn.endsWith('/AWSLambdaBasicExecutionRole')));
      },
      eventInvokeConfig(args) {
        args.maximumEventAgeInSeconds = longestEventAge;
        if (events && keepsFailures)
          args.destinationConfig = { onFailure: { destination: events.deadLetters.arn } };
      },
    },
  });
}

/** aws/means.ts reads it. */
function environment(names: Names): Record<string, string> {
  const { prefix, region, table, secretParameters } = names;
  const { slackToken, slackSigningSecret, slackWebhook } = secretParameters;
  return {
    POWERTOOLS_SERVICE_NAME: prefix,
    CONFIG_FINGERPRINT: fingerprint(config),
    TABLE_NAME: table,
    STATE_MACHINE_ARN: stateMachineArn(names),
    CONSOLE_URL: `${consoleOf(names)}/states/home?region=${region}#/v2/executions/details/`,
    ...(slackToken && { SLACK_TOKEN_PARAMETER: slackToken }),
    ...(slackSigningSecret && { SLACK_SIGNING_SECRET_PARAMETER: slackSigningSecret }),
    ...(slackWebhook && { SLACK_WEBHOOK_PARAMETER: slackWebhook }),
  };
}
