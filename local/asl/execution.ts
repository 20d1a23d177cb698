/** One execution, from start to end. */
import type { Clock } from '../clock.ts';
import type { Definition } from './definition.ts';
import { Aborted, StateError } from './errors.ts';
import { uuid } from './functions.ts';
import { asInput, asOutput, History, type HistoryEvent, HistoryFull, maxEvents } from './history.ts';
import { type Json, overTheWire } from './json.ts';
import type { Invoke } from './lambda.ts';
import { type Engine, Line } from './line.ts';
import { run } from './run.ts';
import { Scope } from './scope.ts';
import { TaskTokens } from './tokens.ts';
import { at } from './waiting.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Outcome {
  status: ExecutionStatus;
  /** Only of a success. */
  output?: Json;
  /** Only where AWS gives them: a Fail state may name neither, a timeout of the execution never does. */
  error?: string;
  cause?: string;
}

export interface ExecutionOptions {
  /** A definition that `checkDefinition` has no problem with. */
  definition: unknown;
  input: unknown;
  /** Runs the functions that Task states call. See `Invoke` for what its errors mean. */
  invoke: Invoke;
  /** All waiting and every timestamp goes by this clock. */
  clock: Clock;
  /** For jitter, `$random()`, `$uuid()`, request ids and tokens. `Math.random` unless given. */
  random?: () => number;
  name?: string;
  /** ARN of the execution; its region is the one in the history. */
  arn?: string;
  stateMachineArn?: string;
  roleArn?: string;
  newToken?: () => string;
}

export interface Execution {
  readonly status: ExecutionStatus;
  readonly output: Json | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly arn: string;
  readonly name: string;
  readonly startTime: number;
  /** Absent while it runs. */
  readonly stopTime: number | undefined;
  readonly history: readonly HistoryEvent[];
  /** Resolves at the end, also of a failure. Never rejects. */
  readonly done: Promise<Outcome>;
  /** Ends the execution as ABORTED, at once. No catcher runs. Nothing happens when it is over. */
  stop(reason?: { error?: string; cause?: string }): void;
  /** Tells the events so far, then each as it is written. The answer ends that. */
  onEvent(listener: (event: HistoryEvent) => void): () => void;
  /** These throw `TokenError` when the token stands for no waiting task of this execution. */
  sendTaskSuccess(token: string, output: unknown): void;
  sendTaskFailure(token: string, reason?: { error?: string; cause?: string }): void;
  sendTaskHeartbeat(token: string): void;
}

/** Starts an execution of a checked definition. */
export function execute(definition: Definition, options: ExecutionOptions): Execution {
  const { clock, random = Math.random } = options;
  const input = overTheWire(options.input);
  const startTime = clock.now();
  const identity = identify(options, random);
  const history = new History(() => clock.now());
  const tokens = new TaskTokens(options.newToken ?? (() => uuid(random)));
  const ending = new AbortController();
  const end = Promise.withResolvers<Outcome>();
  let outcome: Outcome = { status: 'RUNNING' };
  let stopTime: number | undefined;
  let cancelTimeout = () => {};

  const engine: Engine = { clock, random, invoke: options.invoke, history, tokens, run, context: context() };
  const line = new Line({
    engine,
    scope: new Scope(),
    signal: ending.signal,
    mapContext: undefined,
    nested: false,
    last: 0,
  });

  function context() {
    const { arn, name, roleArn, stateMachineArn } = identity;
    const StartTime = new Date(startTime).toISOString();
    return {
      Execution: { Id: arn, Input: input, Name: name, RoleArn: roleArn, StartTime, RedriveCount: 0 },
      StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1) ?? '' },
    };
  }

  function finish(last: Outcome, type: string, previousEventId: number, details: Record<string, unknown>) {
    if (outcome.status !== 'RUNNING') return;
    outcome = last;
    stopTime = clock.now();
    cancelTimeout();
    tokens.closeAll();
    history.close(type, previousEventId, details);
    ending.abort(new Aborted());
    end.resolve(last);
  }

  const failed = (error: StateError) =>
    finish({ status: 'FAILED', ...error.details }, 'ExecutionFailed', line.last, error.details);

  async function main() {
    await null; // whoever starts it gets hold of it before its first state is entered
    try {
      const output = await run(definition, input, line);
      finish({ status: 'SUCCEEDED', output }, 'ExecutionSucceeded', line.last, asOutput(output));
    } catch (error) {
      failed(asFailure(error));
    }
  }

  history.add('ExecutionStarted', 0, { ...asInput(input), roleArn: identity.roleArn });
  if (definition.TimeoutSeconds !== undefined) {
    cancelTimeout = at(clock, startTime + definition.TimeoutSeconds * 1000, () =>
      finish({ status: 'TIMED_OUT' }, 'ExecutionTimedOut', 0, {}),
    );
  }
  void main();

  return {
    arn: identity.arn,
    name: identity.name,
    startTime,
    get stopTime() {
      return stopTime;
    },
    get status() {
      return outcome.status;
    },
    get output() {
      return outcome.output;
    },
    get error() {
      return outcome.error;
    },
    get cause() {
      return outcome.cause;
    },
    history: history.events,
    done: end.promise,
    stop: (reason = {}) => finish({ status: 'ABORTED', ...reason }, 'ExecutionAborted', 0, { ...reason }),
    onEvent: (listener) => history.follow(listener),
    sendTaskSuccess: (token, sent) => tokens.succeed(token, overTheWire(sent)),
    sendTaskFailure: (token, { error, cause } = {}) => tokens.fail(token, error, cause),
    sendTaskHeartbeat: (token) => tokens.heartbeat(token),
  };
}

/** A fault of the interpreter ends the execution, too, and says what it was. */
function asFailure(error: unknown): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof HistoryFull) {
    return new StateError(
      'States.Runtime',
      `The execution reached the maximum number of history events (${maxEvents}).`,
    );
  }
  return new StateError(
    'States.Runtime',
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
}

function identify(options: ExecutionOptions, random: () => number) {
  const name = options.name ?? uuid(random);
  const stateMachineArn =
    options.stateMachineArn ?? 'arn:aws:states:us-east-1:111111111111:stateMachine:StateMachine';
  return {
    name,
    stateMachineArn,
    arn: options.arn ?? `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
    roleArn: options.roleArn ?? 'arn:aws:iam::111111111111:role/StateMachine',
  };
}
