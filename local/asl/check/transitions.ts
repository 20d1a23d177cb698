/** Where the states lead: every target exists, every state is reached, and there is a way out. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { type Problem, schema } from './problem.ts';
import { type Group, statesOf } from './walk.ts';

interface Target {
  name: string;
  field: string;
}

export function* checkTransitions(at: Group): Generator<Problem> {
  const { group, path } = at;
  const missing = ['States', 'StartAt'].filter((field) => group[field] === undefined);
  if (missing.length > 0)
    return yield schema(`These fields are required: [${missing.join(', ')}]`, path || '/');
  const states = new Map([...statesOf(at)].map((found) => [found.name, found]));
  if (states.size === 0) return yield schema('States must not be empty', `${path}/States`);

  const start = String(group.StartAt);
  if (!states.has(start)) yield lost('StartAt', start, `${path}/StartAt`);
  for (const { state, path: statePath } of states.values()) {
    yield* checkEnd(state, statePath);
    for (const { name, field } of targetsOf(state)) {
      if (!states.has(name)) yield lost('Next', name, `${statePath}/${field}`);
    }
  }

  const reached = reachable(start, (name) =>
    targetsOf(states.get(name)?.state ?? {}).map((target) => target.name),
  );
  for (const { name, path: statePath } of states.values()) {
    if (reached.has(name)) continue;
    yield {
      code: 'MISSING_TRANSITION_TARGET',
      message: `State "${name}" is not reachable.`,
      location: statePath,
    };
  }
  if (![...reached].some((name) => ends(states.get(name)?.state))) {
    yield {
      code: 'MISSING_END_STATE',
      message: 'No state in which it ends can be reached',
      location: `${path}/States`,
    };
  }
}

const lost = (what: string, name: string, location: string): Problem => ({
  code: 'MISSING_TRANSITION_TARGET',
  message: `Missing '${what}' target: ${name}`,
  location,
});

/** What leads nowhere counts as an end; where it should not, that has been reported already. */
const ends = (state: JsonObject | undefined) => !state || targetsOf(state).length === 0 || state.End === true;

function* checkEnd(state: JsonObject, path: string): Generator<Problem> {
  const goesOn = !['Choice', 'Succeed', 'Fail'].includes(String(state.Type));
  if (!goesOn) return;
  const ways = Number(state.Next !== undefined) + Number(state.End === true);
  if (ways !== 1) yield schema('Exactly one of Next and End is required', path);
}

function targetsOf(state: JsonObject): Target[] {
  const targets = [
    ...[target(state.Next, 'Next'), target(state.Default, 'Default')],
    ...nexts(state.Choices, 'Choices'),
    ...nexts(state.Catch, 'Catch'),
  ];
  return targets.filter((one) => one !== undefined);
}

const nexts = (list: Json | undefined, field: string) =>
  Array.isArray(list)
    ? list.map((entry, index) => target(isObject(entry) && entry.Next, `${field}[${index}]/Next`))
    : [];

const target = (name: unknown, field: string): Target | undefined =>
  typeof name === 'string' ? { name, field } : undefined;

function reachable(start: string, next: (name: string) => string[]): Set<string> {
  const reached = new Set<string>();
  const todo = [start];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    todo.push(...next(name));
  }
  return reached;
}
