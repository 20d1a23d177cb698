/** Events of ECS as AWS sends them: which service each wakes, wherever it is. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { onDeploymentEvent } from '../../functions/events/on-deployment-event.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { surroundings } from '../support/surroundings.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/ecs/${name}.json`, import.meta.url), 'utf8'));

/** Whose wait it looks for, in a table where nobody waits. */
async function looksFor(event: object): Promise<string[]> {
  const keys: string[] = [];
  const GetItem = ({ Key }: { Key: { key: { S: string } } }) => {
    keys.push(Key.key.S);
    return {};
  };
  const table = { target: 'DynamoDB_20120810', operations: { GetItem } };
  const client = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: inProcessHandler(answering({ services: [table] })),
  };
  const aws = openAws(surroundings({ client }), onDeploymentEvent.uses);
  expect(await onDeploymentEvent.run(event, aws, () => 30_000)).toEqual({ answered: null });
  return keys;
}

test.each([
  { name: 'ecs-deployment-completed-real-shape', key: 'ap-northeast-1/example-cluster/example-service' },
  { name: 'ecs-hook-awaiting-action', key: 'us-west-2/my-cluster/my-service' },
  { name: 'ecs-hook-failed', key: 'us-west-2/my-cluster/my-service' },
  { name: 'ecs-hook-succeeded', key: 'us-west-2/my-cluster/my-service' },
  { name: 'ecs-hook-timed-out', key: 'us-west-2/my-cluster/my-service' },
  { name: 'ecs-task-stopped-app-crash', key: 'us-east-1/prod/api' },
])('$name looks for who waits for $key', async ({ name, key }) => {
  expect(await looksFor(sample(name))).toEqual([`wait 123456789012/${key}`]);
});

test.each([
  { where: 'in the account and Region of the installation', account: '123456789012', key: 'main/my-api' },
  { where: 'in another account', account: '210987654321', key: '210987654321/eu-west-1/main/my-api' },
])('a service $where is looked for as $key', async ({ account, key }) => {
  const event = sample('ecs-deployment-completed-real-shape');
  const resources = [`arn:aws:ecs:eu-west-1:${account}:service/main/my-api`];

  expect(await looksFor({ ...event, account, region: 'eu-west-1', resources })).toEqual([`wait ${key}`]);
});

test.each([
  { it: 'no event of ECS', event: {} },
  {
    it: 'an event of a service without its cluster',
    event: {
      ...sample('ecs-deployment-completed'),
      resources: ['arn:aws:ecs:eu-west-1:123456789012:service/x'],
    },
  },
])('$it is refused', async ({ event }) => {
  await expect(looksFor(event)).rejects.toMatchObject({ name: 'ContractViolation' });
});
