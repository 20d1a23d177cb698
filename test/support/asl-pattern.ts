/** The patterns in which the recorded cases write what they expect. */

export interface Looseness {
  /** Keys that the pattern does not name are no difference. */
  subset?: boolean;
}

/** What in `actual` is not as the pattern says; empty when all is. */
export function differences(
  pattern: unknown,
  actual: unknown,
  looseness: Looseness = {},
  path = '',
): string[] {
  if (Array.isArray(pattern)) return inArray(pattern, parsed(actual), looseness, path);
  if (isRecord(pattern)) {
    const [[wish, what] = []] = Object.keys(pattern).length === 1 ? Object.entries(pattern) : [];
    if (wish?.startsWith('$')) return ofWish(wish, what, actual, looseness, path);
    return inObject(pattern, parsed(actual), looseness, path);
  }
  if (typeof pattern === 'number' && typeof actual === 'number') {
    const near = Math.abs(pattern - actual) <= 1e-12 * Math.max(1, Math.abs(pattern));
    return near ? [] : [`${path}: ${actual} is not ${pattern}`];
  }
  if (pattern === actual || (pattern === null && actual === undefined)) return [];
  return [`${path}: ${show(actual)} is not ${show(pattern)}`];
}

function ofWish(wish: string, what: unknown, actual: unknown, looseness: Looseness, path: string): string[] {
  switch (wish) {
    case '$optional':
      return [];
    case '$any':
      return actual === undefined ? [`${path}: nothing, but anything was expected`] : [];
    case '$re':
      return typeof actual === 'string' && new RegExp(String(what), 's').test(actual)
        ? []
        : [`${path}: ${show(actual)} does not match ${what}`];
    case '$jsonString':
      return typeof actual === 'string'
        ? differences(what, parsed(actual), looseness, path)
        : [`${path}: ${show(actual)} is not JSON text`];
    default:
      return [`${path}: unknown pattern ${wish}`];
  }
}

function inObject(
  pattern: Record<string, unknown>,
  actual: unknown,
  looseness: Looseness,
  path: string,
): string[] {
  if (!isRecord(actual)) return [`${path}: ${show(actual)} is not an object`];
  const found = Object.entries(pattern).flatMap(([key, wanted]) => {
    if (key in actual) return differences(wanted, actual[key], looseness, `${path}/${key}`);
    return isRecord(wanted) && '$optional' in wanted
      ? []
      : [`${path}/${key}: missing, expected ${show(wanted)}`];
  });
  if (looseness.subset) return found;
  const unexpected = Object.keys(actual).filter((key) => !(key in pattern) && actual[key] !== undefined);
  return [...found, ...unexpected.map((key) => `${path}/${key}: unexpected ${show(actual[key])}`)];
}

function inArray(pattern: unknown[], actual: unknown, looseness: Looseness, path: string): string[] {
  if (!Array.isArray(actual)) return [`${path}: ${show(actual)} is not an array`];
  if (actual.length !== pattern.length)
    return [`${path}: ${actual.length} items, not ${pattern.length}: ${show(actual)}`];
  return pattern.flatMap((wanted, index) =>
    differences(wanted, actual[index], looseness, `${path}[${index}]`),
  );
}

/** What differs between two lists of event types. `?` is one event whose type the recording lost. */
export function historyDifferences(wanted: string[], order: string | undefined, actual: string[]): string[] {
  if (order === 'none') return [];
  if (order === 'strict') {
    const same =
      wanted.length === actual.length &&
      wanted.every((type, index) => type === '?' || type === actual[index]);
    return same ? [] : [`history: ${actual.join(' ')}\n  is not ${wanted.join(' ')}`];
  }
  const left = [...actual];
  const missing = wanted.filter((type) => {
    const index = left.indexOf(type);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const lost = missing.filter((type) => type === '?').length;
  if (missing.length === lost && left.length === lost) return [];
  return [`history: missing ${missing.join(' ') || 'nothing'}, left over ${left.join(' ') || 'nothing'}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** AWS carries inputs, outputs and causes as JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const show = (value: unknown) => String(JSON.stringify(value)).slice(0, 200);
