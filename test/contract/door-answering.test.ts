import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeImagesCommand, ECRClient, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import {
  DescribeServicesCommand,
  ECSClient,
  ListClustersCommand,
  ServiceNotFoundException,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsError, type AwsService } from '../../local/aws-service.ts';
import { type AnsweringOptions, answering, type Call } from '../../local/door/answering.ts';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { inProcessHandler, inProcessSettings } from '../../local/door/in-process.ts';
import { ConnectionLost } from '../../local/door/route.ts';

const at = new Date('2026-01-05T09:00:00.250Z');

const services: AwsService[] = [
  {
    target: 'AWSStepFunctions',
    operations: {
      DescribeExecution({ executionArn }) {
        if (executionArn === 'gone') {
          throw new AwsError('ExecutionDoesNotExist', "Execution Does Not Exist: 'gone'");
        }
        return { executionArn, status: 'RUNNING', startDate: at, stopDate: undefined };
      },
    },
  },
  {
    target: 'AmazonEC2ContainerServiceV20141113',
    operations: {
      DescribeServices({ services: [serviceName] }) {
        if (serviceName === 'gone') throw new AwsError('ServiceNotFoundException', 'Service not found.');
        if (serviceName === 'broken') throw new TypeError('the model is wrong');
        return { services: [{ serviceName, desiredCount: 2, createdAt: at }], failures: [] };
      },
    },
  },
  {
    target: 'AmazonEC2ContainerRegistry_V20150921',
    operations: {
      DescribeImages({ repositoryName }) {
        if (repositoryName === 'gone')
          throw new AwsError('RepositoryNotFoundException', 'no such repository');
        return { imageDetails: [{ imagePushedAt: at, imageSizeInBytes: 123_456_789_012 }] };
      },
    },
  },
  {
    target: 'GraniteServiceVersion20100801',
    operations: {
      GetMetricData: ({ StartTime }) => ({
        MetricDataResults: [
          { Id: 'm1', Timestamps: [new Date(StartTime * 1000)], Values: [0.25], StatusCode: 'Complete' },
        ],
      }),
      ListMetrics() {
        throw new AwsError('InvalidParameterValueException', 'no good');
      },
    },
  },
  {
    target: 'Logs_20140328',
    operations: { GetLogEvents: () => ({ events: [{ timestamp: at.getTime(), message: 'hi' }] }) },
  },
  { target: 'DynamoDB_20120810', operations: { ListTables: () => ({ TableNames: ['releases'] }) } },
  {
    target: 'AWSEvents',
    operations: { PutEvents: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] }) },
  },
  {
    target: 'AmazonSSM',
    operations: {
      GetParameter: () => ({ Parameter: { Value: 'hush', Version: 1, LastModifiedDate: at } }),
    },
  },
];

const logged: string[] = [];
const log = (message: string) => void logged.push(message);
const calls: Call[] = [];
const around: AnsweringOptions['around'] = (call, next) => {
  calls.push(call);
  return next();
};

let door: HttpDoor;
beforeAll(async () => {
  door = await httpDoor({ port: 0, aws: answering({ services, around, log }), routes: [] });
});
afterAll(() => door.close());

const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'any' };
const common = { region: 'eu-west-1', credentials, maxAttempts: 1 };
const doors = {
  'in process, at little cost': () => ({
    ...common,
    ...inProcessSettings,
    requestHandler: inProcessHandler(answering({ services, around, log })),
  }),
  'in process': () => ({ ...common, requestHandler: inProcessHandler(answering({ services, around, log })) }),
  'over HTTP': () => ({ ...common, endpoint: door.address }),
};

describe.each(Object.entries(doors))('the SDK, %s,', (_name, options) => {
  test('reads dates of Step Functions to the millisecond', async () => {
    const { startDate, stopDate } = await new SFNClient(options()).send(
      new DescribeExecutionCommand({ executionArn: 'one' }),
    );

    expect(startDate).toEqual(at);
    expect(stopDate).toBeUndefined();
  });

  test('reads numbers and dates of ECS and ECR', async () => {
    const ecs = await new ECSClient(options()).send(new DescribeServicesCommand({ services: ['api'] }));
    const ecr = await new ECRClient(options()).send(new DescribeImagesCommand({ repositoryName: 'api' }));

    expect(ecs.services?.[0]).toMatchObject({ desiredCount: 2, createdAt: at });
    expect(ecr.imageDetails?.[0]).toMatchObject({ imageSizeInBytes: 123_456_789_012, imagePushedAt: at });
  });

  test('sends and reads the times of CloudWatch', async () => {
    const command = new GetMetricDataCommand({
      StartTime: at,
      EndTime: at,
      MetricDataQueries: [{ Id: 'm1', Expression: '1' }],
    });

    const { MetricDataResults } = await new CloudWatchClient(options()).send(command);

    expect(MetricDataResults?.[0]).toMatchObject({ Timestamps: [at], Values: [0.25] });
  });

  test('sends CloudWatch more than is worth compressing', async () => {
    const queries = Array.from({ length: 400 }, (_, index) => ({
      Id: `m${index}`,
      Expression: 'x'.repeat(100),
    }));
    const command = new GetMetricDataCommand({ StartTime: at, EndTime: at, MetricDataQueries: queries });

    const { MetricDataResults } = await new CloudWatchClient(options()).send(command);

    expect(MetricDataResults).toHaveLength(1);
  });

  test('reads DynamoDB, EventBridge, SSM and CloudWatch Logs', async () => {
    const tables = await new DynamoDBClient(options()).send(new ListTablesCommand());
    const put = await new EventBridgeClient(options()).send(new PutEventsCommand({ Entries: [] }));
    const { Parameter } = await new SSMClient(options()).send(new GetParameterCommand({ Name: 'x' }));
    const logs = await new CloudWatchLogsClient(options()).send(
      new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }),
    );

    expect(tables.TableNames).toEqual(['releases']);
    expect(put.Entries).toEqual([{ EventId: 'e-1' }]);
    expect(Parameter).toEqual({ Value: 'hush', Version: 1, LastModifiedDate: at });
    expect(logs.events).toEqual([{ timestamp: at.getTime(), message: 'hi' }]);
  });

  test('makes its own error classes of modelled errors', async () => {
    const sfn = () => new SFNClient(options()).send(new DescribeExecutionCommand({ executionArn: 'gone' }));
    const ecs = () => new ECSClient(options()).send(new DescribeServicesCommand({ services: ['gone'] }));
    const ecr = () => new ECRClient(options()).send(new DescribeImagesCommand({ repositoryName: 'gone' }));

    await expect(sfn()).rejects.toThrow(ExecutionDoesNotExist);
    await expect(ecs()).rejects.toThrow(ServiceNotFoundException);
    await expect(ecr()).rejects.toThrow(RepositoryNotFoundException);
    await expect(ecr()).rejects.toMatchObject({
      message: 'no such repository',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test('keeps the name of an error of CloudWatch', async () => {
    const listing = new CloudWatchClient(options()).send(new ListMetricsCommand());

    await expect(listing).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'no good',
    });
  });

  test('is told that an operation is not there', async () => {
    const missing = new ECSClient(options()).send(new ListClustersCommand());

    await expect(missing).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(logged).toContain(
      'AmazonEC2ContainerServiceV20141113.ListClusters is not part of the local world',
    );
  });

  test('gets a 500 that it would retry for a mistake in a model, which is logged', async () => {
    const broken = new ECSClient(options()).send(new DescribeServicesCommand({ services: ['broken'] }));

    await expect(broken).rejects.toMatchObject({ name: 'InternalFailure', $fault: 'server' });
    expect(
      logged.some((line) => line.startsWith('AmazonEC2ContainerServiceV20141113.DescribeServices failed')),
    ).toBe(true);
  });
});

describe('the raw protocol', () => {
  const aws = answering({ services, log, requestId: () => 'r-1' });
  const ask = (headers: Record<string, string>, body: string) => aws({ headers, body });
  const signed = {
    authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260105/eu-west-1/ecs/aws4_request, SignedHeaders=host',
  };
  const listTables = { ...signed, 'x-amz-target': 'DynamoDB_20120810.ListTables' };

  test.each(['application/x-amz-json-1.0', 'application/x-amz-json-1.1'])(
    'answers %s in kind',
    async (type) => {
      const answer = await ask({ ...listTables, 'content-type': type }, '{}');

      expect(answer.headers['content-type']).toBe(type);
      expect(answer.headers['x-amzn-requestid']).toBe('r-1');
    },
  );

  test.each([
    { it: 'malformed JSON', headers: listTables, body: '{', code: 'SerializationException' },
    { it: 'JSON that is no object', headers: listTables, body: '[]', code: 'SerializationException' },
    {
      it: 'an operation that only Object has',
      headers: { ...signed, 'x-amz-target': 'AWSEvents.toString' },
      body: '{}',
      code: 'UnknownOperationException',
    },
    {
      it: 'a request that nobody signed',
      headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
      body: '{}',
      code: 'MissingAuthenticationTokenException',
    },
  ])('refuses $it with $code', async ({ headers, body, code }) => {
    const answer = await ask(headers, body);

    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toBe(code);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: code });
  });
});

describe('a request of wrong types, over which a model fails,', () => {
  const failing = () => {
    throw new TypeError('is not a function');
  };
  const ecs = 'AmazonEC2ContainerServiceV20141113';
  const operations = { DescribeServices: failing, RegisterTaskDefinition: failing, RunTask: failing };
  const complaints: string[] = [];
  const aws = answering({
    services: [{ target: ecs, operations }],
    log: (message) => void complaints.push(message),
  });
  const ask = (operation: string, body: string | Uint8Array, more: object = {}) => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/-';
    return aws({ headers: { authorization, 'x-amz-target': `${ecs}.${operation}`, ...more }, body });
  };

  test.each([
    {
      operation: 'DescribeServices',
      input: { services: 'api' },
      message: 'services is a string, not a list',
    },
    {
      operation: 'RegisterTaskDefinition',
      input: { containerDefinitions: [null] },
      message: 'containerDefinitions[0] is null, not a structure',
    },
    {
      operation: 'RegisterTaskDefinition',
      input: { containerDefinitions: [{ environment: [{ name: 'A', value: 5 }] }] },
      message: 'containerDefinitions[0].environment[0].value is a number, not a string',
    },
    {
      operation: 'RegisterTaskDefinition',
      input: { containerDefinitions: [{ dockerLabels: { a: true } }] },
      message: 'containerDefinitions[0].dockerLabels.a is a boolean, not a string',
    },
    {
      operation: 'RunTask',
      input: { overrides: [] },
      message: 'overrides is a list, not a structure',
    },
    {
      operation: 'RunTask',
      input: { enableExecuteCommand: 'yes' },
      message: 'enableExecuteCommand is a string, not a boolean',
    },
  ])('is no fault of ours: $message', async ({ operation, input, message }) => {
    const { status, body } = await ask(operation, JSON.stringify(input));

    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({ __type: 'SerializationException', message });
    expect(complaints).toEqual([]);
  });

  test('is told from a mistake in the model', async () => {
    const right = { cluster: null, count: 2, tags: [{ key: 'a' }], overrides: { containerOverrides: [] } };

    expect((await ask('RunTask', JSON.stringify(right))).status).toBe(500);
    expect(complaints.splice(0)).toHaveLength(1);
  });

  test('may also be one that says to be compressed and is not', async () => {
    const { status, body } = await ask('RunTask', Buffer.from('{}'), { 'content-encoding': 'gzip' });

    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({ __type: 'SerializationException' });
  });
});

describe('what stands around every call', () => {
  const ecsWith = (around: AnsweringOptions['around'], settings: object = {}) =>
    new ECSClient({
      ...common,
      ...settings,
      requestHandler: inProcessHandler(answering({ services, log, ...(around && { around }) })),
    });
  const describing = new DescribeServicesCommand({ services: ['api'] });

  test.each([
    { how: 'fully', settings: {} },
    { how: 'at little cost', settings: inProcessSettings },
  ])(
    'is told the service, the operation, the input and the access key of a call signed $how',
    async ({ settings }) => {
      calls.length = 0;

      await ecsWith(around, settings).send(describing);

      expect(calls).toEqual([
        {
          service: 'AmazonEC2ContainerServiceV20141113',
          operation: 'DescribeServices',
          input: { services: ['api'] },
          caller: { accessKeyId: 'AKIDLOCAL', region: 'eu-west-1' },
          by: 'AKIDLOCAL',
        },
      ]);
    },
  );

  test('can throttle, and the SDK recognises it', async () => {
    const throttled = ecsWith(async () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }).send(describing);

    await expect(throttled).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  });

  test('can lose the answer of a call that worked', async () => {
    let worked = 0;
    const lossy: AnsweringOptions['around'] = async (_call, next) => {
      await next();
      worked += 1;
      throw new ConnectionLost();
    };
    const socket = await httpDoor({ port: 0, aws: answering({ services, around: lossy, log }), routes: [] });

    const inProcess = ecsWith(lossy).send(describing);
    await expect(inProcess).rejects.toMatchObject({ code: 'ECONNRESET' });
    const overHttp = new ECSClient({ ...common, endpoint: socket.address }).send(describing);
    await expect(overHttp).rejects.toMatchObject({ code: 'ECONNRESET' });

    expect(worked).toBe(2);
    await socket.close();
  });
});
