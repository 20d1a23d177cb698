/** dynalite without its HTTP server: the same checks and the same actions over the same store, as the server calls them. */
import { createRequire } from 'node:module';
import { AwsError } from '../aws-service.ts';
import { putBack, withoutPlain } from './plain-values.ts';

/** Of its own, in memory. */
interface Store {
  tableDb: { put(tableName: string, table: object, done: (error: unknown) => void): void };
}

interface Checks {
  types: object;
  custom?: unknown;
}

interface Validations {
  toLowerFirst(name: string): string;
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
  createTable(input: { TableName: string }): Promise<void>;
}

/** An empty DynamoDB. */
export function dynalite(): Dynalite {
  // It has no types, and these are not its front door: that is an HTTP server, which took most of the time.
  const require = createRequire(import.meta.url);
  const validations: Validations = require('dynalite/validations');
  const store: Store = require('dynalite/db').create({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });

  async function ask(operation: string, input: object): Promise<unknown> {
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
    },
  };
}

const isRefusal = (error: unknown): error is Refusal => (error as Partial<Refusal>).statusCode !== undefined;

function refused({ statusCode, body: { __type, message, Message } }: Refusal): AwsError {
  return new AwsError(__type.slice(__type.indexOf('#') + 1), message ?? Message ?? '', statusCode);
}
