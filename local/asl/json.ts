/** Plain JSON: everything that flows between states, and its size as AWS counts it. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Bytes of UTF-8 that AWS lets through: an input, an output, a task's result, one variable. */
export const maxPayloadBytes = 262_144;
/** Bytes of all variables of an execution together. */
export const maxVariablesBytes = 10_485_760;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is left of a value when it travels as JSON text. `undefined` arrives as `null`. */
export const overTheWire = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null) ?? 'null');

export const bytesOf = (value: Json) => Buffer.byteLength(JSON.stringify(value));

/** The object without the keys whose value is undefined: AWS leaves out what it does not know. */
export function known<Shape extends object>(shape: Shape) {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
