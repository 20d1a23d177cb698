/** One execution, from start to end. */
import type { Clock } from '../clock.ts';
import { uuid } from '../lambda/uuid.ts';
import type { Definition } from './definition.ts';
import { Aborted, StateError } from './errors.ts';
import { asInput, asOutput, History, type HistoryEvent, HistoryFull, maxEvents } from './history.ts';
import { type Json, type JsonObject, overTheWire } from './json.ts';
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
  /** Asked before each state and each further attempt at one: how long AWS makes it wait, in ms. */
  transitionDelayMs?: () => number;
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
  const execution = new LiveExecution(definition, options);
  void execution.run();
  return execution;
}

class LiveExecution implements Execution {
  readonly arn: string;
  readonly name: string;
  readonly startTime: number;
  stopTime: number | undefined;
  readonly #definition: Definition;
  readonly #clock: Clock;
  readonly #input: Json;
  readonly #history: History;
  readonly #tokens: TaskTokens;
  readonly #line: Line;
  readonly #ending = new AbortController();
  readonly #done = Promise.withResolvers<Outcome>();
  readonly #cancelTimeout: () => void;
  #outcome: Outcome = { status: 'RUNNING' };

  constructor(definition: Definition, options: ExecutionOptions) {
    const { clock, invoke, random = Math.random, newToken = () => uuid(random) } = options;
    const identity = identify(options, random);
    this.arn = identity.arn;
    this.name = identity.name;
    this.startTime = clock.now();
    this.#definition = definition;
    this.#clock = clock;
    this.#input = overTheWire(options.input);
    this.#history = new History(() => clock.now());
    this.#tokens = new TaskTokens(newToken);

    const context = contextOf(identity, this.#input, this.startTime);
    const engine: Engine = {
      clock,
      random,
      invoke,
      history: this.#history,
      tokens: this.#tokens,
      transitionDelayMs: options.transitionDelayMs ?? (() => 0),
      run,
      context,
    };
    const { signal } = this.#ending;
    this.#line = new Line({
      engine,
      scope: new Scope(),
      signal,
      mapContext: undefined,
      nested: false,
      last: 0,
    });
    this.#history.add('ExecutionStarted', 0, { ...asInput(this.#input), roleArn: identity.roleArn });
    this.#cancelTimeout = this.#startTimeout();
  }

  get status() {
    return this.#outcome.status;
  }
  get output() {
    return this.#outcome.output;
  }
  get error() {
    return this.#outcome.error;
  }
  get cause() {
    return this.#outcome.cause;
  }
  get history() {
    return this.#history.events;
  }
  get done() {
    return this.#done.promise;
  }

  async run() {
    await null; // whoever starts it gets hold of it before its first state is entered
    try {
      const output = await run(this.#definition, this.#input, this.#line);
      this.#finish({ status: 'SUCCEEDED', output }, 'ExecutionSucceeded', this.#line.last, asOutput(output));
    } catch (error) {
      const { details } = asFailure(error);
      this.#finish({ status: 'FAILED', ...details }, 'ExecutionFailed', this.#line.last, details);
    }
  }

  stop(reason: { error?: string; cause?: string } = {}) {
    this.#finish({ status: 'ABORTED', ...reason }, 'ExecutionAborted', 0, { ...reason });
  }

  onEvent(listener: (event: HistoryEvent) => void) {
    return this.#history.follow(listener);
  }

  sendTaskSuccess(token: string, output: unknown) {
    this.#tokens.succeed(token, overTheWire(output));
  }

  sendTaskFailure(token: string, { error, cause }: { error?: string; cause?: string } = {}) {
    this.#tokens.fail(token, error, cause);
  }

  sendTaskHeartbeat(token: string) {
    this.#tokens.heartbeat(token);
  }

  #startTimeout() {
    const { TimeoutSeconds } = this.#definition;
    if (TimeoutSeconds === undefined) return () => {};
    const end = () => this.#finish({ status: 'TIMED_OUT' }, 'ExecutionTimedOut', 0, {});
    return at(this.#clock, this.startTime + TimeoutSeconds * 1000, end);
  }

  /** Whoever is first decides how it ended; what is still under way is told to stop. */
  #finish(outcome: Outcome, type: string, previousEventId: number, details: Record<string, unknown>) {
    if (this.status !== 'RUNNING') return;
    this.#outcome = outcome;
    this.stopTime = this.#clock.now();
    this.#cancelTimeout();
    this.#tokens.closeAll();
    this.#history.close(type, previousEventId, details);
    this.#ending.abort(new Aborted());
    this.#done.resolve(outcome);
  }
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

interface Identity {
  name: string;
  arn: string;
  stateMachineArn: string;
  roleArn: string;
}

/** `$states.context`, as far as it is the same in every state. */
function contextOf(
  { arn, name, roleArn, stateMachineArn }: Identity,
  input: Json,
  startTime: number,
): JsonObject {
  const StartTime = new Date(startTime).toISOString();
  return {
    Execution: { Id: arn, Input: input, Name: name, RoleArn: roleArn, StartTime, RedriveCount: 0 },
    StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(':').at(-1) ?? '' },
  };
}

function identify(options: ExecutionOptions, random: () => number): Identity {
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
