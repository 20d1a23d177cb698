import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { secretsManager } from '../../local/secrets/secrets-manager.ts';

const createdAt = new Date('2026-01-05T09:00:00Z');
const service = secretsManager(new Map([['tidegate/slack-token', 'xoxb-1']]), createdAt);
const client = new SecretsManagerClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  requestHandler: inProcessHandler(answering({ services: [service] })),
});
const get = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));

test('a secret is found by its name, its ARN and its ARN without the random end', async () => {
  const { ARN = '', ...secret } = await get('tidegate/slack-token');

  expect(secret).toMatchObject({
    SecretString: 'xoxb-1',
    Name: 'tidegate/slack-token',
    CreatedDate: createdAt,
  });
  expect((await get(ARN)).SecretString).toBe('xoxb-1');
  expect((await get(ARN.slice(0, -7))).SecretString).toBe('xoxb-1');
});

test.each([
  { it: 'a secret', more: {}, name: 'nothing', message: "Secrets Manager can't find the specified secret." },
  {
    it: 'a version of a secret',
    more: { VersionStage: 'AWSPENDING' },
    name: 'tidegate/slack-token',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  },
])('$it that is not there is not found', async ({ name, more, message }) => {
  await expect(get(name, more)).rejects.toMatchObject({ name: 'ResourceNotFoundException', message });
});
