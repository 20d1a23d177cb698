/** Retry and Catch: the names they list, and their numbers. */
import { isObject, type Json } from '../json.ts';
import { type Problem, schema } from './problem.ts';
import type { Found } from './walk.ts';

const retrierFields = [
  ...['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
  'Comment',
];
const catcherFields = ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'];

export function* checkRecovery({ state, path, language }: Found): Generator<Problem> {
  if (language === 'JSONPath') return;
  yield* checkList(state.Retry, `${path}/Retry`, retrierFields);
  yield* checkList(state.Catch, `${path}/Catch`, catcherFields);
  if (!Array.isArray(state.Retry)) return;
  for (const [index, retrier] of state.Retry.entries())
    yield* checkNumbers(retrier, `${path}/Retry[${index}]`);
}

function* checkList(list: Json | undefined, path: string, fields: string[]): Generator<Problem> {
  if (list === undefined) return;
  if (!Array.isArray(list)) return yield schema('A list is required', path);
  for (const [index, entry] of list.entries()) {
    const at = `${path}[${index}]`;
    if (!isObject(entry)) {
      yield schema('An object is required', at);
      continue;
    }
    yield* checkNames(entry.ErrorEquals, `${at}/ErrorEquals`, index === list.length - 1);
    for (const field of Object.keys(entry)) {
      if (!fields.includes(field)) yield schema(`The field '${field}' is not supported`, `${at}/${field}`);
    }
    if (fields === catcherFields && typeof entry.Next !== 'string') {
      yield schema(`The field 'Next' is required but was missing`, at);
    }
  }
}

function* checkNames(names: Json | undefined, path: string, last: boolean): Generator<Problem> {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    return yield schema('ErrorEquals must be a list of error names', path);
  }
  if (!names.includes('States.ALL')) return;
  if (names.length > 1) yield schema('States.ALL must appear alone', path);
  if (!last) yield schema('States.ALL must appear in the last place', path);
}

function* checkNumbers(retrier: Json, path: string): Generator<Problem> {
  if (!isObject(retrier)) return;
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy } = retrier;
  const wrong = (field: string, what: string) => schema(`${field} must be ${what}`, `${path}/${field}`);
  if (!isCount(IntervalSeconds, 1)) yield wrong('IntervalSeconds', 'an integer of at least 1');
  if (!isCount(MaxAttempts, 0)) yield wrong('MaxAttempts', 'an integer of at least 0');
  if (!isCount(MaxDelaySeconds, 1)) yield wrong('MaxDelaySeconds', 'an integer of at least 1');
  if (BackoffRate !== undefined && !(typeof BackoffRate === 'number' && BackoffRate >= 1)) {
    yield wrong('BackoffRate', 'a number of at least 1');
  }
  if (JitterStrategy !== undefined && JitterStrategy !== 'FULL' && JitterStrategy !== 'NONE') {
    yield wrong('JitterStrategy', 'FULL or NONE');
  }
  const interval = IntervalSeconds ?? 1;
  if (MaxDelaySeconds !== undefined && Number(MaxDelaySeconds) <= Number(interval)) {
    yield wrong('MaxDelaySeconds', 'greater than IntervalSeconds');
  }
}

const isCount = (value: Json | undefined, least: number) =>
  value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= 99_999_999);
