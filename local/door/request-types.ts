/** Whether a request has the types that AWS gives it, by the schemas in the SDK's own clients. */
import { NormalizedSchema } from '@smithy/core/schema';

/** By the `target` of the service. Loaded only when a request has failed. */
const clients = new Map<string, () => Promise<object>>([
  ['AWSStepFunctions', () => import('@aws-sdk/client-sfn')],
  ['AmazonEC2ContainerServiceV20141113', () => import('@aws-sdk/client-ecs')],
  ['AmazonEC2ContainerRegistry_V20150921', () => import('@aws-sdk/client-ecr')],
  ['GraniteServiceVersion20100801', () => import('@aws-sdk/client-cloudwatch')],
  ['Logs_20140328', () => import('@aws-sdk/client-cloudwatch-logs')],
  ['DynamoDB_20120810', () => import('@aws-sdk/client-dynamodb')],
  ['AWSEvents', () => import('@aws-sdk/client-eventbridge')],
  ['AmazonSSM', () => import('@aws-sdk/client-ssm')],
  ['TrentService', () => import('@aws-sdk/client-kms')],
]);

/** The first value of a wrong type, such as `containerDefinitions[0] is null, not a structure`. `undefined` without one. */
export async function wrongTypeIn(
  service: string,
  operation: string,
  input: Record<string, unknown>,
): Promise<string | undefined> {
  const client = (await clients.get(service)?.()) as Record<string, readonly unknown[]> | undefined;
  // Of the schema of an operation: a number for its kind, namespace, name, traits, input, output.
  const shape = client?.[`${operation}$`]?.[4];
  return shape === undefined ? undefined : wrong(NormalizedSchema.of(shape as never), input, '');
}

function wrong(schema: NormalizedSchema, value: unknown, path: string): string | undefined {
  const expected = kindOf(schema);
  if (expected === undefined) return undefined;
  const actual = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  if (actual !== expected) return `${path} is ${phrase(actual)}, not ${phrase(expected)}`;

  if (Array.isArray(value)) {
    return first(value.entries(), ([index, item]) =>
      wrong(schema.getValueSchema(), item, `${path}[${index}]`),
    );
  }
  if (typeof value !== 'object') return undefined;
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (schema.isMapSchema()) {
    return first(Object.entries(value ?? {}), ([name, item]) =>
      wrong(schema.getValueSchema(), item, at(name)),
    );
  }
  const members = Object.entries(schema.getMemberSchemas());
  return first(members, ([name, member]) => {
    const item = (value as Record<string, unknown>)[name];
    // A member that is null is a member that is absent.
    return item === undefined || item === null ? undefined : wrong(member, item, at(name));
  });
}

function first<Item>(items: Iterable<Item>, look: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `undefined` for what JSON can write in more than one way: times, numbers beyond JSON's, documents. */
function kindOf(schema: NormalizedSchema) {
  if (schema.isListSchema()) return 'list';
  if (schema.isMapSchema() || schema.isStructSchema()) return 'object';
  if (schema.isStringSchema()) return 'string';
  if (schema.isBooleanSchema()) return 'boolean';
  return undefined;
}

const phrase = (kind: string) => (kind === 'null' ? 'null' : kind === 'object' ? 'a structure' : `a ${kind}`);
