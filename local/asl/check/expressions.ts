/** Every `{% … %}` is an expression, and asks for something that is there. */
import type { ExprNode } from 'jsonata';
import { isObject, type Json } from '../json.ts';
import { compile, expressionIn } from '../jsonata.ts';
import { type Problem, schema } from './problem.ts';
import type { Found } from './walk.ts';

/** Their contents are states of their own. */
const groups = new Set(['ItemProcessor', 'Iterator', 'Branches']);

export function* checkExpressions({ state, path, language }: Found): Generator<Problem> {
  if (language === 'JSONPath') return;
  for (const [field, value] of Object.entries(state)) {
    if (!groups.has(field)) yield* checkTemplate(value, `${path}/${field}`);
  }
}

function* checkTemplate(template: Json, path: string): Generator<Problem> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    if (source !== undefined) yield* checkExpression(source, path);
  } else if (Array.isArray(template)) {
    for (const [index, item] of template.entries()) yield* checkTemplate(item, `${path}[${index}]`);
  } else if (isObject(template)) {
    for (const [key, item] of Object.entries(template)) yield* checkTemplate(item, `${path}/${key}`);
  }
}

function* checkExpression(source: string, path: string): Generator<Problem> {
  try {
    const start = startOf(compile(source).ast());
    if (start !== undefined)
      yield schema(`'${source}' starts at '${start}', but there is no input document`, path);
  } catch (error) {
    yield schema(`'${source}' is not a JSONata expression: ${(error as Error).message}`, path);
  }
}

/** Where an expression begins that reads from an input document, which Step Functions does not give. */
function startOf(node: ExprNode): string | undefined {
  const first = (node.type as string) === 'path' ? node.steps?.[0] : node; // the typings do not know 'path'
  if (first?.type === 'name') return String(first.value);
  if (first?.type === 'variable' && (first.value === '' || first.value === '$')) return `$${first.value}`;
  return undefined;
}
