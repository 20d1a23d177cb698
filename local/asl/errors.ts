/** How a state ends badly. Everything else that is thrown is a fault of the interpreter, or an abort. */
import { type Json, known } from './json.ts';

/** In characters. Source: API reference, SendTaskFailure, StopExecution and ExecutionFailedEventDetails. */
export const maxErrorLength = 256;
export const maxCauseLength = 32_768;

/** A state failed with an error name that Retry and Catch look at. AWS knows failures without name or cause, too. */
export class StateError extends Error {
  readonly error: string | undefined;
  readonly causeText: string | undefined;

  constructor(error?: string, causeText?: string) {
    super(causeText ?? error ?? 'The state failed.');
    this.error = error;
    this.causeText = causeText;
  }

  override get name() {
    return 'StateError';
  }

  /** Does a Retry or Catch that lists `listed` mean this error? */
  answersTo(listed: string): boolean {
    if (listed === this.error) return true;
    if (this.error === 'States.Runtime') return false;
    return listed === 'States.ALL' || listed === 'States.TaskFailed';
  }

  /** `$states.errorOutput`: what was not given is null. */
  get output(): Json {
    return { Error: this.error ?? null, Cause: this.causeText ?? null };
  }

  /** The error as history events and executions carry it: what was not given is absent. */
  get details() {
    return known({ error: this.error, cause: this.causeText });
  }
}

/**
 * TimeoutSeconds or HeartbeatSeconds of a task ran out. AWS reports both as `States.Timeout` without a cause;
 * `States.HeartbeatTimeout` is only another name by which a Retry or Catch may mean the second.
 */
export class TaskTimeout extends StateError {
  readonly #heartbeat: boolean;

  constructor(clock: 'timeout' | 'heartbeat') {
    super('States.Timeout');
    this.#heartbeat = clock === 'heartbeat';
  }

  override answersTo(listed: string): boolean {
    if (listed === 'States.HeartbeatTimeout') return this.#heartbeat;
    return listed === 'States.Timeout' || listed === 'States.ALL';
  }

  override get output(): Json {
    return { Error: 'States.Timeout', Cause: '' };
  }
}

/** Not a failure: the line of states was ended from outside, because a sibling failed or the execution is over. */
export class Aborted extends Error {
  override get name() {
    return 'Aborted';
  }
}
