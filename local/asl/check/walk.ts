/** Every state of an unchecked definition, at whatever depth. */
import { isObject, type JsonObject } from '../json.ts';

export type QueryLanguage = 'JSONata' | 'JSONPath';

export interface Found {
  name: string;
  state: JsonObject;
  path: string;
  language: QueryLanguage;
  /** What a state without a QueryLanguage of its own would have: that of the machine. */
  outer: QueryLanguage;
}

export interface Group {
  group: JsonObject;
  path: string;
  language: QueryLanguage;
}

export const languageOf = (holder: JsonObject, outer: QueryLanguage): QueryLanguage =>
  holder.QueryLanguage === 'JSONata' || holder.QueryLanguage === 'JSONPath' ? holder.QueryLanguage : outer;

/** The machine itself, then the branches and processors inside it. */
export function* groupsOf(group: JsonObject, language: QueryLanguage, path = ''): Generator<Group> {
  yield { group, path, language };
  for (const found of statesOf({ group, path, language })) {
    for (const inner of groupsIn(found)) yield* groupsOf(inner.group, inner.language, inner.path);
  }
}

export function* statesOf({ group, path, language }: Group): Generator<Found> {
  if (!isObject(group.States)) return;
  for (const [name, state] of Object.entries(group.States)) {
    if (!isObject(state)) continue;
    yield {
      name,
      state,
      path: `${path}/States/${name}`,
      language: languageOf(state, language),
      outer: language,
    };
  }
}

/** The groups that a state holds. They take the language of the machine, not of the state around them. */
export function* groupsIn({ state, path, outer: language }: Found): Generator<Group> {
  for (const field of ['ItemProcessor', 'Iterator']) {
    const group = state[field];
    if (isObject(group)) yield { group, path: `${path}/${field}`, language };
  }
  const { Branches } = state;
  if (!Array.isArray(Branches)) return;
  for (const [index, group] of Branches.entries()) {
    if (isObject(group)) yield { group, path: `${path}/Branches[${index}]`, language };
  }
}
