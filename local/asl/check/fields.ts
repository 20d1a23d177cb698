/** Which fields a state may have, must have, and what they look like. */
import { timestampPattern } from '../definition.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { expressionIn } from '../jsonata.ts';
import { type Problem, schema } from './problem.ts';
import type { Found } from './walk.ts';

const everywhere = ['Type', 'Comment', 'QueryLanguage'];
const onward = ['Next', 'End', 'Assign', 'Output'];
const recovery = ['Retry', 'Catch'];

/** What may stand in a JSONata state, by its Type. */
const allowed: Record<string, readonly string[]> = {
  Task: [
    ...onward,
    ...recovery,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    'Credentials',
  ],
  Parallel: [...onward, ...recovery, 'Branches', 'Arguments'],
  Map: [
    ...[...onward, ...recovery, 'Items', 'ItemSelector', 'ItemProcessor', 'Iterator', 'MaxConcurrency'],
    ...['ToleratedFailureCount', 'ToleratedFailurePercentage'],
    ...['Label', 'ItemReader', 'ItemBatcher', 'ResultWriter'],
  ],
  Pass: onward,
  Wait: [...onward, 'Seconds', 'Timestamp'],
  Choice: ['Choices', 'Default', 'Assign', 'Output'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
};

const required: Record<string, readonly string[]> = {
  Task: ['Resource'],
  Parallel: ['Branches'],
  Choice: ['Choices'],
};

export const jsonPathFields = new Set([
  ...['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath'],
  ...['SecondsPath', 'TimestampPath', 'TimeoutSecondsPath', 'HeartbeatSecondsPath', 'MaxConcurrencyPath'],
  ...['ToleratedFailureCountPath', 'ToleratedFailurePercentagePath', 'ErrorPath', 'CausePath', 'Variable'],
]);

/** Source: developer guide, quotas of state machines. */
const maxNameLength = 80;

export function* checkFields({ name, state, path, language }: Found): Generator<Problem> {
  if (name.length > maxNameLength) {
    yield schema(`The name of a state must have at most ${maxNameLength} characters`, path);
  }
  const type = String(state.Type);
  const fields = Object.hasOwn(allowed, type) ? allowed[type] : undefined;
  if (state.Type === undefined) return yield schema(`The field 'Type' is required but was missing`, path);
  if (!fields) return yield schema(`'${type}' is not a Type of state`, `${path}/Type`);
  for (const field of required[type] ?? []) {
    if (state[field] === undefined) yield schema(`The field '${field}' is required but was missing`, path);
  }
  yield* checkTimestamp(state, path);
  if (language === 'JSONPath') return;

  for (const field of Object.keys(state)) {
    if (everywhere.includes(field) || fields.includes(field)) continue;
    const why = jsonPathFields.has(field)
      ? ' in a state whose QueryLanguage is JSONata'
      : ` in a ${type} state`;
    yield schema(`The field '${field}' is not supported${why}`, `${path}/${field}`);
  }
  yield* checkValues(state, path);
}

/** AWS looks at this one whatever the language. */
function* checkTimestamp({ Type, Timestamp }: JsonObject, path: string): Generator<Problem> {
  if (Type !== 'Wait' || typeof Timestamp !== 'string' || expressionIn(Timestamp) !== undefined) return;
  if (!timestampPattern.test(Timestamp)) {
    yield schema('String does not match RFC3339 timestamp', `${path}/Timestamp`);
  }
}

function* checkValues(state: JsonObject, path: string): Generator<Problem> {
  yield* checkCounts(state, path);
  if (state.Assign !== undefined && !isObject(state.Assign))
    yield schema('Assign must be an object', `${path}/Assign`);
  if (
    state.Credentials !== undefined &&
    !(isObject(state.Credentials) && state.Credentials.RoleArn !== undefined)
  ) {
    yield schema(`The field 'RoleArn' is required but was missing`, `${path}/Credentials`);
  }
  if (isInvoke(state.Resource) && isObject(state.Arguments) && state.Arguments.FunctionName === undefined) {
    yield schema(`The field 'FunctionName' is required but was missing`, `${path}/Arguments`);
  }
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) {
    yield schema('A Wait state needs exactly one of Seconds and Timestamp', path);
  }
  if (state.Type === 'Map' && (state.ItemProcessor === undefined) === (state.Iterator === undefined)) {
    yield schema(`The field 'ItemProcessor' is required but was missing`, path);
  }
  if (Array.isArray(state.Choices)) yield* checkChoices(state.Choices, path);
  for (const field of ['Error', 'Cause', 'Timestamp']) {
    const value = state[field];
    if (value !== undefined && typeof value !== 'string')
      yield schema(`${field} must be a string`, `${path}/${field}`);
  }
}

const isInvoke = (resource: Json | undefined) => /^arn:aws:states:::lambda:invoke\b/.test(String(resource));

function* checkChoices(choices: Json[], path: string): Generator<Problem> {
  if (choices.length === 0) yield schema('Choices must not be empty', `${path}/Choices`);
  for (const [index, rule] of choices.entries()) {
    const at = `${path}/Choices[${index}]`;
    if (!isObject(rule)) {
      yield schema('A choice rule must be an object', at);
      continue;
    }
    for (const field of ['Condition', 'Next']) {
      if (rule[field] === undefined) yield schema(`The field '${field}' is required but was missing`, at);
    }
    for (const field of Object.keys(rule)) {
      if (!['Condition', 'Next', 'Assign', 'Output', 'Comment'].includes(field)) {
        yield schema(`The field '${field}' is not supported in a choice rule`, `${at}/${field}`);
      }
    }
    const { Condition } = rule;
    const isExpression = typeof Condition === 'string' && expressionIn(Condition) !== undefined;
    if (Condition !== undefined && typeof Condition !== 'boolean' && !isExpression) {
      yield schema('Condition must be a JSONata expression or a boolean', `${at}/Condition`);
    }
  }
}

/** The least value of every field that counts something. Each may be an expression instead. */
const least: Record<string, number> = {
  Seconds: 0,
  TimeoutSeconds: 1,
  HeartbeatSeconds: 1,
  MaxConcurrency: 0,
  ToleratedFailureCount: 0,
  ToleratedFailurePercentage: 0,
};

function* checkCounts(state: JsonObject, path: string): Generator<Problem> {
  for (const [field, minimum] of Object.entries(least)) {
    const value = state[field];
    if (value === undefined) continue;
    const isExpression = typeof value === 'string' && expressionIn(value) !== undefined;
    const isCount = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= 99_999_999;
    if (!isExpression && !isCount) {
      yield schema(
        `${field} must be an integer of at least ${minimum} or a JSONata expression`,
        `${path}/${field}`,
      );
    }
  }
  const { TimeoutSeconds, HeartbeatSeconds } = state;
  if (
    typeof TimeoutSeconds === 'number' &&
    typeof HeartbeatSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    yield schema('HeartbeatSeconds must be smaller than TimeoutSeconds', `${path}/HeartbeatSeconds`);
  }
}
