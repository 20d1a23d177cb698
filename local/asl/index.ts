/** The interpreter's one door. README.md beside this file shows it in use. */
import { InvalidDefinition } from './check/check.ts';
import { problemsOf } from './check/remembered.ts';
import type { Definition } from './definition.ts';
import { type Execution, type ExecutionOptions, execute } from './execution.ts';

export { uuid } from '../lambda/uuid.ts';
export { checkDefinition, checkRules, InvalidDefinition, type Problem } from './check/check.ts';
export { definitionOf, problemsOf } from './check/remembered.ts';
export { maxCauseLength, maxErrorLength } from './errors.ts';
export type { Execution, ExecutionOptions, ExecutionStatus, Outcome } from './execution.ts';
export type { HistoryEvent } from './history.ts';
export type { Json, JsonObject } from './json.ts';
export { type Call, type Invoke, type LambdaErrorPayload, lambdaError, taskError } from './lambda.ts';
export { tell } from './listener.ts';
export { type StateTest, type StateTestResult, testState } from './test-state.ts';
export { TokenError } from './tokens.ts';

/**
 * Starts an execution. Its first state is entered in the next microtask, so that `onEvent` and the
 * tokens can be taken up before. Throws `InvalidDefinition`, with every problem, for a definition that
 * AWS would refuse or that uses what is not implemented.
 */
export function startExecution(options: ExecutionOptions): Execution {
  const problems = problemsOf(options.definition);
  if (problems.length > 0) throw new InvalidDefinition(problems);
  return execute(options.definition as Definition, options);
}
