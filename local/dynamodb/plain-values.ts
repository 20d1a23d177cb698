/**
 * dynalite looks at each value in a list or map for some four microseconds, which is most of the time of a large item.
 * Lists and maps of plain values, in which it would find nothing and change nothing, go past its checks.
 */

/** `{ S: … }`, `{ L: [ … ] }` and so on, as far as it is what it should be. */
type Value = Record<string, unknown>;

const fields = ['Item', 'ExpressionAttributeValues'] as const;

/** The input without the contents of plain lists and maps: what dynalite is to check. */
export function withoutPlain(input: object): object {
  const short: Record<string, unknown> = { ...input };
  for (const field of fields) {
    const values = short[field];
    if (isObject(values)) short[field] = mapped(values, shortened);
  }
  return short;
}

/** Puts into what was checked what was left out. In place, because dynalite's expressions refer to the values. */
export function putBack(checked: object, input: object): void {
  for (const field of fields) {
    const [to, from] = [(checked as Value)[field], (input as Value)[field]];
    if (isObject(to) && isObject(from)) for (const name of Object.keys(to)) fill(to[name], from[name]);
  }
}

function shortened(value: unknown): unknown {
  if (isListOrMap(value) && isPlain(value)) return value.L ? { L: [] } : { M: {} };
  if (isObject(value) && Array.isArray(value.L)) return { ...value, L: value.L.map(shortened) };
  if (isObject(value) && isObject(value.M)) return { ...value, M: mapped(value.M, shortened) };
  return value;
}

function fill(to: unknown, from: unknown): void {
  if (!isObject(to) || !isObject(from)) return;
  if (isListOrMap(from) && isPlain(from)) Object.assign(to, from);
  else if (Array.isArray(to.L) && Array.isArray(from.L)) {
    for (const [index, item] of to.L.entries()) fill(item, from.L[index]);
  } else if (isObject(to.M) && isObject(from.M)) {
    for (const name of Object.keys(to.M)) fill(to.M[name], from.M[name]);
  }
}

/** One type, and what DynamoDB would keep exactly as it is written. */
export function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0) return false;
  const held = value[type];
  switch (type) {
    case 'S':
      return typeof held === 'string';
    case 'N':
      return typeof held === 'string' && plainNumber.test(held);
    case 'BOOL':
      return typeof held === 'boolean';
    case 'NULL':
      return held === true;
    case 'L':
      return Array.isArray(held) && held.every(isPlain);
    case 'M':
      return isObject(held) && Object.values(held).every(isPlain);
    default:
      return false;
  }
}

/** As `Big.toFixed` writes it: no exponent, no zeros that say nothing. */
const plainNumber = /^(0|-?[1-9]\d{0,16}|-?(0|[1-9]\d{0,16})\.\d{0,18}[1-9])$/;

const isListOrMap = (value: unknown): value is Value =>
  isObject(value) && (Array.isArray(value.L) || isObject(value.M));

export const isObject = (value: unknown): value is Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (values: Value, change: (value: unknown) => unknown): Value =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
