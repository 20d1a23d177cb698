/** One visit to one state: what it can see, what it writes into the history, and how it leaves. */
import type { State, Way } from './definition.ts';
import { StateError } from './errors.ts';
import { stepFunctions } from './functions.ts';
import { asInput, asOutput } from './history.ts';
import { bytesOf, type Json, type JsonObject, maxPayloadBytes } from './json.ts';
import { QueryFailure } from './jsonata.ts';
import type { Line } from './line.ts';
import { type Bindings, fill, fillAs } from './template.ts';
import { pause } from './waiting.ts';

/** What only some fields may read: the result in a state's own Assign and Output, the error in a catcher's. */
export type Seen = { result?: Json; errorOutput?: Json };

export interface Exit {
  output: Json;
  /** Absent: the line ends here. */
  next?: string;
}

export class Visit<Kind extends State = State> {
  readonly line: Line;
  readonly name: string;
  readonly state: Kind;
  readonly input: Json;
  readonly #enteredId: number;
  readonly #enteredTime: string;
  /** Variables as they were on entry: nothing that happens meanwhile changes what the expressions see. */
  readonly #variables: JsonObject;
  /** What an `EvaluationFailed` follows: on entry, the event before `StateEntered`. */
  #failuresFollow: number;
  /** Undefined where a state cannot be tried again. */
  retryCount: number | undefined;
  token: string | undefined;

  constructor(line: Line, name: string, state: Kind, input: Json) {
    this.line = line;
    this.name = name;
    this.state = state;
    this.input = input;
    this.#variables = line.scope.visible();
    this.#enteredTime = new Date(line.engine.clock.now()).toISOString();
    this.#failuresFollow = line.last;
    this.#enteredId = line.record(`${state.Type}StateEntered`, { name, ...asInput(input) });
  }

  /** The state has passed its entry: from now on a failure follows the latest event. */
  underWay() {
    this.#failuresFollow = this.line.last;
  }

  record(type: string, details?: Record<string, unknown>): number {
    const id = this.line.record(type, details);
    this.underWay();
    return id;
  }

  pause(milliseconds: number) {
    return pause(this.line.engine.clock, milliseconds, this.line.signal);
  }

  /** Fills a template. What goes wrong is written into the history and thrown as `States.QueryEvaluationError`. */
  evaluate(field: string, template: Json, seen: Seen = {}, context?: JsonObject): Promise<Json> {
    return this.querying(() => fill(template, field, this.#bindings(seen, context)));
  }

  /** What the state works with: its Arguments, or its input where it has none. */
  async given(args: Json | undefined): Promise<Json> {
    return args === undefined ? this.input : this.small(await this.evaluate('Arguments', args));
  }

  /** AWS: `States.DataLimitExceeded` also for "the input of a state after Parameters processing". The words are a guess. */
  small(input: Json): Json {
    if (bytesOf(input) > maxPayloadBytes) throw tooLarge(this.name);
    return input;
  }

  evaluateAs<Type extends 'array' | 'boolean' | 'number' | 'string'>(
    type: Type,
    field: string,
    template: Json,
  ) {
    return this.querying(() => fillAs(type, template, field, this.#bindings({})));
  }

  /** An optional whole number, e.g. of seconds. */
  async count(
    field: string,
    template: number | string | undefined,
    least: number,
  ): Promise<number | undefined> {
    if (template === undefined) return undefined;
    return this.querying(async () => {
      const value = await fillAs('number', template, field, this.#bindings({}));
      if (Number.isInteger(value) && value >= least && value <= 99_999_999) return value;
      throw new QueryFailure(
        `The field '${field}' must be an integer of at least ${least} but was: ${value}`,
        field,
      );
    });
  }

  /** Turns a `QueryFailure` of `work` into the state's failure. */
  async querying<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof QueryFailure)) throw error;
      const cause = `${this.#where} ${error.message}`;
      const details = { state: this.name, error: 'States.QueryEvaluationError', cause };
      this.line.last = this.#failuresFollow;
      this.record('EvaluationFailed', error.location ? { ...details, location: error.location } : details);
      throw new StateError('States.QueryEvaluationError', cause);
    }
  }

  /** A failure whose cause names this state, as AWS writes it. */
  failure(error: string, cause: string) {
    return new StateError(error, `${this.#where} ${cause}`);
  }

  /** Leaves the state: evaluates Assign and Output, then writes the variables, then the event. */
  async exit(way: Way, otherwise: Json, seen: Seen = {}, at = ''): Promise<Exit> {
    const assigned = way.Assign && ((await this.evaluate(`${at}Assign`, way.Assign, seen)) as JsonObject);
    const output =
      way.Output === undefined ? otherwise : await this.evaluate(`${at}Output`, way.Output, seen);
    if (bytesOf(output) > maxPayloadBytes) throw tooLarge(this.name);

    if (assigned) this.line.scope.check(assigned);
    this.line.scope.assign(assigned ?? {});
    this.record(`${this.state.Type}StateExited`, {
      name: this.name,
      ...asOutput(output),
      ...asAssigned(assigned),
    });
    return way.Next === undefined ? { output } : { output, next: way.Next };
  }

  /** The `$states.context` of this visit. */
  context(extra?: JsonObject): JsonObject {
    const state: JsonObject = { Name: this.name, EnteredTime: this.#enteredTime };
    if (this.retryCount !== undefined) state.RetryCount = this.retryCount;
    const context: JsonObject = { ...this.line.engine.context, State: state };
    if (this.line.mapContext !== undefined) context.Map = this.line.mapContext;
    if (this.token !== undefined) context.Task = { Token: this.token };
    return { ...context, ...extra };
  }

  #bindings(seen: Seen, context?: JsonObject): Bindings {
    const { clock, random } = this.line.engine;
    return {
      ...stepFunctions({ now: () => clock.now(), random }),
      ...this.#variables,
      states: { input: this.input, context: this.context(context), ...seen },
    };
  }

  get #where() {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.#enteredId}).`;
  }
}

/** `name` is a state, or a task's resource. */
export const tooLarge = (name: string) =>
  new StateError(
    'States.DataLimitExceeded',
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );

function asAssigned(values: JsonObject | undefined) {
  const entries = Object.entries(values ?? {}).map(([name, value]) => [name, JSON.stringify(value)]);
  if (entries.length === 0) return {};
  return { assignedVariables: Object.fromEntries(entries), assignedVariablesDetails: { truncated: false } };
}
