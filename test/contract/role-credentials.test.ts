/** Roles in other accounts: STS is asked as seldom as it may be, and what it does not answer hangs nobody. */
import type { HttpRequest } from '@smithy/protocol-http';
import { HttpResponse } from '@smithy/protocol-http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { logs } from '../../aws/logs.ts';
import { openAws } from '../../aws/open.ts';
import { surroundings } from '../support/surroundings.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9) }));
afterEach(() => void vi.useRealTimers());

const roleArn = 'arn:aws:iam::210987654321:role/tidegate';
const service = { cluster: 'main', service: 'my-api', region: 'us-east-1', roleArn };

type Sts = (asked: number) => HttpResponse | Promise<HttpResponse>;
const xml = (statusCode: number, body: string) =>
  new HttpResponse({ statusCode, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) });
const session: Sts = (asked) =>
  xml(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA${asked}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
const refused: Sts = () =>
  xml(
    403,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: me is not authorized</Message></Error></ErrorResponse>`,
  );

/** Gateways, and what they asked: forms of STS, and of all others who signed, and for where. */
function world(sts: Sts = session) {
  const forms: URLSearchParams[] = [];
  const signed: string[] = [];
  const requestHandler = {
    async handle({ hostname, headers, body }: HttpRequest) {
      if (hostname.startsWith('sts.')) {
        forms.push(new URLSearchParams(String(body)));
        return { response: await sts(forms.length) };
      }
      const [, who, where] = /Credential=(\w+)\/\d+\/([\w-]+)\//.exec(String(headers.authorization)) ?? [];
      signed.push(`${who} ${where} ${hostname}`);
      const services = [{ deployments: [] }];
      const answer = { services, events: [{ message: 'hi' }], imageDetails: [] };
      return { response: new HttpResponse({ statusCode: 200, body: Buffer.from(JSON.stringify(answer)) }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
  const client = {
    ...{ region: 'eu-west-1', credentials: { accessKeyId: 'HOME', secretAccessKey: 'b' }, maxAttempts: 1 },
    requestHandler,
  };
  const environment = { AWS_LAMBDA_FUNCTION_NAME: 'tidegate-production-StartDeployment' };
  const aws = openAws(surroundings({ client, environment, now: Date.now }), { ecr, ecs, logs });
  return { aws, forms, signed };
}

test('what is at home is asked with our own credentials, without STS', async () => {
  const { aws, forms, signed } = world();

  await aws.ecs({}).seenService(service);

  expect(signed).toEqual(['HOME eu-west-1 ecs.eu-west-1.amazonaws.com']);
  expect(forms).toEqual([]);
});

test('another Region alone is asked with our own credentials, too', async () => {
  const { aws, signed } = world();

  await aws.ecs({ region: 'us-east-1' }).seenService(service);

  expect(signed).toEqual(['HOME us-east-1 ecs.us-east-1.amazonaws.com']);
});

test('another account is asked by its role, which all gateways take on together, under our name', async () => {
  const { aws, forms, signed } = world();

  await aws.ecs(service).seenService(service);
  await aws.ecs(service).deploy(service, 'my-api:2');
  await aws.logs(service).tail('/ecs/my-api', 'stream', 20);

  expect(signed).toEqual([
    'ASIA1 us-east-1 ecs.us-east-1.amazonaws.com',
    'ASIA1 us-east-1 ecs.us-east-1.amazonaws.com',
    'ASIA1 us-east-1 logs.us-east-1.amazonaws.com',
  ]);
  expect(forms.map((form) => Object.fromEntries(form))).toEqual([
    {
      ...{ Action: 'AssumeRole', Version: '2011-06-15', RoleArn: roleArn },
      RoleSessionName: 'tidegate-production-StartDeployment',
    },
  ]);
});

test('the gateway of a place is made once', () => {
  const { aws } = world();

  expect(aws.ecs({ ...service })).toBe(aws.ecs(service));
  expect(aws.ecs({ region: 'us-east-1' })).not.toBe(aws.ecs(service));
});

test.each([
  { minutes: 54, sessions: ['ASIA1', 'ASIA1'] },
  { minutes: 56, sessions: ['ASIA1', 'ASIA2'] },
])(
  'of a session of an hour, a call after $minutes minutes has $sessions.1',
  async ({ minutes, sessions }) => {
    const { aws, signed } = world();

    await aws.ecs(service).seenService(service);
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await aws.ecs(service).seenService(service);

    expect(signed.map((call) => call.split(' ')[0])).toEqual(sessions);
  },
);

test('a role that may not be taken on is named, with what to do', async () => {
  const { aws, signed } = world(refused);

  await expect(aws.ecs(service).seenService(service)).rejects.toThrow(
    `${roleArn} cannot be taken on: it is not there, or it does not trust this installation (\`npm run roles\` prints what it needs): User: me is not authorized`,
  );
  expect(signed).toEqual([]);
});

test('an STS that does not answer fails one call for a time, and hangs no later one', async () => {
  const { aws, signed } = world((asked) => (asked === 1 ? new Promise(() => {}) : session(asked)));

  const failed = expect(aws.ecs(service).seenService(service)).rejects.toMatchObject({ name: 'Transient' });
  await vi.advanceTimersByTimeAsync(5000);
  await failed;
  await aws.ecs(service).seenService(service);

  expect(signed).toEqual(['ASIA2 us-east-1 ecs.us-east-1.amazonaws.com']);
});

test('a repository is asked for in its Region, with our own credentials: its policy lets us in', async () => {
  const { aws, signed, forms } = world();

  await aws.ecr.pushes({ registryId: '210987654321', region: 'us-east-1', repository: 'my-api' });
  await aws.ecr.tagged({ registryId: '123456789012', region: 'eu-west-1', repository: 'my-api' }, 'v1');

  expect(signed).toEqual([
    'HOME us-east-1 api.ecr.us-east-1.amazonaws.com',
    'HOME eu-west-1 api.ecr.eu-west-1.amazonaws.com',
  ]);
  expect(forms).toEqual([]);
});
