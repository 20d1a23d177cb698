/** JSONata as Step Functions evaluates it: one expression in, plain JSON or a reason out. */
import jsonata from 'jsonata';
import type { Json } from './json.ts';

/** An expression that did not answer plain JSON. `location` is the field, e.g. `Output/result`. */
export class QueryFailure extends Error {
  readonly location: string | undefined;

  constructor(message: string, location?: string) {
    super(message);
    this.location = location;
  }
}

/** The expression inside `{% … %}`. Anything before or after the delimiters makes the string a literal. */
export function expressionIn(text: string): string | undefined {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}')
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Keeps a mistaken expression from holding up the process: milliseconds, and depth of recursion. */
const guardrails = { timeout: 2_000, stack: 1_000 };

const compiled = new Map<string, jsonata.Expression>();

/** Throws JSONata's own error, with `code` and `message`, when the text is not an expression. */
export function compile(source: string): jsonata.Expression {
  let expression = compiled.get(source);
  if (!expression) {
    expression = jsonata(source, guardrails);
    compiled.set(source, expression);
  }
  return expression;
}

/** Evaluates without an input document: `$` and bare names are nothing. Throws `QueryFailure`. */
export async function evaluate(
  source: string,
  field: string,
  bindings: Record<string, unknown>,
): Promise<Json> {
  const fail = (what: string) =>
    new QueryFailure(`The JSONata expression '${source}' specified for the field '${field}' ${what}`, field);

  let value: unknown;
  try {
    value = await compile(source).evaluate(undefined, bindings);
  } catch (error) {
    const { code, message } = error as jsonata.JsonataError;
    throw fail(`threw an error during evaluation. ${code ? `${code}: ` : ''}${message}`);
  }
  if (value === undefined) throw fail('returned nothing (undefined).');
  return plain(value, fail);
}

/** JSONata marks its sequences and functions with extra properties; what leaves it must be JSON. */
function plain(value: unknown, fail: (what: string) => QueryFailure): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw fail(`threw an error during evaluation. D1001: Number out of range: ${value}`);
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, fail));
  if (
    typeof value !== 'object' ||
    '_jsonata_lambda' in value ||
    '_jsonata_function' in value ||
    value instanceof RegExp
  ) {
    throw fail('returned an unsupported result type.');
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, fail)]));
}
