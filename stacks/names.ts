/** What everything is called, and its ARNs: plain strings, so that policies are plain data and nothing waits for anything. */
import type { Installation } from '../core/access/installation.ts';
import type { Config } from '../core/config.ts';

export interface Names extends Installation {
  production: boolean;
  /** Of the SSM parameter with the address of the function that decides approvals for the command line. */
  approvalCommandParameter: string;
}

/** Where a stage is deployed to. */
export type Where = Pick<Installation, 'partition' | 'account' | 'region'>;

/** The limit for a function's or a role's name, 64, less that of the longest: `tidegate-` and `-register-task-definition`. */
const longestStage = 30;

export function namesFor(
  { name, stage }: { name: string; stage: string },
  place: Where,
  { slack, slackWebhook }: Config,
): Names {
  if (stage.length > longestStage) {
    throw new Error(
      `the stage ${stage} is too long by ${stage.length - longestStage} characters: functions are named after it`,
    );
  }
  const prefix = `${name}-${stage}`;
  const parameter = (secret: string) => `/${name}/${stage}/${secret}`;
  return {
    ...place,
    prefix,
    production: stage === 'production',
    approvalCommandParameter: parameter('approval-command-url'),
    table: `${prefix}-releases`,
    stateMachine: `${prefix}-deploy`,
    secretParameters: {
      ...(slack && {
        slackToken: parameter('slack-token'),
        slackSigningSecret: parameter('slack-signing-secret'),
      }),
      ...(slackWebhook && { slackWebhook: parameter('slack-webhook') }),
    },
  };
}

export const arnOf = ({ partition, region, account }: Names, service: string, name: string) =>
  `arn:${partition}:${service}:${region}:${account}:${name}`;

export const stateMachineArn = (names: Names) => arnOf(names, 'states', `stateMachine:${names.stateMachine}`);

/** `start-release` as `StartRelease`, which resources are called in this program. */
export const pascal = (name: string) =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Where the AWS console is. */
export function consoleOf({ partition, region }: Pick<Where, 'partition' | 'region'>): string {
  const domains: Record<string, string> = {
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  };
  return `https://${region}.${domains[partition] ?? 'console.aws.amazon.com'}`;
}
