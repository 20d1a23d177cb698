/** DynamoDB: dynalite in memory, asked without a socket, so that it is one more service behind both doors. */
import type { AwsService } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { dynalite } from './dynalite.ts';
import type { ItemChange } from './items.ts';

export interface DynamodbTable {
  TableName: string;
  /** The attributes of the primary key, by their type in DynamoDB. */
  key: { hash: string; range?: string };
}

export interface DynamodbOptions {
  clock: Clock;
  /** There from the start. Keys are strings. */
  tables: readonly DynamodbTable[];
  /** Of a table with a stream, by its name: hears of each change, in their order. */
  streams?: Readonly<Record<string, (change: ItemChange) => void>>;
}

export interface Dynamodb {
  service: AwsService;
}

const target = 'DynamoDB_20120810';

/** What dynalite knows. The rest of DynamoDB, transactions above all, is answered as an unknown operation. */
const operations = [
  ...['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'],
  ...['CreateTable', 'DeleteTable', 'DescribeTable', 'DescribeTimeToLive', 'ListTables', 'UpdateTable'],
  ...['ListTagsOfResource', 'TagResource', 'UntagResource'],
];

/** Resolves when the tables are there. Rejects where a table is not one that DynamoDB would make. */
export async function dynamodb({ clock, tables, streams = {} }: DynamodbOptions): Promise<Dynamodb> {
  const { ask, createTable } = dynalite((tableName, change) => streams[tableName]?.(change));
  for (const table of tables) await createTable(definitionOf(table));

  const served = operations.map((name) => [name, (input: object) => clock.during(ask(name, input))]);
  return { service: { target, operations: Object.fromEntries(served) } };
}

function definitionOf({ TableName, key }: DynamodbTable) {
  const schema = [
    { AttributeName: key.hash, KeyType: 'HASH' },
    ...(key.range === undefined ? [] : [{ AttributeName: key.range, KeyType: 'RANGE' }]),
  ];
  return {
    TableName,
    KeySchema: schema,
    AttributeDefinitions: schema.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
  };
}
