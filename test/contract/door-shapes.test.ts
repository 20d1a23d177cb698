import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { NormalizedSchema } from '@smithy/core/schema';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inProcessSettings, responseOf } from '../../local/door/in-process.ts';
import { readerOf, Unshaped, withTokens, writerOf } from '../../local/door/shapes.ts';
import { toWire } from '../../local/door/wire.ts';

const settings = {
  ...inProcessSettings,
  region: 'eu-west-1',
  endpoint: 'http://world.test',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
};
const dynamodb = new DynamoDBClient(settings);
const ecr = new ECRClient(settings);
const ecs = new ECSClient(settings);

const operations = [
  [dynamodb, GetItemCommand],
  [dynamodb, PutItemCommand],
  [dynamodb, UpdateItemCommand],
  [ecr, BatchGetImageCommand],
  [ecr, DescribeImagesCommand],
  [ecs, DescribeServiceDeploymentsCommand],
  [ecs, DescribeServicesCommand],
  [ecs, DescribeTasksCommand],
  [ecs, ListServiceDeploymentsCommand],
  [ecs, RegisterTaskDefinitionCommand],
  [ecs, RunTaskCommand],
  [new SFNClient(settings), StartExecutionCommand],
  [new CloudWatchClient(settings), GetMetricDataCommand],
] as const;

type Schema = Exclude<Parameters<typeof NormalizedSchema.of>[0], number | string> & object;

/** What the SDK's types keep to themselves. */
interface Sdk {
  schema: [kind: number, namespace: string, name: string, traits: unknown, input: Schema, output: Schema];
  protocol: {
    serializeRequest(operation: object, input: object, context: object): Promise<{ body: Uint8Array }>;
    deserializeResponse(operation: object, context: object, response: object): Promise<{ $metadata: object }>;
  };
}

const all = operations.map(([client, Command]) => {
  const { schema } = new (Command as new (input: object) => unknown)({}) as Sdk;
  const { protocol } = client.config as unknown as Sdk;
  const [, namespace, name, traits, input, output] = schema;
  const context = Object.assign(Object.create(client.config), { endpoint: async () => undefined });
  return { name, input, output, operation: { namespace, name, traits, input, output }, protocol, context };
});

/** Values of a shape, as a caller or a model may have them. */
function valuesOf(schema: NormalizedSchema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.getName(true) === 'com.amazonaws.dynamodb#AttributeValue') return attributeValues;
  if (schema.isStructSchema() && !schema.isUnitSchema()) {
    const members = Object.entries(schema.getMemberSchemas()).map(([name, member]) => {
      const tooDeep = depth > 3 && typeof member.getSchema() === 'object';
      if (tooDeep) return [name, fc.constant(undefined)];
      // The SDK writes text that is not JSON for a token that is null.
      return [name, orAbsent(valuesOf(member, depth + 1), member.isIdempotencyToken() ? [] : [null])];
    });
    return fc.record(Object.fromEntries(members));
  }
  if (schema.isListSchema()) return fc.array(valuesOf(schema.getValueSchema(), depth + 1), { maxLength: 2 });
  if (schema.isMapSchema())
    return fc.dictionary(fc.string(), valuesOf(schema.getValueSchema(), depth + 1), { maxKeys: 2 });
  if (schema.isTimestampSchema()) return fc.date({ noInvalidDate: true });
  if (schema.isBlobSchema()) return fc.uint8Array();
  if (schema.isNumericSchema()) return fc.oneof(fc.integer(), fc.double());
  if (schema.isBooleanSchema()) return fc.boolean();
  return fc.string({ unit: 'grapheme' });
}

const orAbsent = (values: fc.Arbitrary<unknown>, absent: null[]) =>
  fc.oneof({ weight: 3, arbitrary: values }, fc.constantFrom(undefined, ...absent));

const { attributeValues } = fc.letrec<{ attributeValues: unknown }>((tie) => ({
  attributeValues: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: fc.string({ unit: 'grapheme' }) }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ B: fc.uint8Array() }),
    fc.record({ L: fc.array(tie('attributeValues'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(fc.string(), tie('attributeValues'), { maxKeys: 3 }) }),
  ),
}));

const unshaped = Symbol('left to the SDK');

function shaped(convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    if (error instanceof Unshaped) return unshaped;
    throw error;
  }
}

test.each(all)('$name is asked as the SDK writes it', async ({ input, operation, protocol, context }) => {
  await fc.assert(
    fc.asyncProperty(valuesOf(NormalizedSchema.of(input)), async (value) => {
      const asked = withTokens(input, value as object);
      const { body } = await protocol.serializeRequest(operation, asked, context);

      const written = shaped(() => writerOf(input)(asked));

      fc.pre(written !== unshaped);
      expect(written).toEqual(JSON.parse(new TextDecoder().decode(Buffer.from(body))));
    }),
    { numRuns: 50 },
  );
});

test.each(all)(
  'an answer to $name is read as the SDK reads it',
  async ({ output, operation, protocol, context }) => {
    await fc.assert(
      fc.asyncProperty(valuesOf(NormalizedSchema.of(output)), async (value) => {
        const answer = { status: 200, headers: {}, body: toWire(value) };
        const { $metadata: _, ...expected } = await protocol.deserializeResponse(
          operation,
          context,
          responseOf(answer),
        );

        const read = shaped(() => readerOf(output)(value));

        fc.pre(read !== unshaped);
        expect(read).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  },
);

test('what is read is a copy', () => {
  const { output } = all[0] as (typeof all)[0];
  const item = { key: { S: 'a' }, list: { L: [{ S: 'b' }] } };

  const read = readerOf(output)({ Item: item }) as { Item: typeof item };
  read.Item.list.L.length = 0;
  read.Item.key.S = 'c';

  expect(item).toEqual({ key: { S: 'a' }, list: { L: [{ S: 'b' }] } });
});
