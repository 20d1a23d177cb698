import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asJson, copyOf } from '../../local/copy.ts';

const date = fc.date({ noInvalidDate: true });
const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
const leaf = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined), date);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(name, tie('data'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('a copy is equal, and what is done to it does not reach the original', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(isDeepStrictEqual(copyOf(value), value)).toBe(true);
    }),
  );

  const original = { list: [{ at: new Date(0) }] };
  const copy = copyOf(original);
  copy.list[0]?.at.setTime(1);
  copy.list.push({ at: new Date(2) });

  expect(original).toEqual({ list: [{ at: new Date(0) }] });
});

test('what is left of a value that travels as JSON is the same without the way through text', () => {
  fc.assert(
    fc.property(data, (value) => {
      fc.pre(value !== undefined);
      expect(isDeepStrictEqual(asJson(value), JSON.parse(JSON.stringify(value)))).toBe(true);
    }),
    { examples: [[-0]] },
  );
});
