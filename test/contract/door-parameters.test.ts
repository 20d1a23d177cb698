import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { parameters } from '../../aws/parameters.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { parameterStore } from '../../local/secrets/parameter-store.ts';
import { surroundings } from '../support/surroundings.ts';

const createdAt = new Date('2026-01-05T09:00:00Z');
const service = parameterStore(new Map([['/tidegate/slack-token', 'xoxb-1']]), createdAt);
const settings = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  requestHandler: inProcessHandler(answering({ services: [service] })),
};
const client = new SSMClient(settings);
const get = async (Name: string, WithDecryption = true) =>
  (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

test('a parameter is found by its name, its ARN and its version', async () => {
  const parameter = await get('/tidegate/slack-token');

  expect(parameter).toMatchObject({
    ...{ Name: '/tidegate/slack-token', Type: 'SecureString', Value: 'xoxb-1', Version: 1 },
    ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/tidegate/slack-token',
    LastModifiedDate: createdAt,
  });
  expect((await get(String(parameter?.ARN)))?.Value).toBe('xoxb-1');
  expect((await get('/tidegate/slack-token:1'))?.Value).toBe('xoxb-1');
});

test('who does not ask for it to be decrypted does not learn it', async () => {
  const parameter = await get('/tidegate/slack-token', false);

  expect(parameter?.Value).toMatch(/^AQICAHh/);
});

test.each([
  { it: 'a parameter', asked: 'nothing', name: 'ParameterNotFound' },
  { it: 'a version of one', asked: '/tidegate/slack-token:2', name: 'ParameterVersionNotFound' },
])('$it that is not there is not found', async ({ asked, name }) => {
  await expect(get(asked)).rejects.toMatchObject({ name });
});

test('who needs a secret that is not there is told which, and what to do', async () => {
  const { secrets } = openAws(surroundings({ client: settings }), { secrets: parameters });

  expect(await secrets.secret('/tidegate/slack-token')).toBe('xoxb-1');
  await expect(secrets.secret('/tidegate/lost')).rejects.toThrow(
    'SSM has no parameter /tidegate/lost: put the secret there, as a SecureString',
  );
});
