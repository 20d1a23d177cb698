/** The functions that Step Functions adds to JSONata, and the built-in ones it answers differently. */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { uuid } from '../lambda/uuid.ts';

export interface Surroundings {
  /** Milliseconds since the epoch: `$now()` and `$millis()`. */
  now(): number;
  /** A number in [0, 1): `$random()` and `$uuid()`. */
  random(): number;
}

const algorithms: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const formatTime = jsonata('$fromMillis($time, $picture, $zone)');

/** To be bound beside the variables of an evaluation. `$eval` is bound to nothing: calling it is an error, as on AWS. */
export function stepFunctions({ now, random }: Surroundings) {
  return {
    eval: undefined,
    now: (picture?: string, zone?: string) => formatTime.evaluate(undefined, { time: now(), picture, zone }),
    millis: now,
    uuid: () => uuid(random),
    random: (seed?: number) => (seed === undefined ? random() : seeded(seed)),
    parse: (text?: string) => (text === undefined ? undefined : JSON.parse(text)),
    hash,
    partition,
    range,
  };
}

function hash(text?: string, algorithm = 'SHA-256') {
  if (text === undefined) return undefined;
  const name = algorithms[algorithm];
  if (!name) throw fault('D3138', `$hash knows ${Object.keys(algorithms).join(', ')}, but not ${algorithm}`);
  return createHash(name).update(text).digest('hex');
}

function partition(items?: unknown, size?: number) {
  if (items === undefined || size === undefined) return undefined;
  if (!(size >= 1)) throw fault('D3139', `$partition needs a positive size, but got ${size}`);
  const all = Array.isArray(items) ? items : [items];
  const width = Math.floor(size);
  const count = Math.ceil(all.length / width);
  return Array.from({ length: count }, (_, part) => all.slice(part * width, (part + 1) * width));
}

/** A sequence in JSONata's sense: one value stands for itself, none is nothing. */
function range(first?: number, last?: number, step?: number) {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  if (step === 0) throw fault('D3140', '$range needs a step other than 0');
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > 1000) throw fault('D3141', `$range makes at most 1000 values, not ${count}`);
  return Object.assign(
    Array.from({ length: count }, (_, index) => first + index * step),
    { sequence: true },
  );
}

/** The same number for the same seed (mulberry32). AWS's own generator is not known. */
function seeded(seed: number) {
  const a = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  const b = Math.imul(a ^ (a >>> 15), a | 1);
  const c = b ^ (b + Math.imul(b ^ (b >>> 7), b | 61));
  return ((c ^ (c >>> 14)) >>> 0) / 2 ** 32;
}

const fault = (code: string, message: string) => Object.assign(new Error(message), { code });
