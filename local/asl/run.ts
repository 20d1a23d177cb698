/** From state to state. */
import type {
  MapState,
  ParallelState,
  RecoverableState,
  State,
  StateGroup,
  TaskState,
} from './definition.ts';
import { Aborted, StateError } from './errors.ts';
import type { Json } from './json.ts';
import type { Line } from './line.ts';
import { map } from './states/map.ts';
import { parallel } from './states/parallel.ts';
import { choose, fail, pass, succeed, wait } from './states/passive.ts';
import { recovering } from './states/recovering.ts';
import { task } from './states/task.ts';
import { type Exit, Visit } from './visit.ts';

/** Runs a group of states to its end and answers its output. Throws `StateError` when a state failed. */
export async function run(group: StateGroup, input: Json, line: Line): Promise<Json> {
  let exit: Exit = { output: input, next: group.StartAt };
  while (exit.next !== undefined) {
    const state = group.States[exit.next];
    if (!state) throw new StateError('States.Runtime', `There is no state '${exit.next}'.`);
    await line.turn();
    exit = await visited(state, exit.next, exit.output, line);
    line.signal.throwIfAborted();
  }
  return exit.output;
}

/** AWS tells of these that they were left without an exit. */
const abortable = new Set(['Task', 'Wait', 'Parallel', 'Map']);

async function visited(state: State, name: string, input: Json, line: Line): Promise<Exit> {
  try {
    return await enter(state, name, input, line);
  } catch (error) {
    const left = error instanceof StateError || error instanceof Aborted;
    if (left && line.nested && abortable.has(state.Type)) line.aside(`${state.Type}StateAborted`);
    throw error;
  }
}

export function enter(state: State, name: string, input: Json, line: Line): Promise<Exit> {
  switch (state.Type) {
    case 'Task':
    case 'Parallel':
    case 'Map':
      return recovering(new Visit(line, name, state, input), attempt);
    case 'Choice':
      return choose(new Visit(line, name, state, input));
    case 'Wait':
      return wait(new Visit(line, name, state, input));
    case 'Pass':
      return pass(new Visit(line, name, state, input));
    case 'Succeed':
      return succeed(new Visit(line, name, state, input));
    case 'Fail':
      return fail(new Visit(line, name, state, input));
  }
}

/** One attempt of a state that can be tried again. */
export function attempt(visit: Visit<RecoverableState>): Promise<Json> {
  switch (visit.state.Type) {
    case 'Task':
      return task(visit as Visit<TaskState>);
    case 'Parallel':
      return parallel(visit as Visit<ParallelState>);
    case 'Map':
      return map(visit as Visit<MapState>);
  }
}
