/** An installation of Tidegate in an account, as far as its permissions and its events depend on it. */
import type { Place } from '../place.ts';

export interface Installation extends Place {
  /** `aws`, except in China and GovCloud. */
  partition: string;
  /** Name of the DynamoDB table. */
  table: string;
  /** Name of the state machine. */
  stateMachine: string;
  /** Names of the SSM parameters that hold Slack's secrets, with their leading slash. */
  secretParameters: { slackToken?: string; slackSigningSecret?: string };
}
