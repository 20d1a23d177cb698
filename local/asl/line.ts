/** A line of states: the execution itself, a branch of a Parallel, an iteration of a Map. */
import type { Clock } from '../clock.ts';
import type { StateGroup } from './definition.ts';
import type { History } from './history.ts';
import type { Json, JsonObject } from './json.ts';
import type { Invoke } from './lambda.ts';
import type { Scope } from './scope.ts';
import type { TaskTokens } from './tokens.ts';
import { pause } from './waiting.ts';

/** What all lines of one execution share. */
export interface Engine {
  readonly clock: Clock;
  readonly random: () => number;
  readonly invoke: Invoke;
  readonly history: History;
  readonly tokens: TaskTokens;
  /** `$states.context` as far as it is the same everywhere: `Execution` and `StateMachine`. */
  readonly context: JsonObject;
  /** See `ExecutionOptions`. */
  readonly transitionDelayMs: () => number;
  /** Runs a group of states to its end and answers its output. */
  readonly run: (group: StateGroup, input: Json, line: Line) => Promise<Json>;
}

export class Line {
  readonly engine: Engine;
  readonly scope: Scope;
  /** Aborted when the line is to end at once. */
  readonly signal: AbortSignal;
  /** `$states.context.Map`, inside an iteration. */
  readonly mapContext: Json | undefined;
  /** A branch or an iteration, and not the execution itself. */
  readonly nested: boolean;
  /** Id of the event that the next one of this line follows. */
  last: number;

  constructor(parts: Pick<Line, 'engine' | 'scope' | 'signal' | 'mapContext' | 'nested' | 'last'>) {
    this.engine = parts.engine;
    this.scope = parts.scope;
    this.signal = parts.signal;
    this.mapContext = parts.mapContext;
    this.nested = parts.nested;
    this.last = parts.last;
  }

  /** Writes an event that the next one follows. */
  record(type: string, details?: Record<string, unknown>): number {
    this.last = this.aside(type, details);
    return this.last;
  }

  /** Waits for the account's turn to go on to a state, or to another attempt at it; undefined where it may at once. */
  turn(): Promise<void> | undefined {
    const delayMs = this.engine.transitionDelayMs();
    return delayMs > 0 ? pause(this.engine.clock, delayMs, this.signal) : undefined;
  }

  /** Writes an event that the next one passes over. */
  aside(type: string, details?: Record<string, unknown>): number {
    return this.engine.history.add(type, this.last, details);
  }
}
