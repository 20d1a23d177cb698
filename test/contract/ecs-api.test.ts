/** The API of ECS through the SDK's own client, and against AWS's own examples. */

import { readFileSync } from 'node:fs';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  PutAccountSettingCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { ecsClient } from '../support/ecs-client.ts';
import { ecsWorld, loadBalancers, network } from '../support/ecs-world.ts';

const example = (operation: string) =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/ecs/botocore-ecs-${operation}.json`, import.meta.url), 'utf8'),
  );

test("the SDK's client deploys, follows and stops a deployment", async () => {
  const world = ecsWorld();
  const client = ecsClient(world.ecs.service);
  await client.send(new CreateClusterCommand({ clusterName: 'prod' }));
  world.register('v1', { tags: [{ key: 'team', value: 'shop' }] });
  await client.send(
    new CreateServiceCommand({
      cluster: 'prod',
      serviceName: 'api',
      taskDefinition: 'api',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: network,
    }),
  );
  await world.ended();

  const described = await client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'api', include: ['TAGS'] }),
  );
  expect(described.tags).toEqual([{ key: 'team', value: 'shop' }]);
  const again = { ...described.taskDefinition, family: 'api', tags: described.tags };
  const registered = await client.send(
    new RegisterTaskDefinitionCommand({ ...again, containerDefinitions: again.containerDefinitions }),
  );
  expect(registered.taskDefinition?.revision).toBe(2);

  const asked = new Date(world.clock.now() - 1000);
  const { service } = await client.send(
    new UpdateServiceCommand({ cluster: 'prod', service: 'api', taskDefinition: 'api:2' }),
  );
  expect(service?.deployments?.[0]?.createdAt).toEqual(new Date(world.clock.now()));
  await world.seconds(30);

  const { serviceDeployments = [] } = await client.send(
    new ListServiceDeploymentsCommand({
      cluster: 'prod',
      service: 'api',
      status: ['IN_PROGRESS'],
      createdAt: { after: asked },
    }),
  );
  expect(serviceDeployments).toHaveLength(1);
  const { serviceDeploymentArn, targetServiceRevisionArn = '' } = serviceDeployments[0] ?? {};
  const { serviceRevisions } = await client.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] }),
  );
  expect(serviceRevisions?.[0]?.containerImages?.[0]?.imageDigest).toMatch(/^sha256:/);

  await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
  await world.ended();
  const ended = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn ?? ''] }),
  );
  expect(ended.serviceDeployments?.[0]).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    finishedAt: expect.any(Date),
  });

  const { taskArns } = await client.send(new ListTasksCommand({ cluster: 'prod', desiredStatus: 'STOPPED' }));
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }));
  expect(tasks?.[0]).toMatchObject({ stopCode: 'ServiceSchedulerInitiated', stoppingAt: expect.any(Date) });
});

test("the SDK's client gets AWS's errors by name", async () => {
  const client = ecsClient(ecsWorld().ecs.service);

  await expect(
    client.send(new DescribeServicesCommand({ cluster: 'nowhere', services: ['api'] })),
  ).rejects.toMatchObject({
    name: 'ClusterNotFoundException',
    message: 'Cluster not found.',
  });
  await expect(
    client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: 'arn:aws:ecs:x' })),
  ).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
  await expect(
    client.send(new PutAccountSettingCommand({ name: 'fargateEventWindows', value: 'x' })),
  ).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

describe("AWS's own examples", () => {
  test('of RegisterTaskDefinition and DescribeTaskDefinition are answered with at least their keys', () => {
    const { call } = ecsWorld();
    const { input, output } = example('RegisterTaskDefinition');

    const { taskDefinition } = call('RegisterTaskDefinition', input);

    const [container] = output.taskDefinition.containerDefinitions;
    expect(taskDefinition).toMatchObject({
      family: 'sleep360',
      revision: 1,
      volumes: [],
      containerDefinitions: [container],
    });
    expect(Object.keys(taskDefinition)).toEqual(expect.arrayContaining(Object.keys(output.taskDefinition)));
    const described = example('DescribeTaskDefinition').output.taskDefinition;
    expect(Object.keys(taskDefinition)).toEqual(expect.arrayContaining(Object.keys(described)));
  });

  test('of DescribeServices and DescribeTasks are answered with at least their keys', async () => {
    const world = ecsWorld();
    world.register('v1');
    world.create();
    await world.ended();

    const [service] = example('DescribeServices').output.services;
    expect(Object.keys(world.describe())).toEqual(expect.arrayContaining(Object.keys(service)));
    expect(Object.keys(world.primary())).toEqual(expect.arrayContaining(Object.keys(service.deployments[0])));
    expect(Object.keys(world.describe().events?.[0] ?? {}).toSorted()).toEqual([
      'createdAt',
      'id',
      'message',
    ]);
    const { containerInstanceArn: _, ...task } = example('DescribeTasks').output.tasks[0];
    expect(Object.keys(world.tasks()[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(task)));
  });
});

describe('RegisterTaskDefinition', () => {
  test('keeps fields that it does not know, and empty ones', () => {
    const world = ecsWorld();
    const arn = world.register('v1', { family: 'kept', futureField: { a: [1] }, taskRoleArn: '' });

    const { taskDefinition } = world.call('DescribeTaskDefinition', { taskDefinition: arn });

    expect(taskDefinition).toMatchObject({ futureField: { a: [1] }, taskRoleArn: '' });
    expect(taskDefinition).not.toHaveProperty('tags');
  });

  const container = { name: 'api', image: 'busybox' };
  test.each([
    { with: { family: '' }, message: 'Family should not be null or empty.' },
    { with: { containerDefinitions: [] }, message: 'Container list cannot be empty.' },
    {
      with: { containerDefinitions: [{ name: 'api' }] },
      message: 'Container.image should not be null or empty.',
    },
    {
      with: { containerDefinitions: [{ image: 'x' }] },
      message: 'Container.name should not be null or empty.',
    },
    { with: { cpu: undefined }, message: "Fargate requires that 'cpu' be defined at the task level." },
    {
      with: { memory: undefined, containerDefinitions: [{ ...container, memory: 1 }] },
      message: "Fargate requires that 'memory' be defined at the task level.",
    },
    { with: { networkMode: 'bridge' }, message: 'Fargate only supports network mode ‘awsvpc’.' },
    {
      with: { executionRoleArn: undefined },
      message: 'Fargate requires task definition to have execution role ARN to support ECR images.',
    },
    {
      with: { requiresCompatibilities: [], memory: undefined, containerDefinitions: [container] },
      message:
        "Invalid setting for container 'api'. At least one of 'memory' or 'memoryReservation' must be specified.",
    },
  ])('refuses with "$message"', ({ with: wrong, message }) => {
    expect(() => ecsWorld().register('v1', wrong)).toThrow(
      expect.objectContaining({ code: 'ClientException', message }),
    );
  });
});

test('task definitions are found by family, family:revision and ARN, listed and deregistered', () => {
  const world = ecsWorld();
  const first = world.register('v1');
  const second = world.register('v2');
  world.register('v1', { family: 'api-worker' });
  const revisionOf = (taskDefinition: string) =>
    world.call('DescribeTaskDefinition', { taskDefinition }).taskDefinition.taskDefinitionArn;

  expect([revisionOf('api'), revisionOf('api:1'), revisionOf(first)]).toEqual([second, first, first]);
  const listed = world.call('ListTaskDefinitions', { familyPrefix: 'api', sort: 'DESC' });
  expect(listed).toEqual({ taskDefinitionArns: [second, first] });
  const pageOne = world.call('ListTaskDefinitions', { maxResults: 2 });
  const pageTwo = world.call('ListTaskDefinitions', { maxResults: 2, nextToken: pageOne.nextToken });
  expect([...pageOne.taskDefinitionArns, ...pageTwo.taskDefinitionArns]).toHaveLength(3);
  expect(pageTwo).not.toHaveProperty('nextToken');

  world.call('DeregisterTaskDefinition', { taskDefinition: second });
  expect(revisionOf('api')).toBe(first);
  expect(world.call('DescribeTaskDefinition', { taskDefinition: second }).taskDefinition.status).toBe(
    'INACTIVE',
  );
  expect(() => world.create({ taskDefinition: second })).toThrow('TaskDefinition is inactive');
  expect(() => revisionOf('api:9')).toThrow('Unable to describe task definition.');
});

describe('CreateService refuses', () => {
  test.each([
    { what: 'an unknown cluster', request: { cluster: 'x' }, code: 'ClusterNotFoundException', message: /./ },
    {
      what: 'an unknown task definition',
      request: { taskDefinition: 'x' },
      code: 'ClientException',
      message: /not found/,
    },
    { what: 'the launch type EC2', request: { launchType: 'EC2' as const }, message: /local world/ },
    {
      what: 'a task without a network',
      request: { networkConfiguration: {} },
      message: /Network Configuration must be/,
    },
    {
      what: 'deployment alarms with BLUE_GREEN',
      request: {
        deploymentConfiguration: {
          strategy: 'BLUE_GREEN' as const,
          bakeTimeInMinutes: 0,
          alarms: { alarmNames: ['a'], enable: true, rollback: true },
        },
      },
      message: /local world does not model deployment alarms with the strategy BLUE_GREEN/,
    },
    {
      what: 'CODE_DEPLOY',
      request: { deploymentController: { type: 'CODE_DEPLOY' as const } },
      message: /local world/,
    },
    {
      what: 'a container that is not there',
      request: { loadBalancers: [{ ...loadBalancers[0], containerName: 'x' }] },
      message: /The container x does not exist in the task definition/,
    },
    {
      what: 'a port that is not there',
      request: { loadBalancers: [{ ...loadBalancers[0], containerPort: 1 }] },
      message: /did not have a container port 1 defined/,
    },
    {
      what: 'a target group that is not there',
      request: { loadBalancers: [{ ...loadBalancers[0], targetGroupArn: 'arn:x' }] },
      message: /target group does not exist/,
    },
  ])('$what', ({ request, code = 'InvalidParameterException', message }) => {
    const world = ecsWorld();
    world.register('v1');

    expect(() => world.create(request)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('a second service of the same name', () => {
    const world = ecsWorld();
    world.register('v1');
    world.create();

    expect(() => world.create()).toThrow('Creation of service was not idempotent.');
  });
});

test('what is missing is a failure in DescribeServices, and an error in UpdateService', () => {
  const world = ecsWorld();

  expect(world.call('DescribeServices', { cluster: 'prod', services: ['x'] })).toEqual({
    services: [],
    failures: [{ arn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/x', reason: 'MISSING' }],
  });
  expect(() => world.update({ service: 'x' })).toThrow(
    expect.objectContaining({ code: 'ServiceNotFoundException' }),
  );
});

test('ListTasks answers in no order of age: in pages, by ARN', async () => {
  const world = ecsWorld();
  world.register('v1');
  world.create({ desiredCount: 10 });
  await world.seconds(60);
  const created = world.engine.started.map(({ taskArn }) => taskArn);
  const list = (more: object) => world.call('ListTasks', { cluster: 'prod', serviceName: 'api', ...more });

  const first = list({ maxResults: 6 });
  world.call('StopTask', { cluster: 'prod', task: first.taskArns[0] });
  const rest = list({ maxResults: 6, nextToken: first.nextToken });

  const listed = [...first.taskArns, ...rest.taskArns];
  expect(listed).toEqual(created.toSorted());
  expect(listed).not.toEqual(created);
  expect(rest.nextToken).toBeUndefined();
  expect(() => list({ nextToken: '6' })).toThrow('Invalid token.');
});

test('ListTasks takes startedBy as the only filter', async () => {
  const world = ecsWorld();
  world.register('v1');
  world.create();
  await world.ended();
  const startedBy = world.primary().id;

  expect(world.call('ListTasks', { cluster: 'prod', startedBy }).taskArns).toHaveLength(1);
  expect(world.call('ListTasks', { cluster: 'prod', family: 'api' }).taskArns).toHaveLength(1);
  expect(() => world.call('ListTasks', { cluster: 'prod', startedBy, serviceName: 'api' })).toThrow(
    expect.objectContaining({ code: 'InvalidParameterException' }),
  );
});
