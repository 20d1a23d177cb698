/** The expressions that the house allows: `{% $plan.running %}`, and in a Choice `{% $scan.status = 'fail' %}`. */
import * as z from 'zod';

export interface Reference {
  /** A variable's name; or `$input`, `$result` or `$failure`, which no variable can be called. */
  root: string;
  fields: string[];
}

export type Literal = string | number | boolean | null;

export interface Comparison {
  reference: Reference;
  operator: '=' | '!=';
  literal: Literal;
}

/** What a reference may start with instead of a variable, and the root it then has: `{ 'states.result': '$result' }`. */
export type Roots = Readonly<Record<string, string>>;

const fields = String.raw`[A-Za-z]\w*(?:\.[A-Za-z]\w*)*`;
const referring = new RegExp(String.raw`^\{% \$(${fields}) %\}$`);
const comparing = new RegExp(
  String.raw`^\{% \$(${fields}) (!?=) (?:'([^'\\]*)'|(true|false|null|-?\d+)) %\}$`,
);

/** A text that is no expression. */
export const plainText = z.string().regex(/^(?!\{%)/);

export const referenceSchema = (mistake: string, roots: Roots, variables: 'or a variable' | 'only') =>
  z.string({ error: mistake }).transform((text, context) => {
    const [, dotted = ''] = referring.exec(text) ?? [];
    return split(dotted, roots, variables) ?? refuse(context, mistake);
  });

export const comparisonSchema = (mistake: string, roots: Roots) =>
  z.string({ error: mistake }).transform((text, context): Comparison => {
    const [, dotted = '', operator, quoted, bare = 'null'] = comparing.exec(text) ?? [];
    const reference = split(dotted, roots, 'or a variable') ?? refuse(context, mistake);
    return { reference, operator: operator === '!=' ? '!=' : '=', literal: quoted ?? JSON.parse(bare) };
  });

function split(dotted: string, roots: Roots, variables: 'or a variable' | 'only'): Reference | undefined {
  for (const [start, root] of Object.entries(roots)) {
    if (dotted === start) return { root, fields: [] };
    if (dotted.startsWith(`${start}.`)) return { root, fields: dotted.slice(start.length + 1).split('.') };
  }
  const [root = '', ...fields] = dotted.split('.');
  return variables === 'or a variable' && root && root !== 'states' ? { root, fields } : undefined;
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** The reference as TypeScript code. */
export const codeOf = ({ root, fields }: Reference) => [root, ...fields].join('.');

/** The literal as TypeScript code, which is its type, too. */
export const literalCode = (literal: Literal) =>
  typeof literal === 'string' ? `'${literal}'` : `${literal}`;

/** The TypeScript type of what `state` assigns. */
export function typeOf(state: string, value: Reference | Literal): string {
  if (!isReference(value)) return literalCode(value);
  return typesOfRoots(state)[value.root] + value.fields.map((field) => `['${field}']`).join('');
}

/** What is known beside the variables. */
export const typesOfRoots = (state: string): Record<string, string> => ({
  $input: 'ReleaseRequest',
  $result: `Out<'${state}'>`,
  $failure: 'Failure',
});

export const isReference = (value: unknown): value is Reference =>
  typeof value === 'object' && value !== null;
