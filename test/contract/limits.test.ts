/** AWS's rate limits, as the SDK's own clients meet them. */
import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { calling } from '../../aws/calling.ts';
import type { AwsService } from '../../local/aws-service.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { awsLimits } from '../../local/limits/aws-limits.ts';
import { throttling } from '../../local/limits/throttling.ts';

/** Services whose every operation works, behind AWS's limits; each client tries once, so that every refusal is seen. */
function world() {
  const clock = virtualClock();
  const done: string[] = [];
  const anything = (target: string): AwsService => ({
    target,
    operations: Object.fromEntries(
      [
        ...[
          'RegisterTaskDefinition',
          'DeregisterTaskDefinition',
          'DescribeTaskDefinition',
          'DescribeServices',
        ],
        ...['UpdateService', 'DescribeClusters', 'StartExecution', 'SendTaskSuccess', 'BatchGetImage'],
      ].map((operation) => [operation, () => void done.push(operation)]),
    ),
  });
  const aws = answering({
    services: [...new Set(awsLimits.calls.map(({ service }) => service))].map(anything),
    around: throttling(awsLimits.calls, clock),
  });
  const client = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: inProcessHandler(aws),
    maxAttempts: 1,
  };
  return {
    clock,
    done,
    ecs: new ECSClient(client),
    sfn: new SFNClient(client),
    ecr: new ECRClient(client),
  };
}

const register = () =>
  new RegisterTaskDefinitionCommand({ family: 'my-api', containerDefinitions: [{ name: 'app' }] });

/** How many of so many calls are not refused. */
async function accepted(count: number, call: () => Promise<unknown>): Promise<number> {
  const calls = await Promise.allSettled(Array.from({ length: count }, call));
  return calls.filter(({ status }) => status === 'fulfilled').length;
}

describe('a bucket', () => {
  test('lets its burst through at once, and then what flows in', async () => {
    const { clock, ecs } = world();
    const registered = (count: number) => accepted(count, () => ecs.send(register()));

    expect(await registered(30)).toBe(20);
    expect(await registered(5)).toBe(0);
    await clock.advance(3000);
    expect(await registered(5)).toBe(3);
  });

  test('gets a token when its second is over, not a moment before', async () => {
    const { clock, ecs } = world();
    await accepted(20, () => ecs.send(register()));

    await clock.advance(999);
    expect(await accepted(1, () => ecs.send(register()))).toBe(0);
    await clock.advance(1);
    expect(await accepted(1, () => ecs.send(register()))).toBe(1);
  });

  test('never holds more than its burst', async () => {
    const { clock, ecs } = world();

    await clock.advance(3_600_000);

    expect(await accepted(30, () => ecs.send(register()))).toBe(20);
  });

  test('is shared by the operations that AWS counts together, and by no other', async () => {
    const { ecs } = world();
    const deregister = new DeregisterTaskDefinitionCommand({ taskDefinition: 'my-api:1' });
    const describeIt = new DescribeTaskDefinitionCommand({ taskDefinition: 'my-api' });

    expect(await accepted(15, () => ecs.send(register()))).toBe(15);
    expect(await accepted(15, () => ecs.send(deregister))).toBe(5);
    expect(await accepted(15, () => ecs.send(describeIt))).toBe(15);
  });

  test('does not do what it refuses', async () => {
    const { done, ecs } = world();

    await accepted(30, () => ecs.send(register()));

    expect(done).toHaveLength(20);
  });
});

test.each([
  { bucket: 'UpdateService', burst: 50, call: update },
  { bucket: 'DescribeServices', burst: 100, call: look },
  { bucket: 'StartExecution', burst: 1300, call: start },
  { bucket: 'SendTaskSuccess', burst: 3000, call: answer },
  { bucket: 'BatchGetImage', burst: 2000, call: read },
])(
  '$bucket is refused after $burst at once, with an error that the SDK takes for throttling',
  async ({ burst, call }) => {
    const clients = world();

    expect(await accepted(burst, () => call(clients))).toBe(burst);
    await expect(call(clients)).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(calling('it', () => call(clients))).rejects.toMatchObject({ name: 'Throttled' });
  },
);

type Clients = Pick<ReturnType<typeof world>, 'ecs' | 'sfn' | 'ecr'>;

function update({ ecs }: Clients): Promise<unknown> {
  return ecs.send(new UpdateServiceCommand({ service: 'my-api' }));
}
function look({ ecs }: Clients): Promise<unknown> {
  return ecs.send(new DescribeServicesCommand({ services: ['my-api'] }));
}
function start({ sfn }: Clients): Promise<unknown> {
  return sfn.send(new StartExecutionCommand({ stateMachineArn: 'arn:aws:states:deploy' }));
}
function answer({ sfn }: Clients): Promise<unknown> {
  return sfn.send(new SendTaskSuccessCommand({ taskToken: 'token', output: '{}' }));
}
function read({ ecr }: Clients): Promise<unknown> {
  return ecr.send(new BatchGetImageCommand({ repositoryName: 'my-api', imageIds: [] }));
}
