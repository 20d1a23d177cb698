/** IAM's decision: does a policy allow an action on a resource? Nothing is denied but what no statement allows. */
import type { Condition, Statement } from '../../core/access/statement.ts';

/** One permission that a call needs; a call may need several. */
export interface Wanted {
  /** Such as `ecs:UpdateService`. */
  action: string;
  /** An ARN; `*` where the service has none for the call. */
  resource: string;
  /** The condition keys that AWS fills in. */
  context?: Readonly<Record<string, readonly string[]>>;
}

/** The statement that allows it, or undefined. Throws on a condition that is not implemented. */
export function allowing(statements: readonly Statement[], wanted: Wanted): Statement | undefined {
  return statements.find(
    ({ actions, resources, conditions = [] }) =>
      actions.includes(wanted.action) &&
      resources.some((resource) => like(resource, wanted.resource)) &&
      conditions.every((condition) => holds(condition, wanted.context ?? {})),
  );
}

function holds({ test, variable, values }: Condition, context: NonNullable<Wanted['context']>): boolean {
  const found = context[variable] ?? [];
  const equals = (one: string) => values.includes(one);
  const matches = (one: string) => values.some((value) => like(value, one));
  switch (test) {
    case 'StringEquals':
    case 'ArnEquals':
      return found.length > 0 && found.every(equals);
    case 'ArnLike':
    case 'StringLike':
      return found.length > 0 && found.every(matches);
    // Holds for no value at all, as in AWS.
    case 'ForAllValues:StringLike':
      return found.every(matches);
    case 'ForAllValues:StringEquals':
      return found.every(equals);
    default:
      throw new Error(`the condition ${test} is not implemented in the local world`);
  }
}

const patterns = new Map<string, RegExp>();

/** `*` stands for any text, `?` for one character. */
function like(pattern: string, value: string): boolean {
  if (pattern === '*' || pattern === value) return true;
  if (!/[*?]/.test(pattern)) return false;
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    compiled = new RegExp(`^${source}$`, 's');
    patterns.set(pattern, compiled);
  }
  return compiled.test(value);
}
