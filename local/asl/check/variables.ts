/** Variables: names that may be assigned, and none that an outer scope assigns, too. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { type Problem, schema } from './problem.ts';
import { type Found, type Group, groupsIn, statesOf } from './walk.ts';

/**
 * A scope is a group of states; `outer` are the names of the scopes around it. What a Parallel or Map assigns itself,
 * in its Catch for example, may be assigned inside it, too: AWS runs such definitions.
 */
export function* checkVariables(at: Group, outer: ReadonlySet<string> = new Set()): Generator<Problem> {
  const states = [...statesOf(at)];
  const assigned = states.flatMap((found) => [...assignments(found)]);
  for (const { name, path } of assigned) {
    if (name === 'states') yield schema("The variable name 'states' is reserved", path);
    if (!/^[\p{ID_Start}][\p{ID_Continue}]{0,79}$/u.test(name))
      yield schema(`'${name}' is not a variable name`, path);
    if (outer.has(name)) yield schema(`The variable '${name}' is already assigned in an outer scope`, path);
  }
  for (const found of states) {
    const others = assigned.filter(({ by }) => by !== found.name);
    const inner = new Set([...outer, ...others.map(({ name }) => name)]);
    for (const group of groupsIn(found)) yield* checkVariables(group, inner);
  }
}

/** What the state, its rules and its catchers assign. */
function* assignments({ name, state, path }: Found) {
  yield* namesIn(name, state, path);
  for (const field of ['Choices', 'Catch']) {
    const list: Json | undefined = state[field];
    if (!Array.isArray(list)) continue;
    for (const [index, entry] of list.entries()) {
      if (isObject(entry)) yield* namesIn(name, entry, `${path}/${field}[${index}]`);
    }
  }
}

function* namesIn(by: string, { Assign }: JsonObject, path: string) {
  if (!isObject(Assign)) return;
  for (const name of Object.keys(Assign)) yield { by, name, path: `${path}/Assign/${name}` };
}
