import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putBack, withoutPlain } from '../../local/dynamodb/plain-values.ts';

const require = createRequire(import.meta.url);
const { checkTypes, checkValidations } = require('dynalite/validations');

const numbers = [
  '0',
  '-0',
  '7',
  '-7',
  '007',
  '1.5',
  '1.50',
  '-0.05',
  '.5',
  '2.4e-10',
  '1e3',
  '1e200',
  'x',
  '',
];
const leaf = fc.oneof(
  fc.record({ S: fc.string({ maxLength: 3 }) }),
  fc.record({ N: fc.constantFrom(...numbers) }),
  fc.record({ N: fc.integer().map(String) }),
  fc.record({ N: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) }),
  fc.record({ BOOL: fc.constantFrom(true, false, 'yes') }),
  fc.record({ NULL: fc.boolean() }),
  fc.record({ SS: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }) }),
  fc.constantFrom<unknown>({}, { S: 'a', N: '1' }, { S: 1 }, { X: 'a' }, 'a', null, { L: null }, { M: [] }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({
      M: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    }),
  ),
}));

/** What dynalite makes of an input: what it would go on with, or its refusal. */
function checked(operation: string, input: object, short: boolean): unknown {
  const { types, custom } = require(`dynalite/validations/${operation}`);
  try {
    const data = checkTypes(short ? withoutPlain(input) : structuredClone(input), types);
    checkValidations(data, types, custom, {});
    if (short) putBack(data, input);
    return data;
  } catch (error) {
    return (error as { body?: unknown }).body ?? error;
  }
}

test.each([
  ['putItem', (held: unknown) => ({ TableName: 'releases', Item: { key: { S: 'x' }, held } })],
  [
    'updateItem',
    (held: unknown) => ({
      TableName: 'releases',
      Key: { key: { S: 'x' } },
      UpdateExpression: 'SET held = :held',
      ExpressionAttributeValues: { ':held': held },
    }),
  ],
])(
  '%s is checked with the same result where plain lists and maps go past the checks',
  (operation, inputOf) => {
    fc.assert(
      fc.property(value, (held) => {
        expect(checked(operation, inputOf(held), true)).toEqual(checked(operation, inputOf(held), false));
      }),
      { numRuns: 1000 },
    );
  },
);

test('what is plain is not looked at', () => {
  const list = { L: [{ N: '1' }, { M: { a: { S: 'x' } } }] };

  const short = withoutPlain({ Item: { list, mixed: { L: [list, { N: '1e3' }] } } });

  expect(short).toEqual({ Item: { list: { L: [] }, mixed: { L: [{ L: [] }, { N: '1e3' }] } } });
});
