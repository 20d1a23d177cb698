/** Definitions that were read and checked before: worlds of one process share a machine, and each execution asks again. */
import { isObject } from '../json.ts';
import { checkDefinition, type Problem } from './check.ts';

const known = new WeakMap<object, Problem[]>();

/** As `checkDefinition`, for a definition that does not change any more. */
export function problemsOf(definition: unknown): Problem[] {
  if (!isObject(definition)) return checkDefinition(definition);
  const problems = known.get(definition) ?? checkDefinition(definition);
  known.set(definition, problems);
  return problems;
}

let last: { text: string; definition: unknown } = { text: 'null', definition: null };

/** The definition that a JSON text is; the same object as the time before, if the text is the same. Throws as `JSON.parse`. */
export function definitionOf(text: string): unknown {
  if (last.text !== text) last = { text, definition: JSON.parse(text) };
  return last.definition;
}
