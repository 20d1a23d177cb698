import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { expect, test } from 'vitest';
import type { ClientMaker } from '../../aws/client-maker.ts';
import { AwsError, type AwsService } from '../../local/aws-service.ts';
import { answering, type Call } from '../../local/door/answering.ts';
import { inProcessHandler, inProcessSettings } from '../../local/door/in-process.ts';
import { ConnectionLost } from '../../local/door/route.ts';
import { shortWay } from '../../local/door/short-way.ts';

const createdAt = new Date('2026-01-05T09:00:00.250Z');

const services: AwsService[] = [
  {
    target: 'AWSStepFunctions',
    operations: {
      DescribeExecution() {
        throw new AwsError('ExecutionDoesNotExist', "Execution Does Not Exist: 'gone'");
      },
    },
  },
  {
    target: 'AmazonEC2ContainerServiceV20141113',
    operations: {
      DescribeServices: ({ services: [serviceName] }) => ({
        services: [{ serviceName, desiredCount: 2, createdAt, events: [] }],
        failures: [],
      }),
      RunTask: () => ({ tasks: [{ taskArn: 'arn:task' }] }),
    },
  },
  {
    target: 'DynamoDB_20120810',
    operations: { GetItem: () => ({ Item: { key: { S: 'a' }, bytes: { B: Buffer.from([1, 2]) } } }) },
  },
];

/** A world in which the first calls meet these faults, the settings of its clients, and the calls that it saw. */
function worldWith(faults: (() => never)[]) {
  const calls: Call[] = [];
  const left = [...faults];
  const aws = answering({
    services,
    around(call, next) {
      calls.push(call);
      left.shift()?.();
      return next();
    },
    requestId: () => 'r-1',
    log: () => {},
  });
  const settings = {
    ...inProcessSettings,
    region: 'eu-west-1',
    endpoint: 'http://world.test',
    credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'any' },
    requestHandler: inProcessHandler(aws),
    retryStrategy: new ConfiguredRetryStrategy(3, 0),
  };
  return { aws, calls, settings };
}

type Send = (settings: ReturnType<typeof worldWith>['settings'], make: ClientMaker) => unknown;

async function bothWays(send: Send, ...faults: (() => never)[]) {
  const [whole, short] = [worldWith(faults), worldWith(faults)];
  const [wholeOutcome, shortOutcome] = await Promise.allSettled([
    send(whole.settings, (Client, settings) => new Client(settings)),
    send(short.settings, shortWay(short.aws)),
  ]);
  return {
    whole: { outcome: wholeOutcome, calls: whole.calls },
    short: { outcome: shortOutcome, calls: short.calls },
  };
}

const describing: Send = (settings, make) => {
  const client = make(ECSClient, settings);
  return client.send(new DescribeServicesCommand({ services: ['api'] }));
};
const reading: Send = (settings, make) => {
  const client = make(DynamoDBClient, settings);
  return client.send(new GetItemCommand({ TableName: 'releases', Key: { key: { S: 'a' } } }));
};
const missing: Send = (settings, make) => {
  const client = make(SFNClient, settings);
  return client.send(new DescribeExecutionCommand({ executionArn: 'gone' }));
};
/** Without a token of its own, so that the SDK makes one up. */
const running: Send = (settings, make) => {
  const client = make(ECSClient, settings);
  return client.send(new RunTaskCommand({ taskDefinition: 'api' }));
};

const throttled = () => {
  throw new AwsError('ThrottlingException', 'Rate exceeded');
};
const lost = () => {
  throw new ConnectionLost();
};

test.each([
  { it: 'an answer', send: describing, faults: [], calls: 1 },
  { it: 'bytes', send: reading, faults: [], calls: 1 },
  { it: 'an error of the service', send: missing, faults: [], calls: 1 },
  { it: 'an answer after throttling', send: describing, faults: [throttled, throttled], calls: 3 },
  {
    it: 'throttling that does not end',
    send: describing,
    faults: [throttled, throttled, throttled],
    calls: 3,
  },
  { it: 'an answer after a lost connection', send: reading, faults: [lost], calls: 2 },
  { it: 'a connection that is lost each time', send: reading, faults: [lost, lost, lost], calls: 3 },
])('$it comes back the short way as it does the whole way, after as many calls', async (scenario) => {
  const { whole, short } = await bothWays(scenario.send, ...scenario.faults);

  expect(short).toEqual(whole);
  expect(short.calls).toHaveLength(scenario.calls);
});

test('the short way reads dates and bytes, and signs with the name of the key', async () => {
  const services = await bothWays(describing);
  const items = await bothWays(reading);

  expect(services.short.outcome).toMatchObject({ value: { services: [{ serviceName: 'api', createdAt }] } });
  expect(services.short.calls).toMatchObject([{ caller: { accessKeyId: 'AKIDLOCAL' } }]);
  expect(items.short.outcome).toMatchObject({ value: { Item: { bytes: { B: new Uint8Array([1, 2]) } } } });
});

test('an error of the service is of its own class', async () => {
  const { short } = await bothWays(missing);

  expect(short.outcome).toMatchObject({ reason: expect.any(ExecutionDoesNotExist) });
});

test('a token that the SDK makes up is the same in every attempt', async () => {
  const { short } = await bothWays(running, lost, throttled);

  const tokens = short.calls.map(({ input }) => input.clientToken);
  expect(tokens).toHaveLength(3);
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(tokens).size).toBe(1);
});
