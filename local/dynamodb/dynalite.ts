/** dynalite without its HTTP server: the same checks and the same actions over the same store, as the server calls them. */
import { createRequire } from 'node:module';
import { AwsError } from '../aws-service.ts';
import { type ItemChange, type Items, itemsOf } from './items.ts';
import { putBack, withoutPlain } from './plain-values.ts';
import { type KnownTable, shortCut } from './short-cut.ts';

/** Of its own, in memory; but for the items, which are ours. */
interface Store {
  tableDb: { put(tableName: string, table: object, done: (error: unknown) => void): void };
  getItemDb(tableName: string): Items['database'];
  deleteItemDb(tableName: string, done: (error?: unknown) => void): void;
}

interface Database {
  create(options: object): Store;
  createKey(item: object, table: object): string;
}

interface Checks {
  types: object;
  custom?: unknown;
}

interface Validations {
  toLowerFirst(name: string): string;
  /** Answers what is wrong. */
  validateExpressions(input: object): string | undefined;
  checkTypes(input: unknown, types: object): object;
  checkValidations(input: object, types: object, custom: unknown, store: Store): void;
}

type Action = (store: Store, input: object, done: (error: unknown, output?: unknown) => void) => void;

/** What dynalite throws for an answer of DynamoDB's that is an error. */
interface Refusal {
  statusCode: number;
  body: { __type: string; message?: string; Message?: string };
}

export interface Dynalite {
  /** Answers an operation by its name. Rejects with an `AwsError` where DynamoDB answers with one. */
  ask(operation: string, input: object): Promise<unknown>;
  /** As `CreateTable`, and the table is there at once: dynalite itself lets time pass, by the machine's clock. */
  createTable(input: TableToMake): Promise<void>;
}

export interface TableToMake {
  TableName: string;
  KeySchema: readonly { AttributeName: string; KeyType: string }[];
  AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  BillingMode: string;
}

const changesTables = ['CreateTable', 'UpdateTable', 'DeleteTable'];

/** An empty DynamoDB. `changed` hears of every item that was written or deleted, as it happens. */
export function dynalite(changed: (tableName: string, change: ItemChange) => void = () => {}): Dynalite {
  // It has no types, and these are not its front door: that is an HTTP server, which took most of the time.
  const require = createRequire(import.meta.url);
  const validations: Validations = require('dynalite/validations');
  const database: Database = require('dynalite/db');
  const store = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const { getItemDb } = store;
  const stored = new Map<string, Items>();
  const known = new Map<string, KnownTable>();
  const itemsIn = (tableName: string): Items => {
    const items =
      stored.get(tableName) ?? itemsOf(getItemDb(tableName).lock, (change) => changed(tableName, change));
    stored.set(tableName, items);
    return items;
  };
  store.getItemDb = (tableName) => itemsIn(tableName).database;
  store.deleteItemDb = (tableName, done) => {
    stored.delete(tableName);
    setImmediate(done);
  };

  const free = new Map<string, boolean>();
  const isFree = (name: string) => {
    const found =
      free.get(name) ??
      !validations.validateExpressions({ ConditionExpression: `attribute_exists(${name})` });
    free.set(name, found);
    return found;
  };

  async function ask(operation: string, input: object): Promise<unknown> {
    const { TableName = '' } = input as { TableName?: string };
    const table = known.get(TableName);
    if (table && changesTables.includes(operation)) known.delete(TableName);
    return (table && shortCut(operation, input, table)) ?? askDynalite(operation, input);
  }

  async function askDynalite(operation: string, input: object): Promise<unknown> {
    const name = validations.toLowerFirst(operation);
    const { types, custom }: Checks = require(`dynalite/validations/${name}`);
    const action: Action = require(`dynalite/actions/${name}`);
    try {
      const checked = validations.checkTypes(withoutPlain(input), types);
      validations.checkValidations(checked, types, custom, store);
      putBack(checked, input);
      return await new Promise((resolve, reject) => {
        action(store, checked, (error, output) => (error ? reject(error) : resolve(output)));
      });
    } catch (error) {
      throw isRefusal(error) ? refused(error) : error;
    }
  }

  return {
    ask,
    async createTable(input) {
      const { TableDescription } = (await ask('CreateTable', input)) as { TableDescription: object };
      const table = { ...TableDescription, TableStatus: 'ACTIVE' };
      await new Promise<void>((resolve, reject) => {
        store.tableDb.put(input.TableName, table, (error) => (error ? reject(error) : resolve()));
      });
      const [{ AttributeName: hash = '' } = {}, ...others] = input.KeySchema;
      const [{ AttributeType: type } = {}] = input.AttributeDefinitions;
      if (others.length > 0 || type !== 'S' || Object.keys(input).some((name) => /Index/.test(name))) return;
      const keys = new Map<string, string>();
      const keyOf = (value: string) => {
        const key = keys.get(value) ?? database.createKey({ [hash]: { S: value } }, table);
        keys.set(value, key);
        return key;
      };
      known.set(input.TableName, { ...itemsIn(input.TableName), hash, keyOf, isFree });
    },
  };
}

const isRefusal = (error: unknown): error is Refusal => (error as Partial<Refusal>).statusCode !== undefined;

function refused({ statusCode, body: { __type, message, Message } }: Refusal): AwsError {
  return new AwsError(__type.slice(__type.indexOf('#') + 1), message ?? Message ?? '', statusCode);
}
