/** Tidegate's one DynamoDB table: items by a key that says what they are. */

import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Throttled, Transient } from '../core/errors.ts';
import { calling, isAwsError } from './calling.ts';
import type { Means } from './means.ts';

type Item = Record<string, unknown>;

export function tidegateTable({ environment: { TABLE_NAME: TableName }, makeClient }: Means) {
  const client = makeClient(DynamoDBClient, {});

  async function read(key: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName, Key: written({ key }), ConsistentRead: true });
    const { Item } = await calling('DynamoDB GetItem', () => client.send(command));
    return Item && unmarshall(Item);
  }

  return {
    read,

    /** Items, in the order of their keys; undefined where there is none. However many: a hundred a call. */
    async readAll(keys: readonly string[]): Promise<(Item | undefined)[]> {
      const found = new Map<string, Item>();
      let left = [...new Set(keys)];
      // DynamoDB may answer fewer than it is asked for. It answers some, or it is throttled, which is an error.
      while (left.length > 0) {
        const asked = left.slice(0, 100);
        const Keys = asked.map((key) => written({ key }));
        const command = new BatchGetItemCommand({
          RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
        });
        const answer = await calling('DynamoDB BatchGetItem', () => client.send(command));
        for (const item of (answer.Responses?.[TableName] ?? []).map((found) => unmarshall(found)))
          found.set(item.key, item);
        const unanswered = (answer.UnprocessedKeys?.[TableName]?.Keys ?? []).map(
          (key) => unmarshall(key).key,
        );
        if (unanswered.length === asked.length) throw new Throttled('DynamoDB BatchGetItem answered nothing');
        left = [...unanswered, ...left.slice(100)];
      }
      return keys.map((key) => found.get(key));
    },

    /** Replaces the whole item. May be repeated. */
    async put(key: string, item: Item): Promise<void> {
      await calling('DynamoDB PutItem', () =>
        client.send(new PutItemCommand({ TableName, Item: written({ ...item, key }) })),
      );
    },

    /** Sets attributes and leaves the others; makes the item where there is none. May be repeated. */
    async set(key: string, attributes: Item): Promise<void> {
      await update(key, attributes);
    },

    /** As `set`. Answers the item as it was before. */
    async setOver(key: string, attributes: Item): Promise<Item | undefined> {
      const { Attributes } = await update(key, attributes, { ReturnValues: 'ALL_OLD' });
      return Attributes && unmarshall(Attributes);
    },

    /** As `set`, but only where `attribute` is not there yet. Answers whether it was written. */
    async setFirst(key: string, attribute: string, attributes: Item): Promise<boolean> {
      try {
        await update(key, attributes, {
          ConditionExpression: 'attribute_not_exists(#first)',
          ExpressionAttributeNames: { '#first': attribute },
        });
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /** As `set`, but only where `attribute` is less than `limit`. Answers whether it was written. */
    async setOnceOver(key: string, attribute: string, limit: number, attributes: Item): Promise<boolean> {
      const condition = {
        ConditionExpression: '#over < :limit',
        ExpressionAttributeNames: { '#over': attribute },
      };
      try {
        await update(key, attributes, condition, { ':limit': limit });
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /** Takes an attribute away, unless another one is there. Answers whether it did. */
    async unsetUnless(key: string, attribute: string, unless: string): Promise<boolean> {
      const command = new UpdateItemCommand({
        TableName,
        Key: written({ key }),
        UpdateExpression: 'REMOVE #attribute',
        ConditionExpression: 'attribute_not_exists(#unless)',
        ExpressionAttributeNames: { '#attribute': attribute, '#unless': unless },
      });
      try {
        await calling('DynamoDB UpdateItem', () => client.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /** Takes attributes away. May be repeated. */
    async unset(key: string, attributes: string[]): Promise<void> {
      if (attributes.length === 0) return;
      const command = new UpdateItemCommand({
        TableName,
        Key: written({ key }),
        UpdateExpression: `REMOVE ${attributes.map((_, index) => `#n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#n${index}`, name])),
      });
      await calling('DynamoDB UpdateItem', () => client.send(command));
    },

    /** Deletes an item where an attribute has this value. Answers whether it did: of several who try, one succeeds. */
    async take(key: string, attribute: string, value: string): Promise<boolean> {
      const command = new DeleteItemCommand({
        TableName,
        Key: written({ key }),
        ConditionExpression: '#attribute = :value',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: written({ ':value': value }),
      });
      try {
        await calling('DynamoDB DeleteItem', () => client.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /**
     * Reads an item, and writes what `change` makes of it, unless somebody else wrote meanwhile: then again, from the
     * new state. Answers what `change` answered last; where that names no item, nothing is written. Throws `Transient` when
     * others kept winning.
     */
    async change<Answer>(
      key: string,
      change: (item: Item) => { item?: Item; answer: Answer },
    ): Promise<Answer> {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const before = await read(key);
        const { item, answer } = change(before ?? {});
        if (!item) return answer;
        const version = Number(before?.version ?? 0);
        const command = new PutItemCommand({
          TableName,
          Item: written({ ...item, key, version: version + 1 }),
          // What was first written in another way has no version.
          ...(before?.version === undefined
            ? {
                ConditionExpression: 'attribute_not_exists(#absent)',
                ExpressionAttributeNames: { '#absent': before ? 'version' : 'key' },
              }
            : {
                ConditionExpression: 'version = :version',
                ExpressionAttributeValues: written({ ':version': version }),
              }),
        });
        try {
          await calling('DynamoDB PutItem', () => client.send(command));
          return answer;
        } catch (error) {
          if (!isAwsError(error, 'ConditionalCheckFailedException')) throw error;
        }
      }
      throw new Transient(`${key} was changed by others ten times in a row`);
    },
  };

  async function update(
    key: string,
    attributes: Item,
    more?: Partial<UpdateItemCommandInput>,
    values: Item = {},
  ): Promise<UpdateItemCommandOutput> {
    const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const command = new UpdateItemCommand({
      ...more,
      TableName,
      Key: written({ key }),
      UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
        ...more?.ExpressionAttributeNames,
      },
      ExpressionAttributeValues: written({
        ...values,
        ...Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
      }),
    });
    return calling('DynamoDB UpdateItem', () => client.send(command));
  }
}

/** As DynamoDB has it. What is undefined is not written. */
const written = (item: Item) => marshall(writable(item) as Item, { removeUndefinedValues: true });

/** DynamoDB's smallest number; it refuses a whole item for a smaller one, such as how likely the impossible is. */
const smallest = 1e-130;

function writable(value: unknown): unknown {
  if (typeof value === 'number') return Math.abs(value) < smallest ? 0 : value;
  if (Array.isArray(value)) return value.map(writable);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, writable(one)]));
}
