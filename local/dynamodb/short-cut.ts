/**
 * Single items by their key, and the few forms of expressions that are plain assignments and comparisons: answered at once,
 * as dynalite would. Most of its time goes into parsing these again and again. The rest of DynamoDB stays its own.
 */
import { AwsError } from '../aws-service.ts';
import type { Item, Items, Value } from './items.ts';
import { isObject, isPlain } from './plain-values.ts';

export interface KnownTable extends Items {
  /** The attribute that is the whole primary key: text. */
  hash: string;
  /** dynalite's own name for an item. */
  keyOf(value: string): string;
  /** Whether an expression may have this name as it is: some hundred are reserved. */
  isFree(name: string): boolean;
}

interface Request {
  TableName: string;
  Key?: Record<string, Value>;
  Item?: Record<string, Value>;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
}

const expressions = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const fields: Readonly<Record<string, ReadonlySet<string>>> = {
  GetItem: new Set([
    'TableName',
    'Key',
    'ConsistentRead',
    'ProjectionExpression',
    'ExpressionAttributeNames',
  ]),
  PutItem: new Set(['TableName', 'Item', ...expressions]),
  UpdateItem: new Set(['TableName', 'Key', 'UpdateExpression', ...expressions]),
  DeleteItem: new Set(['TableName', 'Key', ...expressions]),
};

/** dynalite counts more exactly, and refuses items of more than 400 KiB. */
const surelySmall = 200 * 1024;

/** Undefined where dynalite is to answer. Throws where a condition does not hold. */
export function shortCut(operation: string, input: object, table: KnownTable): object | undefined {
  const known = fields[operation];
  if (!known || Object.keys(input).some((name) => !known.has(name))) return undefined;
  const request = input as Request;
  const key = keyIn(operation === 'PutItem' ? request.Item : request.Key, operation === 'PutItem', table);
  const names = new References(request.ExpressionAttributeNames);
  const values = new References(request.ExpressionAttributeValues);
  if (key === undefined || table.isLocked(key)) return undefined;
  if (!Object.values(request.ExpressionAttributeValues ?? {}).every(isPlain)) return undefined;

  const before = table.items.get(key);
  const change = changeOf(operation, request, before, table, { names, values });
  const holds = change && conditionOf(request.ConditionExpression, before, table, { names, values });
  if (!change || holds === undefined || !names.areUsed() || !values.areUsed()) return undefined;
  if (!holds) throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
  return change();
}

function keyIn(from: unknown, among: boolean, { hash, keyOf }: KnownTable): string | undefined {
  if (!isObject(from) || (!among && Object.keys(from).length !== 1)) return undefined;
  const value = from[hash];
  if (!isPlain(value)) return undefined;
  const text = (value as Value).S;
  return typeof text === 'string' && text.length > 0 && text.length < 500 ? keyOf(text) : undefined;
}

interface Referred {
  names: References<string>;
  values: References<Value>;
}

/** What `#name` or `:value` stands for. */
class References<Held> {
  #unused: Set<string>;
  readonly #all: Record<string, Held> | undefined;

  constructor(all: Record<string, Held> | undefined) {
    this.#all = all;
    this.#unused = new Set(Object.keys(all ?? {}));
    // DynamoDB refuses an empty one.
    if (all && this.#unused.size === 0) this.#unused.add('');
  }

  of(reference: string): Held | undefined {
    this.#unused.delete(reference);
    return this.#all?.[reference];
  }

  areUsed = () => this.#unused.size === 0;
}

/** What the request does once its condition holds. Nothing is done before. */
function changeOf(
  operation: string,
  request: Request,
  before: Item | undefined,
  table: KnownTable,
  referred: Referred,
): (() => object) | undefined {
  const { Key = {}, Item } = request;
  const write = (item: Item) => {
    if (sizeOf(item) > surelySmall) return undefined;
    const key = table.keyOf(String(item[table.hash]?.S));
    return () => {
      table.put(key, item);
      return {};
    };
  };
  switch (operation) {
    case 'GetItem':
      return projectionOf(request.ProjectionExpression, before, referred);
    case 'PutItem':
      return Item && Object.values(Item).every(isPlain) ? write(Item) : undefined;
    case 'UpdateItem': {
      const updated = updatedBy(request.UpdateExpression, before ?? Key, table.hash, referred);
      return updated && write(updated);
    }
    default:
      return () => {
        table.remove(table.keyOf(String(Key[table.hash]?.S)));
        return {};
      };
  }
}

function projectionOf(
  expression: string | undefined,
  item: Item | undefined,
  { names }: Referred,
): (() => object) | undefined {
  if (expression === undefined) return () => (item ? { Item: item } : {});
  const paths = partsOf(expression, /^(#\w+)$/).map(([reference = '']) => names.of(reference));
  if (!areDistinct(paths)) return undefined;
  if (!item) return () => ({});
  return () => ({
    Item: Object.fromEntries(paths.flatMap((name) => (item[name] ? [[name, item[name]]] : []))),
  });
}

function updatedBy(
  expression = '',
  before: Item,
  hash: string,
  { names, values }: Referred,
): Item | undefined {
  const [, action, list = ''] = /^(SET|REMOVE) (.+)$/.exec(expression) ?? [];
  const parts = partsOf(list, action === 'SET' ? /^(#\w+) = (:\w+)$/ : /^(#\w+)$/);
  const paths = parts.map(([reference = '']) => names.of(reference));
  if (!areDistinct(paths) || paths.includes(hash)) return undefined;
  const item: Record<string, Value> = { ...before };
  for (const [index, [, reference]] of parts.entries()) {
    const name = String(paths[index]);
    if (reference === undefined) delete item[name];
    else {
      const value = values.of(reference);
      if (!value) return undefined;
      item[name] = value;
    }
  }
  return item;
}

/** Undefined where the condition is of another form. */
function conditionOf(
  expression: string | undefined,
  item: Item | undefined,
  { isFree }: KnownTable,
  { names, values }: Referred,
): boolean | undefined {
  if (expression === undefined) return true;
  const [, absent] = /^attribute_not_exists\((#\w+)\)$/.exec(expression) ?? [];
  if (absent !== undefined) {
    const name = names.of(absent);
    return name === undefined ? undefined : item?.[name] === undefined;
  }
  const [, path = '', reference] = /^(#?\w+) = (:\w+)$/.exec(expression) ?? [];
  const name = /^[a-z]+$/.test(path) && isFree(path) ? path : names.of(path);
  const value = values.of(reference ?? '');
  const held = name === undefined ? undefined : item?.[name];
  if (name === undefined || value === undefined) return undefined;
  if (value.S !== undefined) return held?.S === value.S;
  return value.N === undefined ? undefined : held?.N === value.N;
}

/** The groups of each part of a list. Empty where one has another form. */
function partsOf(list: string, form: RegExp): string[][] {
  const parts = list.split(', ').map((part) => form.exec(part));
  return parts.every((part) => part !== null) ? parts.map(([, ...groups]) => groups) : [];
}

const areDistinct = (names: (string | undefined)[]): names is string[] =>
  names.length > 0 &&
  new Set(names).size === names.length &&
  names.every((name) => name && name !== '__proto__');

/** Not less than DynamoDB counts. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 4 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const [name, held] of Object.entries(value)) size += 4 * name.length + sizeOf(held);
  return size;
}
