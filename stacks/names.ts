/** What everything is called, and its ARNs: plain strings, so that policies are plain data and nothing waits for anything. */
import type { Installation } from '../core/access/installation.ts';
import type { Config } from '../core/config.ts';
import type { Platform } from './platform.ts';

export interface Names extends Installation {
  /** `<app>-<stage>`, which everything is called after. */
  prefix: string;
  production: boolean;
}

/** Lambda's limit for a name, less that of the longest: `tidegate-` and `-register-task-definition`. */
const longestStage = 30;

export async function namesFor({ aws, app }: Platform, { slack }: Config): Promise<Names> {
  if (app.stage.length > longestStage) {
    throw new Error(
      `the stage ${app.stage} is too long by ${app.stage.length - longestStage} characters: functions are named after it`,
    );
  }
  const [{ accountId: account }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  const prefix = `${app.name}-${app.stage}`;
  const parameter = (name: string) => `/${app.name}/${app.stage}/${name}`;
  return {
    prefix,
    production: app.stage === 'production',
    ...{ partition, account, region },
    table: `${prefix}-releases`,
    stateMachine: `${prefix}-deploy`,
    secretParameters: slack
      ? {
          slackToken: parameter('slack-token'),
          slackSigningSecret: parameter('slack-signing-secret'),
        }
      : {},
  };
}

export const arnOf = ({ partition, region, account }: Names, service: string, name: string) =>
  `arn:${partition}:${service}:${region}:${account}:${name}`;

export const stateMachineArn = (names: Names) => arnOf(names, 'states', `stateMachine:${names.stateMachine}`);

/** `CheckScan` as `check-scan`, which names of files and functions are made of. */
export const kebab = (name: string) =>
  name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** `start-release` as `StartRelease`, which resources are called in this program. */
export const pascal = (name: string) =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const functionNameOf = ({ prefix }: Names, name: string) => `${prefix}-${kebab(name)}`;

/** Where the AWS console is. */
export function consoleOf({ partition, region }: Names): string {
  const domains: Record<string, string> = {
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  };
  return `https://${region}.${domains[partition] ?? 'console.aws.amazon.com'}`;
}
