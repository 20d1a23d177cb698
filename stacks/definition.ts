/** The state machine's definition, with what is in AWS in place of its `${Name}`s. */

/** Throws for a name that has no value, and for a value that no name asks for. */
export function substitute(definition: object, values: Record<string, string>): string {
  const used = new Set<string>();
  const text = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the state machine asks for \${${name}}, and there is none`);
    used.add(name);
    return JSON.stringify(value).slice(1, -1);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the state machine never asks for ${unused.join(', ')}`);
  return text;
}

/** Names of its Task states, which are the names of their functions. */
export const taskNames = ({ States }: { States: Record<string, { Type: string }> }): string[] =>
  Object.entries(States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));
