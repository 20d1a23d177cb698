/**
 * From the values of the SDK's clients to those of AWS JSON and back, by the schemas in the SDK, as the SDK itself would
 * write and read them as text. Straight from value to value, a call takes a fraction of that time.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import { fromBase64, generateIdempotencyToken, parseEpochTimestamp } from '@smithy/core/serde';
import { asJson } from '../copy.ts';

/** Thrown where a value has a shape that only the SDK itself knows to write or read. */
export class Unshaped extends Error {}

/** Answers nothing that belongs to the value: what is done to one never reaches the other. */
type Convert = (value: unknown) => unknown;

/** What stands in a request; what is `null` is left out. Tokens that are missing are `withTokens`' business. */
export const writerOf = (schema: unknown): Convert => converterOf(writers, schema, structWriter);

/** What a client answers, from what a model does: dates and bytes may be dates and bytes still. */
export const readerOf = (schema: unknown): Convert => converterOf(readers, schema, structReader);

/** The input of an operation, with the tokens that the SDK makes up where the caller brings none. */
export function withTokens(schema: object, input: object): object {
  let names = tokens.get(schema);
  if (!names) {
    names = tokenMembers(NormalizedSchema.of(schema as never));
    tokens.set(schema, names);
  }
  const missing = names.filter((name) => (input as Record<string, unknown>)[name] === undefined);
  if (missing.length === 0) return input;
  return { ...input, ...Object.fromEntries(missing.map((name) => [name, generateIdempotencyToken()])) };
}

const tokens = new WeakMap<object, string[]>();

function tokenMembers(schema: NormalizedSchema): string[] {
  if (!schema.isStructSchema()) return [];
  const members = Object.entries(schema.getMemberSchemas());
  return members.flatMap(([name, member]) => (member.isIdempotencyToken() ? [name] : []));
}

const writers = new WeakMap<object, Convert>();
const readers = new WeakMap<object, Convert>();

function converterOf(
  known: WeakMap<object, Convert>,
  schema: unknown,
  make: (schema: NormalizedSchema) => Convert,
): Convert {
  // A schema that is a number or a name is a simple one. Some stand behind a function.
  if (typeof schema !== 'object' && typeof schema !== 'function')
    return make(NormalizedSchema.of(schema as never));
  if (schema === null) return unshaped;
  let convert = known.get(schema);
  if (!convert) {
    convert = make(NormalizedSchema.of(schema as never));
    known.set(schema, convert);
  }
  return convert;
}

/** Each member's converter is made when a value first has it: some shapes contain themselves, and most are never seen. */
function onFirstValue(make: () => Convert): Convert {
  let made: Convert | undefined;
  return (value) => {
    made ??= make();
    return made(value);
  };
}

const attributeValue = 'com.amazonaws.dynamodb#AttributeValue';

function writer(schema: NormalizedSchema): Convert {
  if (schema.isStructSchema()) {
    if (schema.getName(true) === attributeValue) return writtenAttribute;
    return converterOf(writers, schema.getSchema(), () => structWriter(schema));
  }
  if (schema.isListSchema() || schema.isMapSchema())
    return collection(schema, writer(schema.getValueSchema()));
  if (schema.isTimestampSchema())
    return epochOnly(schema, (value) => (value instanceof Date ? value.getTime() / 1000 : plain(value)));
  if (schema.isBlobSchema()) return written;
  return scalar(schema, plain);
}

function reader(schema: NormalizedSchema): Convert {
  if (schema.isStructSchema()) {
    if (schema.getName(true) === attributeValue) return readAttribute;
    return converterOf(readers, schema.getSchema(), () => structReader(schema));
  }
  if (schema.isListSchema() || schema.isMapSchema())
    return collection(schema, reader(schema.getValueSchema()), true);
  if (schema.isTimestampSchema()) return epochOnly(schema, (value) => parseEpochTimestamp(seconds(value)));
  if (schema.isBlobSchema()) return (value) => (typeof value === 'string' ? fromBase64(value) : bytes(value));
  if (schema.isNumericSchema()) return scalar(schema, number);
  return scalar(schema, plain);
}

function structWriter(schema: NormalizedSchema): Convert {
  if (schema.isUnionSchema()) return unshaped;
  return struct(membersOf(schema, writer));
}

function structReader(schema: NormalizedSchema): Convert {
  if (schema.isUnionSchema()) return unshaped;
  return struct(membersOf(schema, reader));
}

function struct(members: readonly { name: string; convert: Convert }[]): Convert {
  return (value) => {
    const from = structure(value);
    const out: Record<string, unknown> = {};
    for (const { name, convert } of members) {
      const item = from[name];
      if (item !== undefined && item !== null) out[name] = convert(item);
    }
    return out;
  };
}

function membersOf(schema: NormalizedSchema, make: (member: NormalizedSchema) => Convert) {
  if (schema.isUnitSchema()) return [];
  return Object.entries(schema.getMemberSchemas()).map(([name, of]) => ({
    name,
    convert: onFirstValue(() => make(of)),
  }));
}

/** `__type` is how AWS names a shape; the SDK then reads members that the shape does not have. */
function structure(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unshaped();
  const found = value as Record<string, unknown>;
  return found.__type === undefined ? found : unshaped();
}

/** Nothing in a request is `null`; in an answer it may be. */
function collection(schema: NormalizedSchema, convert: Convert, nulls = false): Convert {
  if (schema.getMergedTraits().sparse) return unshaped;
  const isList = schema.isListSchema();
  return (value) => {
    if (Array.isArray(value) !== isList || typeof value !== 'object' || value === null) return unshaped();
    if (Array.isArray(value)) {
      const items = nulls ? value : value.filter((item) => item !== null && item !== undefined);
      return items.map((item) => (item === null || item === undefined ? null : convert(item)));
    }
    const out: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      if (name === '__proto__') unshaped();
      if (item === undefined || (item === null && !nulls)) continue;
      out[name] = item === null ? null : convert(item);
    }
    return out;
  };
}

function epochOnly(schema: NormalizedSchema, convert: Convert): Convert {
  const [unnamed, epochSeconds] = [4, 7];
  const format = schema.getSchema();
  return format === unnamed || format === epochSeconds ? convert : unshaped;
}

/** Text, numbers, booleans: as they are. */
function scalar(schema: NormalizedSchema, convert: Convert): Convert {
  const isPlain = schema.isStringSchema() || schema.isNumericSchema() || schema.isBooleanSchema();
  return isPlain && !schema.getMergedTraits().mediaType ? convert : unshaped;
}

function plain(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no negative zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  return unshaped();
}

/** The SDK makes something else of integers that a number is too small for. */
function number(value: unknown): unknown {
  if (typeof value !== 'number') return numbers.get(value) ?? plain(value);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value + 0 : unshaped();
}

/** What JSON has no number for. */
const numbers = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const written = (value: unknown): string =>
  Buffer.from(value instanceof Uint8Array || typeof value === 'string' ? value : unshaped()).toString(
    'base64',
  );

const bytes = (value: unknown): Uint8Array => fromBase64(written(value));

function seconds(value: unknown): number {
  const time = value instanceof Date ? value.getTime() / 1000 : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : unshaped();
}

function writtenAttribute(value: unknown): unknown {
  const from = structure(value);
  const out: Record<string, unknown> = {};
  for (const type in from) {
    const held = from[type];
    if (held === undefined || held === null) continue;
    if (type === 'L' && Array.isArray(held)) out.L = held.map(writtenAttribute);
    else if (type === 'M') out.M = attributes(held, writtenAttribute);
    else if (type === 'B') out.B = written(held);
    else if (type === 'S' || type === 'N') out[type] = typeof held === 'string' ? held : unshaped();
    else if (type === 'BOOL' || type === 'NULL') out[type] = Boolean(held);
    else unshaped();
  }
  return out;
}

function readAttribute(value: unknown): unknown {
  const from = structure(value);
  const out: Record<string, unknown> = {};
  for (const type in from) {
    const held = from[type];
    if (type === 'L' && Array.isArray(held)) out.L = held.map(readAttribute);
    else if (type === 'M') out.M = attributes(held, readAttribute);
    else if (type === 'B') out.B = typeof held === 'string' ? fromBase64(held) : bytes(held);
    else if (type === 'BS' && Array.isArray(held)) out.BS = held.map((item) => fromBase64(item));
    else out[type] = asJson(held);
  }
  return out;
}

function attributes(value: unknown, convert: Convert): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(structure(value))) {
    if (name === '__proto__') unshaped();
    if (item !== undefined && item !== null) out[name] = convert(item);
  }
  return out;
}

function unshaped(): never {
  throw new Unshaped();
}
