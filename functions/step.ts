/** A step is a contract and a few lines: strict schemas in and out, the errors the state machine routes on, and `run`. */
import type * as z from 'zod';
import type { Openers } from '../aws/means.ts';
import type { Opened } from '../aws/open.ts';
import type { Abort } from '../core/abort.ts';
import type { ErrorName } from '../core/errors.ts';

/** The execution that a step works for. */
export interface Execution {
  arn: string;
  /** Of the waiting state; absent for states that do not wait. */
  taskToken: string;
  /** Fires shortly before Lambda would stop the function. */
  signal: AbortSignal;
}

export interface Step<
  Name extends string = string,
  Uses extends Openers = Openers,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Errors extends ErrorName = ErrorName,
> {
  /** The Task state's name. */
  name: Name;
  /** What opens the gateways that `run` gets: these, and no other, are in the function's bundle. */
  uses: Uses;
  /** The payload without `execution` and `taskToken`. */
  input: Input;
  /** What the state answers. For a state that waits: what its task token is answered with. */
  output: Output;
  /** Every error that the state machine routes on. */
  errors: readonly Errors[];
  /** `true` for `.waitForTaskToken`: then `run` answers undefined to go on waiting. Needs `states`, which answers the token. */
  waits?: boolean;
  /**
   * Its answer instead, where somebody wants the release stopped: only of a step that has not looked at the slot by itself.
   * May throw what the state machine routes on.
   */
  aborted?: (abort: Abort) => NoInfer<z.output<Output>>;
  /** May be called twice with the same input, also after it worked. */
  run(
    input: z.output<Input>,
    aws: Opened<Uses>,
    execution: Execution,
  ): Promise<NoInfer<z.output<Output>> | undefined>;
}

/** A step that waits is refused unless it names `states`. */
type Waiting<Uses> = Uses extends { states: unknown } ? unknown : { waits?: false };

export function defineStep<
  const Name extends string,
  Uses extends Openers,
  Input extends z.ZodType,
  Output extends z.ZodType,
  const Errors extends ErrorName,
>(step: Step<Name, Uses, Input, Output, Errors> & Waiting<Uses>): Step<Name, Uses, Input, Output, Errors> {
  return step;
}
