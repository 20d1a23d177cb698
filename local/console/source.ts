/** What the console shows, asked for in Step Functions' own words: the local world answers it, and AWS could. */
import type { Outcome } from '../../core/release.ts';
import type { EnvironmentStatus } from '../../functions/status/look.ts';
import type { HistoryEvent } from '../asl/index.ts';

/** As DescribeExecution answers it. */
export interface SeenExecution {
  executionArn: string;
  name: string;
  status: string;
  startDate: Date;
  /** Absent while it runs. */
  stopDate?: Date | undefined;
  /** JSON text. */
  input: string;
  /** JSON text; only of a success. */
  output?: string | undefined;
  /** Only of a failure that names them. */
  error?: string | undefined;
  cause?: string | undefined;
  /** Not Step Functions': how Tidegate recorded the end. An execution that was stopped cannot say it itself. */
  recorded?: { outcome: Outcome; reason: string } | undefined;
}

/** What those who use a service saw over the last seconds. */
export interface SeenService {
  service: string;
  /** The time that the figures are of. */
  seconds: number;
  requests: number;
  /** No answer, or a 5xx. */
  errors: number;
  /** Absent without an answer. */
  p99Milliseconds?: number | undefined;
}

/** An event that no function could be made to take. */
export interface DeadLetter {
  /** ms since the epoch. */
  at: number;
  function: string;
  event: unknown;
  error: string;
}

/** A push that started no release. */
export interface IgnoredPush {
  /** ms since the epoch. */
  at: number;
  repository: string;
  tag: string;
  reason: string;
}

/** What is not in Step Functions. Lists are newest first. */
export interface Surroundings {
  services: readonly SeenService[];
  deadLetters: readonly DeadLetter[];
  ignoredPushes: readonly IgnoredPush[];
  /** Address of a page that shows the messages, if there is one. */
  slack?: string | undefined;
}

export interface ConsoleSource {
  /** Newest first, as ListExecutions has them; no more than a person would look through. */
  executions(): Promise<SeenExecution[]>;
  /** Undefined where there is none of this ARN. */
  execution(executionArn: string): Promise<SeenExecution | undefined>;
  /** The definition that the execution runs by, as JSON text: DescribeStateMachineForExecution. */
  definition(executionArn: string): Promise<string>;
  /** Every event so far, oldest first: all pages of GetExecutionHistory. */
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  /** Tells each event of every execution as it is written. The answer ends that; ending it twice is harmless. */
  subscribe(listener: (executionArn: string, event: HistoryEvent) => void): () => void;
  surroundings(): Promise<Surroundings>;
  /** What runs in each environment, who has its slot and what is on its way, as `tidegate status` says it. */
  environments?(): Promise<EnvironmentStatus[]>;
}
