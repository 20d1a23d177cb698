/**
 * EventBridge's event patterns, as far as they are served: exact values, `prefix`, `suffix`, `anything-but`, `exists`
 * and `wildcard`, nested, alternatives in arrays. Anything else is refused when a rule is added.
 */
import { AwsError } from '../aws-service.ts';
import { wildcard } from './wildcard.ts';

type Matches = (event: unknown) => boolean;
type Scalar = string | number | boolean | null;

/** Throws `InvalidEventPatternException` for what AWS would refuse and for what is not implemented. */
export function compilePattern(pattern: unknown): Matches {
  if (!isObject(pattern)) throw invalid('Filter is not an object');
  const fields = Object.entries(pattern).map(([name, rule]) => ({ name, matches: fieldMatcher(name, rule) }));
  if (fields.length === 0) throw invalid('Empty objects are not allowed');
  return (event) => fields.every(({ name, matches }) => matches(isObject(event) ? event[name] : undefined));
}

function fieldMatcher(name: string, rule: unknown): Matches {
  if (name.startsWith('$')) throw invalid(`${name} is not implemented in the local world`);
  if (Array.isArray(rule)) return alternatives(rule);
  if (!isObject(rule)) throw invalid(`"${name}" must be an object or an array`);
  const nested = compilePattern(rule);
  // Of an array of objects, one element has to match all of it. A missing object can still match `exists: false`.
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(nested) : nested(value));
}

function alternatives(rules: readonly unknown[]): Matches {
  if (rules.length === 0) throw invalid('Empty arrays are not allowed');
  const any = rules.map(alternative);
  return (value) => {
    // Of an array of values, one element has to match; an empty array is like no value at all.
    const values =
      Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? undefined : value];
    return values.some((one) => any.some((matches) => matches(one)));
  };
}

function alternative(rule: unknown): Matches {
  if (isScalar(rule)) return (value) => value === rule;
  const [entry, ...more] = isObject(rule) ? Object.entries(rule) : [];
  if (!entry) throw invalid('Match value must be String, number, true, false, or null');
  const [kind, operand] = entry;
  if (more.length > 0) throw invalid('Only one key allowed in match expression');
  const compile = kinds.get(kind);
  if (!compile) throw invalid(`Unrecognized match type ${kind}`);
  return compile(operand);
}

const kinds = new Map<string, (operand: unknown) => Matches>([
  ['prefix', (start) => ofText('prefix', start, (text) => (value) => value.startsWith(text))],
  ['suffix', (end) => ofText('suffix', end, (text) => (value) => value.endsWith(text))],
  ['wildcard', (shape) => ofText('wildcard', shape, wildcard)],
  ['exists', exists],
  ['anything-but', anythingBut],
]);

/** Looks at leaves only: an object is neither there nor not. */
function exists(wanted: unknown): Matches {
  if (typeof wanted !== 'boolean') throw invalid('exists match pattern must be either true or false.');
  return (value) => (wanted ? isScalar(value) : value === undefined);
}

/** The field has to be there. */
function anythingBut(operand: unknown): Matches {
  const refused = Array.isArray(operand) ? operand : [operand];
  const oneKind = refused.every((one) => typeof one === typeof refused[0]);
  if (refused.length === 0 || !oneKind || !['string', 'number'].includes(typeof refused[0])) {
    throw invalid(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return (value) => isScalar(value) && !refused.includes(value);
}

function ofText(kind: string, operand: unknown, test: (text: string) => (value: string) => boolean): Matches {
  if (typeof operand !== 'string' || operand === '') throw invalid(`${kind} match pattern must be a string`);
  const passes = test(operand);
  return (value) => typeof value === 'string' && passes(value);
}

export const invalid = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
