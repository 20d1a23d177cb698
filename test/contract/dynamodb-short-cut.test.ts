import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dynalite } from '../../local/dynamodb/dynalite.ts';

const key = fc.constantFrom('a', 'a', 'a', 'b');
const value = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom({ S: 'x' }, { S: 'y' }, { N: '1' }, { N: '2' }) },
  fc.record({ S: fc.constantFrom('', 'x', 'y') }),
  fc.record({ N: fc.constantFrom('0', '1', '-2.5', '01', '1e3', 'one') }),
  fc.record({ BOOL: fc.boolean() }),
  fc.record({ NULL: fc.boolean() }),
  fc.record({ B: fc.constant('AQI=') }),
  fc.record({ L: fc.array(fc.record({ S: fc.string() }), { maxLength: 2 }) }),
  fc.record({ M: fc.dictionary(fc.constantFrom('p', 'q'), fc.record({ S: fc.string() })) }),
  fc.constant({ S: 'x', N: '1' }),
  fc.constant({}),
);
const names = fc.constantFrom(
  undefined,
  {},
  { '#n0': 'one' },
  { '#n0': 'one', '#n1': 'two' },
  { '#n0': 'one', '#n1': 'one' },
  { '#n0': 'key' },
  { '#first': 'one', '#n0': 'two' },
  { '#first': 'version' },
  { '#first': 'one', '#n0': 'one', '#n1': 'two' },
  { '#first': 'two', '#n0': 'one', '#n1': 'two' },
);
const values = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ':v0': value, ':v1': value, ':version': value }) },
  fc.option(fc.dictionary(fc.constantFrom(':v0', ':v1', ':version'), value), { nil: undefined }),
);
const update = fc.constantFrom(
  'SET #n0 = :v0',
  'SET #n0 = :v0, #n1 = :v1',
  'SET #n0 = :v0,#n1=:v1',
  'SET one = :v0',
  'SET #n0 = if_not_exists(#n0, :v0)',
  'REMOVE #n0',
  'REMOVE #n0, #n1',
  'ADD #n0 :v0',
  '',
);
const condition = fc.constantFrom(
  undefined,
  undefined,
  'attribute_not_exists(#first)',
  'attribute_not_exists(#n0)',
  'attribute_exists(#n0)',
  '#first = :version',
  'version = :version',
  'name = :version',
  ':version = :version',
);
const projection = fc.constantFrom(undefined, '#n0', '#n0, #n1', 'one', '#n0.#n1');

const Key = key.map((S) => ({ key: { S } }));
const expressions = { ExpressionAttributeNames: names, ExpressionAttributeValues: values };
const attributes = fc.dictionary(fc.constantFrom('one', 'two', 'version'), value);
const request = fc.oneof(
  fc.tuple(
    fc.constant('GetItem'),
    fc.record({ Key, ProjectionExpression: projection, ExpressionAttributeNames: names }),
  ),
  fc.tuple(
    fc.constant('PutItem'),
    fc.record({
      Item: fc.tuple(Key, attributes).map(([of, others]) => ({ ...of, ...others })),
      ConditionExpression: condition,
      ...expressions,
    }),
  ),
  fc.tuple(
    fc.constant('UpdateItem'),
    fc.record({ Key, UpdateExpression: update, ConditionExpression: condition, ...expressions }),
  ),
  fc.tuple(fc.constant('DeleteItem'), fc.record({ Key, ConditionExpression: condition, ...expressions })),
  fc.tuple(
    fc.constant('GetItem'),
    fc.record({ Key: fc.constantFrom({}, { key: { N: '1' } }, { other: { S: 'a' } }) }),
  ),
);

/** Only what the expressions refer to, as a caller would have it. */
function fitting([operation, input]: [string, object]): [string, object] {
  const { ExpressionAttributeNames, ExpressionAttributeValues, ...rest } = input as Record<string, object>;
  const text = JSON.stringify([Object.entries(rest).filter(([name]) => name.endsWith('Expression'))]);
  const used = (all: object = {}) =>
    Object.fromEntries(Object.entries(all).filter(([reference]) => text.includes(reference)));
  const [ofNames, ofValues] = [used(ExpressionAttributeNames), used(ExpressionAttributeValues)];
  return [
    operation,
    {
      ...rest,
      ...(Object.keys(ofNames).length > 0 && { ExpressionAttributeNames: ofNames }),
      ...(Object.keys(ofValues).length > 0 && { ExpressionAttributeValues: ofValues }),
    },
  ];
}

const requests = fc.array(
  fc.oneof({ weight: 3, arbitrary: request.map((one) => fitting(one as [string, object])) }, request),
  { maxLength: 12 },
);

async function emptyTable() {
  const database = dynalite();
  await database.createTable({
    TableName: 'any',
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  return database;
}

const copy = <Value>(some: Value): Value => JSON.parse(JSON.stringify(some));

test('what dynalite is not asked is answered as it would answer', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (asking) => {
      const [short, whole] = [await emptyTable(), await emptyTable()];
      for (const [operation, input] of [...asking, ['Scan', {}] as [string, object]]) {
        const asked = copy({ ...input, TableName: 'any' });
        const [one, other] = await Promise.allSettled([
          short.ask(operation, copy(asked)),
          // A field that changes nothing, and that the short cut does not know.
          whole.ask(operation, { ...copy(asked), ReturnConsumedCapacity: 'NONE' }),
        ]);

        expect({ operation, asked, ...copy(one) }).toEqual({ operation, asked, ...copy(other) });
        if (one.status === 'rejected')
          expect(String(one.reason)).toBe(String((other as PromiseRejectedResult).reason));
      }
    }),
    { numRuns: 300 },
  );
});

test('who writes by dynalite and who does not wait for each other', async () => {
  const { ask } = await emptyTable();
  const add = (field: object) =>
    ask('UpdateItem', {
      TableName: 'any',
      Key: { key: { S: 'a' } },
      UpdateExpression: 'SET #n0 = :v0',
      ...field,
    });

  await Promise.all(
    ['one', 'two', 'three', 'four'].map((name, index) =>
      add({
        ...{
          ExpressionAttributeNames: { '#n0': name },
          ExpressionAttributeValues: { ':v0': { BOOL: true } },
        },
        ...(index % 2 === 0 && { ReturnConsumedCapacity: 'NONE' }),
      }),
    ),
  );

  const { Item } = (await ask('GetItem', { TableName: 'any', Key: { key: { S: 'a' } } })) as { Item: object };
  expect(Object.keys(Item).sort()).toEqual(['four', 'key', 'one', 'three', 'two']);
});
