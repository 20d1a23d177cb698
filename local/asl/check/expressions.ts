/** Every `{% … %}` is an expression, and asks for something that is there. */
import type { ExprNode } from 'jsonata';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { compile, expressionIn } from '../jsonata.ts';
import { type Problem, schema } from './problem.ts';
import { fieldsOfStates } from './states-variable.ts';
import type { Found } from './walk.ts';

/** Their contents are states of their own. */
const groups = new Set(['ItemProcessor', 'Iterator', 'Branches']);

export function* checkExpressions({ state, path, language }: Found): Generator<Problem> {
  if (language === 'JSONPath') return;
  for (const [field, value] of Object.entries(state)) {
    if (field === 'Catch' && Array.isArray(value)) {
      for (const [index, catcher] of value.entries()) yield* checkCatcher(catcher, `${path}/Catch[${index}]`);
    } else if (!groups.has(field)) {
      yield* checkTemplate(value, `${path}/${field}`, seesResult(state, field) ? 'result' : undefined);
    }
  }
}

/** What only some places may read of `$states`. */
type Special = 'result' | 'errorOutput' | undefined;

const leaving = ['Assign', 'Output'];

const seesResult = ({ Type }: JsonObject, field: string) =>
  ['Task', 'Parallel', 'Map'].includes(String(Type)) && leaving.includes(field);

function* checkCatcher(catcher: Json, path: string): Generator<Problem> {
  if (!isObject(catcher)) return;
  for (const [field, value] of Object.entries(catcher)) {
    yield* checkTemplate(value, `${path}/${field}`, leaving.includes(field) ? 'errorOutput' : undefined);
  }
}

function* checkTemplate(template: Json, path: string, special: Special): Generator<Problem> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    if (source !== undefined) yield* checkExpression(source, path, special);
  } else if (Array.isArray(template)) {
    for (const [index, item] of template.entries()) yield* checkTemplate(item, `${path}[${index}]`, special);
  } else if (isObject(template)) {
    for (const [key, item] of Object.entries(template)) yield* checkTemplate(item, `${path}/${key}`, special);
  }
}

function* checkExpression(source: string, path: string, special: Special): Generator<Problem> {
  try {
    const ast = compile(source).ast();
    const start = startOf(ast);
    if (start !== undefined)
      yield schema(`'${source}' starts at '${start}', but there is no input document`, path);
    for (const field of fieldsOfStates(ast)) {
      if (!['result', 'errorOutput'].includes(field) || field === special) continue;
      yield {
        code: 'UNSUPPORTED_JSONATA_EXPRESSION',
        message: `Field '$states.${field}' does not exist.`,
        location: path,
      };
    }
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
