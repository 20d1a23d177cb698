/** Tidegate's one DynamoDB table: items by a key that says what they are. */

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Transient } from '../core/errors.ts';
import { calling, isAwsError } from './calling.ts';

export type Table = ReturnType<typeof openTable>;
type Item = Record<string, unknown>;

export function openTable(client: DynamoDBClient, TableName: string) {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  async function read(key: string): Promise<Item | undefined> {
    const command = new GetCommand({ TableName, Key: { key }, ConsistentRead: true });
    return (await calling('DynamoDB GetItem', () => documents.send(command))).Item;
  }

  return {
    read,

    /** Replaces the whole item. May be repeated. */
    async put(key: string, item: Item): Promise<void> {
      await calling('DynamoDB PutItem', () =>
        documents.send(new PutCommand({ TableName, Item: { ...item, key } })),
      );
    },

    /** Sets attributes and leaves the others; makes the item where there is none. May be repeated. */
    async set(key: string, attributes: Item): Promise<void> {
      await update(key, attributes);
    },

    /** As `set`, but only where `attribute` is not there yet. Answers whether it was written. */
    async setFirst(key: string, attribute: string, attributes: Item): Promise<boolean> {
      try {
        await update(key, attributes, {
          ConditionExpression: 'attribute_not_exists(#first)',
          names: { '#first': attribute },
        });
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /** Takes attributes away. May be repeated. */
    async unset(key: string, attributes: string[]): Promise<void> {
      if (attributes.length === 0) return;
      const command = new UpdateCommand({
        TableName,
        Key: { key },
        UpdateExpression: `REMOVE ${attributes.map((_, index) => `#n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#n${index}`, name])),
      });
      await calling('DynamoDB UpdateItem', () => documents.send(command));
    },

    /** Deletes an item where an attribute has this value. Answers whether it did: of several who try, one succeeds. */
    async take(key: string, attribute: string, value: string): Promise<boolean> {
      const command = new DeleteCommand({
        TableName,
        Key: { key },
        ConditionExpression: '#attribute = :value',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':value': value },
      });
      try {
        await calling('DynamoDB DeleteItem', () => documents.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    },

    /**
     * Reads an item, and writes what `change` makes of it, unless somebody else wrote meanwhile: then again, from the
     * new state. Answers what `change` answered last. Throws `Transient` when others kept winning.
     */
    async change<Answer>(
      key: string,
      change: (item: Item) => { item: Item; answer: Answer },
    ): Promise<Answer> {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const before = await read(key);
        const { item, answer } = change(before ?? {});
        const version = Number(before?.version ?? 0);
        const command = new PutCommand({
          TableName,
          Item: { ...item, key, version: version + 1 },
          ConditionExpression: before ? 'version = :version' : 'attribute_not_exists(#key)',
          ...(before
            ? { ExpressionAttributeValues: { ':version': version } }
            : { ExpressionAttributeNames: { '#key': 'key' } }),
        });
        try {
          await calling('DynamoDB PutItem', () => documents.send(command));
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
    condition?: { ConditionExpression: string; names: Record<string, string> },
  ) {
    const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const command = new UpdateCommand({
      TableName,
      Key: { key },
      UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
        ...condition?.names,
      },
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
      ...(condition && { ConditionExpression: condition.ConditionExpression }),
    });
    await calling('DynamoDB UpdateItem', () => documents.send(command));
  }
}
