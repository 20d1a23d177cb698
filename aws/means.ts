/** What gateways are made from: everything comes from the surroundings, and nothing of it is made before it is used. */
import * as z from 'zod';
import type { Config } from '../core/config.ts';
import type { Measure } from '../core/metrics.ts';
import type { Place } from '../core/place.ts';
import type { ClientMaker, ClientSettings } from './client-maker.ts';

export const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  /** Says in which account and Region this installation is, too. */
  STATE_MACHINE_ARN: z
    .string()
    .regex(/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:./, { error: 'the ARN of a state machine' }),
  /** Lambda sets it: the name under which roles in other accounts are taken on. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().default('tidegate'),
  /** Where people look at an execution: its ARN is appended. */
  CONSOLE_URL: z.url().optional(),
  /** Where S3 answers, if that is not where it does in the bucket's Region. */
  S3_URL: z.url().optional(),
  /** Where SES answers, if that is not where it does in the installation's Region. */
  SES_URL: z.url().optional(),
  /** The address of the function whose page decides approvals by link; known to who mails the links. */
  APPROVAL_PAGE_URL: z.url().optional(),
  SLACK_API_URL: z.url().default('https://slack.com/api'),
  /** The SSM parameter with the token that messages are posted with. */
  SLACK_TOKEN_PARAMETER: z.string().min(1).optional(),
  /** The SSM parameter with the address of the function that decides approvals; known to the command line. */
  APPROVAL_COMMAND_PARAMETER: z.string().min(1).optional(),
  /** The SSM parameter with the address of an incoming webhook. */
  SLACK_WEBHOOK_PARAMETER: z.string().min(1).optional(),
  /** The SSM parameter with the secret that Slack signs interactions with. */
  SLACK_SIGNING_SECRET_PARAMETER: z.string().min(1).optional(),
});

/** The local world and the rehearsals bring their own; on Lambda they come from functions/runtime.ts. */
export interface Surroundings {
  environment: z.input<typeof environmentSchema>;
  config: Config;
  client: ClientSettings;
  /** Instead of the SDK's own constructors. */
  makeClient?: ClientMaker;
  fetch: typeof globalThis.fetch;
  now: () => number;
  /** Emits a metric of Tidegate's own. */
  measure: Measure;
  /** Milliseconds. */
  wait: (milliseconds: number) => Promise<unknown>;
}

/** Makes one gateway. A function has those in its bundle whose openers it names, and the SDK's clients that they import. */
export type Opener<Gateway = unknown> = (means: Means) => Gateway;
/** By the names under which a function uses what they open. */
export type Openers = Readonly<Record<string, Opener>>;

export interface Means extends Pick<Surroundings, 'client' | 'config' | 'fetch' | 'now' | 'wait'> {
  environment: z.output<typeof environmentSchema>;
  /** Of this installation. */
  home: Place;
  /** A client of the SDK. `own` goes before what is the same for every client. */
  makeClient: ClientMaker;
  /** What an opener makes, once: gateways share what lies below them. */
  open<Gateway>(opener: Opener<Gateway>): Gateway;
}
