import { expect, test } from 'vitest';
import { compilePattern } from '../../local/events/pattern.ts';

test.each([
  { it: 'an exact value', pattern: { a: ['x'] }, yes: { a: 'x' }, no: { a: 'X' } },
  { it: 'one of several values', pattern: { a: ['x', 'y'] }, yes: { a: 'y' }, no: { a: 'z' } },
  { it: 'a number, not its text', pattern: { a: [3] }, yes: { a: 3 }, no: { a: '3' } },
  { it: 'null, not a missing field', pattern: { a: [null] }, yes: { a: null }, no: {} },
  { it: 'the empty text', pattern: { a: [''] }, yes: { a: '' }, no: { a: null } },
  {
    it: 'every field of the pattern',
    pattern: { a: ['x'], b: ['y'] },
    yes: { a: 'x', b: 'y', c: 1 },
    no: { a: 'x' },
  },
  { it: 'nested fields', pattern: { d: { a: ['x'] } }, yes: { d: { a: 'x' } }, no: { a: 'x' } },
  { it: 'one value of an array', pattern: { a: ['x'] }, yes: { a: ['w', 'x'] }, no: { a: ['w'] } },
  {
    it: 'one object of an array',
    pattern: { a: { b: [1], c: [2] } },
    yes: { a: [{ b: 0 }, { b: 1, c: 2 }] },
    no: { a: [{ b: 1 }, { c: 2 }] },
  },
  { it: 'prefix', pattern: { a: [{ prefix: 'v1.' }] }, yes: { a: 'v1.2' }, no: { a: 'xv1.2' } },
  { it: 'suffix', pattern: { a: [{ suffix: '.json' }] }, yes: { a: 'x.json' }, no: { a: 'x.json5' } },
  {
    it: 'anything-but',
    pattern: { a: [{ 'anything-but': 'latest' }] },
    yes: { a: 'v1' },
    no: { a: 'latest' },
  },
  {
    it: 'anything-but, of a field that is there',
    pattern: { a: [{ 'anything-but': ['x', 'y'] }] },
    yes: { a: 'z' },
    no: {},
  },
  { it: 'exists', pattern: { a: [{ exists: true }] }, yes: { a: null }, no: { b: 1 } },
  { it: 'exists, of leaves only', pattern: { a: [{ exists: true }] }, yes: { a: 'x' }, no: { a: { b: 1 } } },
  { it: 'not exists', pattern: { a: [{ exists: false }] }, yes: {}, no: { a: '' } },
  {
    it: 'not exists below an object that is missing, too',
    pattern: { d: { a: [{ exists: false }] } },
    yes: {},
    no: { d: { a: 1 } },
  },
  {
    it: 'wildcard',
    pattern: { a: [{ wildcard: 'release-*.x' }] },
    yes: { a: 'release-1.x' },
    no: { a: 'release-1yx' },
  },
  {
    it: 'wildcard at both ends',
    pattern: { a: [{ wildcard: '*:service/main/*' }] },
    yes: { a: ['arn:service/main/api'] },
    no: { a: ['arn:service/mai'] },
  },
  { it: 'an escaped star', pattern: { a: [{ wildcard: 'a\\**' }] }, yes: { a: 'a*b' }, no: { a: 'ab' } },
  {
    it: 'a mix of alternatives',
    pattern: { a: ['x', { prefix: 'v' }, { exists: false }] },
    yes: {},
    no: { a: 'w' },
  },
])('a pattern matches $it', ({ pattern, yes, no }) => {
  const matches = compilePattern(pattern);

  expect(matches(yes)).toBe(true);
  expect(matches(no)).toBe(false);
});

test.each([
  { it: 'that is no object', pattern: [], reason: 'Filter is not an object' },
  { it: 'that is empty', pattern: {}, reason: 'Empty objects are not allowed' },
  {
    it: 'with a bare value',
    pattern: { source: 'aws.ecr' },
    reason: '"source" must be an object or an array',
  },
  { it: 'without alternatives', pattern: { source: [] }, reason: 'Empty arrays are not allowed' },
  { it: 'with numeric', pattern: { a: [{ numeric: ['>', 1] }] }, reason: 'Unrecognized match type numeric' },
  { it: 'with cidr', pattern: { a: [{ cidr: '10.0.0.0/8' }] }, reason: 'Unrecognized match type cidr' },
  { it: 'with $or', pattern: { $or: [{ a: ['x'] }] }, reason: '$or is not implemented in the local world' },
  {
    it: 'with two keys in one match',
    pattern: { a: [{ prefix: 'x', suffix: 'y' }] },
    reason: 'Only one key allowed in match expression',
  },
  {
    it: 'with an array in an array',
    pattern: { a: [['x']] },
    reason: 'Match value must be String, number, true, false, or null',
  },
  {
    it: 'with a prefix that is no text',
    pattern: { a: [{ prefix: { 'equals-ignore-case': 'x' } }] },
    reason: 'prefix match pattern must be a string',
  },
  {
    it: 'with a nested anything-but',
    pattern: { a: [{ 'anything-but': { prefix: 'x' } }] },
    reason: 'Inside anything but list, either all values are number or string, mixed type is not supported',
  },
  {
    it: 'with two stars in a row',
    pattern: { a: [{ wildcard: 'a**' }] },
    reason: 'Consecutive wildcard characters are not allowed',
  },
  {
    it: 'with a strange escape',
    pattern: { a: [{ wildcard: 'a\\b' }] },
    reason: 'Invalid escape character in wildcard',
  },
])('a pattern $it is refused', ({ pattern, reason }) => {
  expect(() => compilePattern(pattern)).toThrow(`Event pattern is not valid. Reason: ${reason}`);
});
