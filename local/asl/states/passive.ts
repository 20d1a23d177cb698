/** The states that only look: Pass, Choice, Wait, Succeed and Fail. They cannot be tried again. */
import {
  type ChoiceState,
  type FailState,
  type PassState,
  type SucceedState,
  timestampPattern,
  type WaitState,
} from '../definition.ts';
import { maxCauseLength, maxErrorLength, StateError } from '../errors.ts';
import { QueryFailure } from '../jsonata.ts';
import { type Exit, tooLarge, type Visit } from '../visit.ts';

export const pass = (visit: Visit<PassState>): Promise<Exit> => visit.exit(visit.state, visit.input);

export const succeed = (visit: Visit<SucceedState>): Promise<Exit> => visit.exit(visit.state, visit.input);

export async function fail(visit: Visit<FailState>): Promise<never> {
  const { Error: errorField, Cause: causeField } = visit.state;
  const error = errorField === undefined ? undefined : await visit.evaluateAs('string', 'Error', errorField);
  const cause = causeField === undefined ? undefined : await visit.evaluateAs('string', 'Cause', causeField);
  // No event of AWS's could tell more than that. What a Fail state does instead is not documented: this is a guess.
  if (lengthOf(error) > maxErrorLength || lengthOf(cause) > maxCauseLength) throw tooLarge(visit.name);
  throw new StateError(error, cause);
}

const lengthOf = (text: string | undefined) => text?.length ?? 0;

/** The first rule that holds brings its own Assign and Output; without one, the state's count. */
export async function choose(visit: Visit<ChoiceState>): Promise<Exit> {
  const { Choices, Default, ...state } = visit.state;
  for (const [index, rule] of Choices.entries()) {
    const holds = await visit.evaluateAs('boolean', `Choices[${index}]/Condition`, rule.Condition);
    if (holds) return visit.exit(rule, visit.input, {}, `Choices[${index}]/`);
  }
  if (Default !== undefined) return visit.exit({ ...state, Next: Default }, visit.input);
  throw visit.failure(
    'States.NoChoiceMatched',
    'Failed to transition out of the state. The state does not point to a next state.',
  );
}

export async function wait(visit: Visit<WaitState>): Promise<Exit> {
  await visit.pause(await milliseconds(visit));
  visit.underWay();
  return visit.exit(visit.state, visit.input);
}

async function milliseconds(visit: Visit<WaitState>): Promise<number> {
  const { Seconds, Timestamp } = visit.state;
  const seconds = await visit.count('Seconds', Seconds, 0);
  if (seconds !== undefined || Timestamp === undefined) return (seconds ?? 0) * 1000;

  const text = await visit.evaluateAs('string', 'Timestamp', Timestamp);
  visit.underWay();
  const time = timestampPattern.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN;
  return visit.querying(() => {
    if (!Number.isNaN(time)) return Math.max(0, time - visit.line.engine.clock.now());
    throw new QueryFailure(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      'Timestamp',
    );
  });
}
