/** An installation of Tidegate in an account, as far as its permissions and its events depend on it. */
import type { Place } from '../place.ts';

export interface Installation extends Place {
  /** `<app>-<stage>`, with which everything that it consists of is called. */
  prefix: string;
  /** `aws`, except in China and GovCloud. */
  partition: string;
  /** Name of the DynamoDB table. */
  table: string;
  /** Name of the state machine. */
  stateMachine: string;
  /** Names of the SSM parameters that hold Slack's secrets, with their leading slash. */
  secretParameters: { slackToken?: string; slackSigningSecret?: string; slackWebhook?: string };
}

/** The bus that events of other accounts and Regions are sent to: the default one is open to nobody else. */
export const otherBusOf = ({ prefix }: Pick<Installation, 'prefix'>) => `${prefix}-elsewhere`;
