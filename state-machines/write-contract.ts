/** Writes the data flow as TypeScript: one function a state, whose parameters are what is surely known in it. */
import { dataflow, type Variables } from './dataflow.ts';
import type { Definition, State } from './definition.ts';
import {
  codeOf,
  isReference,
  type Literal,
  literalCode,
  type Reference,
  typesOfRoots,
} from './references.ts';

const imported = ['ErrorOf', 'Failure', 'In', 'Out', 'Present', 'ReleaseRequest'];

/** A module that tsc accepts just when payloads, errors and conditions fit the steps that the module `types` tells of. */
export function writeContract(definition: Definition, types = './contract.ts'): string {
  const entered = dataflow(definition);
  const functions = Object.entries(definition.States).map(([name, state]) =>
    writeState(name, state, entered.get(name)),
  );
  const body = functions.filter((text) => text !== '').join('\n');
  const used = imported.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
  return `// biome-ignore-all format: generated from deploy.asl.json by \`npm run generate\`
/** The data flow of the state machine: to be compiled, never to be run. */
import type { ${used.join(', ')} } from '${types}';

${body}`;
}

function writeState(name: string, state: State, variables: Variables = new Map()): string {
  const roots = new Set<string>();
  const statements = write(name, state, (value) => {
    if (!isReference(value)) return literalCode(value);
    roots.add(value.root);
    return codeOf(value);
  });
  if (statements.length === 0) return '';

  const known = new Map(Object.entries(typesOfRoots(name)));
  for (const [variable, types] of variables) known.set(variable, [...types].join(' | '));
  // Whatever is not surely known is no parameter: tsc then says that there is no such name.
  const parameters = [...roots]
    .filter((root) => known.has(root))
    .map((root) => `${root}: ${known.get(root)}`);
  const lines = statements.map((statement) => `  ${statement};\n`).join('');
  return `export function ${name}${list('(', parameters, ')', '')} {\n${lines}}\n`;
}

type Code = (value: Reference | Literal) => string;

/** Statements that are true of the state if it is right. */
function write(name: string, state: State, code: Code): string[] {
  const is = (value: unknown, type: string) =>
    isReference(value) ? [`${code(value)} satisfies ${type}`] : [];
  switch (state.Type) {
    case 'Task':
      return [
        `${record(state.Arguments.Payload, code)} satisfies In<'${name}'>`,
        ...routed(state).map((names) => `${names} satisfies ErrorOf<'${name}'>[]`),
        ...[state, ...state.Catch].flatMap(({ Assign }) => kept(Assign, code)),
        ...is(state.TimeoutSeconds, 'number'),
      ];
    case 'Choice':
      return state.Choices.map(({ Condition: { reference, operator, literal } }) => {
        return `void (${code(reference)} ${operator === '=' ? '===' : '!=='} ${code(literal)})`;
      });
    case 'Wait':
      return is(state.Seconds, 'number');
    case 'Succeed':
      return is(state.Output, 'Present');
    case 'Fail':
      return is(state.Cause, 'string');
    default:
      return [];
  }
}

function record(values: Record<string, unknown>, code: Code): string {
  const fields = Object.entries(values).flatMap(([name, value]) =>
    isReference(value) ? [`${name}: ${code(value)}`] : [],
  );
  return `(${list('{ ', fields, ' }', '  ')})`;
}

/** The names in Retry and Catch that are ours, not the platform's. */
function routed({ Retry, Catch }: Extract<State, { Type: 'Task' }>): string[] {
  const names = new Set([...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals));
  const ours = [...names].filter((name) => !/^(Lambda|Runtime|Sandbox|States)\./.test(name)).map(literalCode);
  return ours.length > 0 ? [`(${list('[', ours, ']', '  ')})`] : [];
}

/** Only a field may be absent; a whole result or error is always there. */
function kept(assign: Record<string, unknown>, code: Code): string[] {
  const fields = Object.entries(assign).filter(([, value]) => isReference(value) && value.fields.length > 0);
  return fields.length > 0
    ? [`${record(Object.fromEntries(fields), code)} satisfies Record<string, Present>`]
    : [];
}

function list(open: string, items: string[], close: string, indent: string): string {
  const line = `${open}${items.join(', ')}${close}`;
  if (line.length <= 80) return line;
  return `${open.trim()}\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}${close.trim()}`;
}
