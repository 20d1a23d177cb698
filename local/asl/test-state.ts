/** One state by itself, with its task, branches or iterations replaced by a mock: what the TestState API does. */
import type { Clock } from '../clock.ts';
import { checkState, InvalidDefinition } from './check/check.ts';
import { languageOf } from './check/walk.ts';
import type { MapState, RecoverableState, State } from './definition.ts';
import { StateError } from './errors.ts';
import { History } from './history.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Invoke } from './lambda.ts';
import { type Engine, Line } from './line.ts';
import { backoffSeconds, firstFor, mayRetry } from './retry.ts';
import { attempt, enter, run } from './run.ts';
import { Scope } from './scope.ts';
import { exceeds, limitsOf, thresholdExceeded, tolerates } from './states/map.ts';
import { TaskTokens } from './tokens.ts';
import { Visit } from './visit.ts';

export interface StateTest {
  /** A state, or a state machine together with `stateName`. */
  definition: JsonObject;
  stateName?: string;
  input: Json;
  variables?: JsonObject;
  /** `$states.context`, without `State`. */
  context: JsonObject;
  /** Stands for the task, the branches or the iterations. Without it they run, and `invoke` is called. */
  mock?: { result: Json } | { error?: string; cause?: string };
  /** How often the retrier that matches has retried already. */
  retrierRetryCount?: number;
  mapIterationFailureCount?: number;
  clock: Clock;
  invoke: Invoke;
  random?: () => number;
}

export interface StateTestResult {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  output?: Json;
  error?: string;
  cause?: string;
  nextState?: string;
  /** `input` and what else was looked at on the way. */
  inspection: JsonObject;
}

/** Throws `InvalidDefinition` where AWS would refuse the state. What is not implemented can be tested with a mock. */
export async function testState(test: StateTest): Promise<StateTestResult> {
  const { name, state } = chosen(test);
  const inspection: JsonObject = { input: test.input };
  const line = lineFor(test);
  try {
    const { next, ...result } = await ended(state, name, line, test, inspection);
    const variables = line.scope.visible();
    if (Object.keys(variables).length > 0) inspection.variables = variables;
    return next === undefined ? { ...result, inspection } : { ...result, nextState: next, inspection };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { status: 'FAILED', ...error.details, inspection };
  }
}

async function ended(
  state: State,
  name: string,
  line: Line,
  test: StateTest,
  inspection: JsonObject,
): Promise<Ended> {
  if (isRecoverable(state)) return attempted(new Visit(line, name, state, test.input), test, inspection);
  return { status: 'SUCCEEDED', ...(await enter(state, name, test.input, line)) };
}

const isRecoverable = (state: State): state is RecoverableState =>
  state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';

type Ended = Omit<StateTestResult, 'inspection' | 'nextState'> & { next?: string };

async function attempted(
  visit: Visit<RecoverableState>,
  test: StateTest,
  inspection: JsonObject,
): Promise<Ended> {
  visit.retryCount = test.retrierRetryCount ?? 0;
  try {
    await inspect(visit, test, inspection);
    const result = test.mock ? mocked(test.mock) : await attempt(visit);
    if (visit.state.Type === 'Task') inspection.result = result;
    return { status: 'SUCCEEDED', ...(await visit.exit(visit.state, result, { result })) };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return recovered(visit, error, visit.retryCount, inspection);
  }
}

function mocked(mock: NonNullable<StateTest['mock']>): Json {
  if ('result' in mock) return mock.result;
  throw new StateError(mock.error, mock.cause);
}

async function inspect(visit: Visit<RecoverableState>, test: StateTest, inspection: JsonObject) {
  const { state } = visit;
  if (state.Type === 'Map') return inspectMap(visit as Visit<MapState>, test, inspection);
  if (state.Arguments === undefined) return;
  const given = await visit.evaluate('Arguments', state.Arguments);
  if (state.Type === 'Task') inspection.afterArguments = given;
}

async function inspectMap(visit: Visit<MapState>, test: StateTest, inspection: JsonObject) {
  const { maxConcurrency, ...tolerance } = await limitsOf(visit);
  inspection.maxConcurrency = maxConcurrency;
  for (const [threshold, value] of Object.entries(tolerance)) {
    if (value !== undefined) inspection[threshold] = value;
  }
  const { Items } = visit.state;
  const items = Items === undefined ? visit.input : await visit.evaluate('Items', Items);
  const total = Array.isArray(items) ? items.length : Object.keys(isObject(items) ? items : {}).length;
  const failed = test.mapIterationFailureCount ?? 0;
  if (tolerates(tolerance) && exceeds(tolerance, failed, total)) throw thresholdExceeded();
}

/** What Retry, then Catch would make of the error. */
async function recovered(
  visit: Visit<RecoverableState>,
  error: StateError,
  retried: number,
  inspection: JsonObject,
): Promise<Ended> {
  const { Retry = [], Catch = [] } = visit.state;
  const details: JsonObject = {};
  const retry = firstFor(Retry, error);
  if (retry) {
    details.retryIndex = retry.index;
    inspection.errorDetails = details;
    if (mayRetry(retry.listing, retried)) {
      details.retryBackoffIntervalSeconds = backoffSeconds(retry.listing, retried + 1);
      return { status: 'RETRIABLE', ...error.details };
    }
  }
  const found = firstFor(Catch, error);
  if (!found) throw error;
  details.catchIndex = found.index;
  inspection.errorDetails = details;
  const seen = { errorOutput: error.output };
  const exit = await visit.exit(found.listing, error.output, seen, `Catch[${found.index}]/`);
  return { status: 'CAUGHT_ERROR', ...error.details, ...exit };
}

function chosen({ definition, stateName }: StateTest): { name: string; state: State } {
  const states = isObject(definition.States) ? definition.States : undefined;
  const name = stateName ?? (states ? String(definition.StartAt) : 'StateName');
  const state = states ? states[name] : definition;
  if (!isObject(state))
    throw new InvalidDefinition([{ code: 'INVALID_STATE_NAME', message: `No state '${name}'` }]);
  const outer = languageOf(definition, 'JSONPath');
  const problems = [...checkState({ name, state, path: '', language: languageOf(state, outer), outer })];
  if (problems.length > 0) throw new InvalidDefinition(problems);
  return { name, state: state as unknown as State };
}

function lineFor({ clock, invoke, variables = {}, context, random = Math.random }: StateTest): Line {
  const history = new History(() => clock.now());
  const tokens = new TaskTokens(() => 'token');
  const transitionDelayMs = () => 0;
  const engine: Engine = { clock, random, invoke, history, tokens, context, transitionDelayMs, run };
  const scope = new Scope();
  scope.assign(variables);
  return new Line({
    engine,
    scope,
    signal: new AbortController().signal,
    mapContext: undefined,
    nested: false,
    last: 0,
  });
}
