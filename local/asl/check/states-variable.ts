/** Which fields of `$states` an expression reads, as far as its text says so. */
import type { ExprNode } from 'jsonata';

/** Each once: `input` of `$states.input.a + $states.input.b`. */
export function fieldsOfStates(ast: ExprNode): ReadonlySet<string> {
  const found = new Set<string>();
  collect(ast, found);
  return found;
}

function collect(node: unknown, found: Set<string>) {
  if (typeof node !== 'object' || node === null) return;
  const { steps } = node as { steps?: { type: string; value: unknown }[] };
  const [first, second] = Array.isArray(steps) ? steps : [];
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
    found.add(String(second.value));
  }
  for (const part of Object.values(node)) collect(part, found);
}
