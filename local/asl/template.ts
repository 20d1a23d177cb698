/** A template: JSON in which any string may be an expression. */
import type { Json } from './json.ts';
import { evaluate, expressionIn, QueryFailure } from './jsonata.ts';

export type Bindings = Record<string, unknown>;

/** Evaluates every expression, in document order. Undefined is an error here, never an omitted key. */
export async function fill(template: Json, field: string, bindings: Bindings): Promise<Json> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    return source === undefined ? template : evaluate(source, field, bindings);
  }
  if (Array.isArray(template)) {
    const filled: Json[] = [];
    for (const [index, item] of template.entries())
      filled.push(await fill(item, `${field}[${index}]`, bindings));
    return filled;
  }
  if (template !== null && typeof template === 'object') {
    const filled: [string, Json][] = [];
    for (const [key, item] of Object.entries(template)) {
      filled.push([key, await fill(item, `${field}/${key}`, bindings)]);
    }
    return Object.fromEntries(filled);
  }
  return template;
}

interface Shapes {
  array: Json[];
  boolean: boolean;
  number: number;
  string: string;
}

export function typeOf(value: Json) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Fills a field that takes one type only. */
export async function fillAs<Type extends keyof Shapes>(
  type: Type,
  template: Json,
  field: string,
  bindings: Bindings,
): Promise<Shapes[Type]> {
  const value = await fill(template, field, bindings);
  if (typeOf(value) !== type) throw unexpectedType(type, template, field, value);
  return value as Shapes[Type];
}

export function unexpectedType(expected: string, template: Json, field: string, value: Json) {
  const source = (typeof template === 'string' && expressionIn(template)) || JSON.stringify(template);
  return new QueryFailure(
    `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. ` +
      `Expected '${expected}', but was '${typeOf(value)}' for value: ${JSON.stringify(value)}`,
    field,
  );
}
