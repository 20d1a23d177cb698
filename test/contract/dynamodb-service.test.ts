import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { tidegateTable } from '../../aws/table.ts';
import { virtualClock } from '../../local/clock.ts';
import { type AwsHandler, answering } from '../../local/door/answering.ts';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { dynamodb } from '../../local/dynamodb/dynamodb.ts';
import { surroundings } from '../support/surroundings.ts';

const clock = virtualClock();
const common = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
};
const tables = [
  { TableName: 'releases', key: { hash: 'key' } },
  { TableName: 'steps', key: { hash: 'execution', range: 'step' } },
];

let aws: AwsHandler;
let door: HttpDoor;
beforeAll(async () => {
  const { service } = await dynamodb({ clock, tables });
  aws = answering({ services: [service], log: () => {} });
  door = await httpDoor({ port: 0, aws, routes: [] });
});
afterAll(() => door.close());

describe.each([
  {
    name: 'in process',
    client: () => new DynamoDBClient({ ...common, requestHandler: inProcessHandler(aws) }),
  },
  { name: 'over HTTP', client: () => new DynamoDBClient({ ...common, endpoint: door.address }) },
])('DynamoDB, $name,', ({ name, client }) => {
  const documents = () => DynamoDBDocumentClient.from(client());

  test('has its tables from the start', async () => {
    const { Table } = await client().send(new DescribeTableCommand({ TableName: 'steps' }));

    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', CreationDateTime: expect.any(Date) });
    expect(Table?.KeySchema).toHaveLength(2);
  });

  test('gives back the document that was put', async () => {
    const Item = {
      key: `${name}-document`,
      list: [1, 'two', null, true],
      nested: { bytes: new Uint8Array([1]), precise: 1.5 },
    };

    await documents().send(new PutCommand({ TableName: 'releases', Item }));
    const answer = await documents().send(new GetCommand({ TableName: 'releases', Key: { key: Item.key } }));

    expect(answer.Item).toEqual(Item);
  });

  test('refuses a write whose condition does not hold', async () => {
    const put = new PutCommand({
      TableName: 'releases',
      Item: { key: `${name}-once` },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': 'key' },
    });

    await documents().send(put);

    await expect(documents().send(put)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
    });
  });

  test('answers a query in the order of the range key', async () => {
    for (const step of ['b', 'a', 'c']) {
      await documents().send(new PutCommand({ TableName: 'steps', Item: { execution: name, step } }));
    }

    const { Items } = await documents().send(
      new QueryCommand({
        TableName: 'steps',
        KeyConditionExpression: 'execution = :e AND step > :s',
        ExpressionAttributeValues: { ':e': name, ':s': 'a' },
      }),
    );

    expect(Items?.map(({ step }) => step)).toEqual(['b', 'c']);
  });

  test.each([
    {
      it: 'a table that is not there',
      command: new GetCommand({ TableName: 'nothing', Key: { key: 'x' } }),
      error: 'ResourceNotFoundException',
    },
    {
      it: 'a key that is not the table’s',
      command: new GetCommand({ TableName: 'releases', Key: { id: 'x' } }),
      error: 'ValidationException',
    },
  ])('refuses $it', async ({ command, error }) => {
    await expect(documents().send(command)).rejects.toMatchObject({
      name: error,
      message: expect.stringMatching(/./),
    });
  });

  test('has no transactions', async () => {
    const TransactItems = [{ Put: { TableName: 'releases', Item: { key: 'x' } } }];

    await expect(documents().send(new TransactWriteCommand({ TransactItems }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

const tidegatesOwn = (handler: AwsHandler) =>
  openAws(
    surroundings({
      environment: { TABLE_NAME: 'releases' },
      client: { ...common, requestHandler: inProcessHandler(handler) },
    }),
    { table: tidegateTable },
  ).table;

test("Tidegate's table lets one of many writers at a time win, and none is lost", async () => {
  const table = tidegatesOwn(aws);
  const add = () => table.change('count', ({ n = 0 }) => ({ item: { n: Number(n) + 1 }, answer: n }));

  await Promise.all([add(), add(), add(), add()]);

  expect(await table.read('count')).toMatchObject({ n: 4, version: 4 });
  expect(await table.setFirst('first', 'owner', { owner: 'a' })).toBe(true);
  expect(await table.setFirst('first', 'owner', { owner: 'b' })).toBe(false);
});

test('many items are read in their order, a hundred a call at most', async () => {
  const table = tidegatesOwn(aws);
  const keys = Array.from({ length: 230 }, (_, index) => `many ${index}`);
  for (const key of keys.filter((_key, index) => index % 2 === 0)) await table.put(key, { of: key });

  const items = await table.readAll([...keys, 'many 0']);

  expect(items.map((item) => item?.of)).toEqual(
    [...keys, 'many 0'].map((key, index) => (index % 2 === 0 ? key : undefined)),
  );
});

test('keys that DynamoDB does not get to are asked for again, and nothing at all is throttling', async () => {
  let most = 30;
  const asked: number[] = [];
  const BatchGetItem = ({
    RequestItems,
  }: Record<string, Record<string, { Keys: { key: { S: string } }[] }>>) => {
    const { Keys = [] } = RequestItems?.releases ?? {};
    asked.push(Keys.length);
    const left = Keys.slice(most);
    return {
      Responses: { releases: Keys.slice(0, most) },
      UnprocessedKeys: left.length > 0 ? { releases: { Keys: left } } : {},
    };
  };
  const busy = answering({
    services: [{ target: 'DynamoDB_20120810', operations: { BatchGetItem } }],
    log: () => {},
  });
  const table = tidegatesOwn(busy);
  const keys = Array.from({ length: 110 }, (_, index) => `many ${index}`);

  expect((await table.readAll(keys)).map((item) => item?.key)).toEqual(keys);
  expect(asked).toEqual([100, 80, 50, 20]);

  most = 0;
  await expect(table.readAll(keys)).rejects.toMatchObject({ name: 'Throttled' });
});

test('a virtual clock waits for DynamoDB', async () => {
  const client = new DynamoDBClient({ ...common, requestHandler: inProcessHandler(aws) });
  const started = clock.now();
  let answeredAt = 0;
  clock.after(1, async () => {
    await client.send(new DescribeTableCommand({ TableName: 'releases' }));
    answeredAt = clock.now();
  });

  await clock.advance(1_000_000);

  expect(answeredAt).toBe(started + 1);
});
