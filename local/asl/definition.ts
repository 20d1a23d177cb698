/** The Amazon States Language, as far as it is implemented: what a definition looks like once it is checked. */
import type { Json, JsonObject } from './json.ts';

/** `{% … %}` where JSONata is allowed instead of the value itself. */
export type Expression = string;

/** A StartAt and its States: the machine itself, a branch of a Parallel, the processor of a Map. */
export interface StateGroup {
  StartAt: string;
  States: Record<string, State>;
}

export interface Definition extends StateGroup {
  TimeoutSeconds?: number;
}

/** Where a state goes and what it leaves behind: a state itself, a choice rule or a catcher. */
export interface Way {
  Assign?: JsonObject;
  Output?: Json;
  Next?: string;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher extends Way {
  ErrorEquals: string[];
  Next: string;
}

interface Recovery {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface TaskState extends Way, Recovery {
  Type: 'Task';
  Resource: string;
  Arguments?: Json;
  TimeoutSeconds?: number | Expression;
  HeartbeatSeconds?: number | Expression;
}

export interface ParallelState extends Way, Recovery {
  Type: 'Parallel';
  Arguments?: Json;
  Branches: StateGroup[];
}

export interface MapState extends Way, Recovery {
  Type: 'Map';
  Items?: Json[] | JsonObject | Expression;
  ItemSelector?: Json;
  MaxConcurrency?: number | Expression;
  ToleratedFailureCount?: number | Expression;
  ToleratedFailurePercentage?: number | Expression;
  ItemProcessor?: StateGroup;
  /** The old name of ItemProcessor. */
  Iterator?: StateGroup;
}

export interface PassState extends Way {
  Type: 'Pass';
}

export interface WaitState extends Way {
  Type: 'Wait';
  Seconds?: number | Expression;
  Timestamp?: string | Expression;
}

export interface ChoiceRule extends Way {
  Condition: boolean | Expression;
  Next: string;
}

export interface ChoiceState extends Way {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
}

export interface SucceedState extends Pick<Way, 'Output'> {
  Type: 'Succeed';
}

export interface FailState {
  Type: 'Fail';
  Error?: string | Expression;
  Cause?: string | Expression;
}

/** The states that can be tried again. */
export type RecoverableState = TaskState | ParallelState | MapState;

export type State = RecoverableState | PassState | WaitState | ChoiceState | SucceedState | FailState;

/** An RFC 3339 time with its offset: what a Timestamp must look like. */
export const timestampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;
