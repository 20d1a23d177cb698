/** Copies of plain data. `structuredClone` and the way through text do the same at many times the cost. */

/** Nothing that is done to the copy reaches the original. For objects, arrays, dates and what never changes. */
export function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value) as Value;
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) copy[name] = copyOf(item);
  return copy as Value;
}

/** What is left of a value that travels as JSON: `JSON.parse(JSON.stringify(value))`. */
export function asJson(value: unknown): unknown {
  // JSON has no negative zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toJSON();
  if (Array.isArray(value)) return value.map((item) => asJson(item) ?? null);
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) if (item !== undefined) copy[name] = asJson(item);
  return copy;
}
