/** Services that are not the plain one: several load balancers, capacity providers, Service Connect, run by somebody else. */

import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { ecsClient } from '../support/ecs-client.ts';
import { modelledTargetGroup, targetGroupArn } from '../support/ecs-target-group.ts';
import { ecsWorld, imageOf, loadBalancers, network } from '../support/ecs-world.ts';

describe('a service with two load balancers', () => {
  const adminGroup = targetGroupArn.replace('targetgroup/api', 'targetgroup/admin');
  const both = [...loadBalancers, { targetGroupArn: adminGroup, containerName: 'api', containerPort: 9090 }];
  const twoPorts = {
    containerDefinitions: [
      { name: 'api', image: imageOf('v1'), portMappings: [{ containerPort: 8080 }, { containerPort: 9090 }] },
    ],
  };

  function world(becomes: 'healthy' | 'unhealthy', drainSeconds: number) {
    const groups = new Map<string, ReturnType<typeof modelledTargetGroup>>();
    const made = ecsWorld({ targetGroups: (arn) => groups.get(arn), drainSeconds: 5 });
    const admin = modelledTargetGroup(
      made.clock,
      drainSeconds,
      () => ({ becomes, afterSeconds: 120 }),
      adminGroup,
    );
    groups.set(targetGroupArn, made.targetGroup).set(adminGroup, admin);
    made.register('v1', twoPorts);
    made.create({ loadBalancers: both });
    return { ...made, admin };
  }

  test('waits for both of them, in and out', async () => {
    const made = world('healthy', 100);
    await made.seconds(100);
    expect(made.targetGroup.health(made.tasks()[0]?.taskArn ?? '')).toBe('healthy');
    expect(made.deployment().status).toBe('IN_PROGRESS');
    expect((await made.ended()).status).toBe('SUCCESSFUL');
    expect(made.describe().loadBalancers).toEqual(both);

    const [task] = made.tasks();
    made.update({ desiredCount: 0 });
    await made.seconds(90);
    expect(made.tasks('STOPPED')).toMatchObject([{ taskArn: task?.taskArn, lastStatus: 'DEACTIVATING' }]);
    await made.seconds(60);
    expect(made.tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPED' }]);
  });

  test('is unhealthy when one of them says so', async () => {
    const made = world('unhealthy', 5);
    await made.seconds(500);

    expect(made.tasks('STOPPED')[0]?.stoppedReason).toBe(
      `Task failed ELB health checks in (target-group ${adminGroup})`,
    );
  });
});

describe('capacity providers', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', base: 1, weight: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 1 },
  ];
  const request = { desiredCount: 3, capacityProviderStrategy: strategy };

  test('are shown of the service, its deployment, its revision and its tasks', async () => {
    const world = ecsWorld();
    world.register('v1');
    world.call('CreateService', {
      cluster: 'prod',
      serviceName: 'api',
      taskDefinition: 'api',
      networkConfiguration: network,
      ...request,
    });
    const ended = await world.ended();

    expect(world.describe()).toMatchObject({ capacityProviderStrategy: strategy });
    expect(world.describe()).not.toHaveProperty('launchType');
    expect(world.primary()).toMatchObject({ capacityProviderStrategy: strategy });
    expect(world.revision(ended.targetServiceRevision?.arn)).toMatchObject({
      capacityProviderStrategy: strategy,
    });
    expect(
      world
        .tasks()
        .map(({ capacityProviderName }) => capacityProviderName)
        .toSorted(),
    ).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
  });

  test('may be changed without a deployment: tasks that are started later go there', async () => {
    const world = ecsWorld();
    world.register('v1');
    world.create();
    await world.ended();

    world.update({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      desiredCount: 2,
    });
    await world.seconds(60);

    expect(world.describe().deployments).toHaveLength(1);
    expect(
      world.call('ListServiceDeployments', { cluster: 'prod', service: 'api' }).serviceDeployments,
    ).toHaveLength(1);
    expect(
      world.tasks().filter(({ capacityProviderName }) => capacityProviderName === 'FARGATE_SPOT'),
    ).toHaveLength(1);
  });

  test('spread the tasks of RunTask, and exclude a launch type', async () => {
    const world = ecsWorld();
    world.register('v1');
    const run = { cluster: 'prod', taskDefinition: 'api', networkConfiguration: network, count: 3 };

    const { tasks } = world.call('RunTask', { ...run, capacityProviderStrategy: strategy });
    const names = (tasks as { capacityProviderName: string }[]).map((task) => task.capacityProviderName);
    expect(names.toSorted()).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT']);
    expect(() =>
      world.call('RunTask', { ...run, capacityProviderStrategy: strategy, launchType: 'FARGATE' }),
    ).toThrow(/both a launch type and capacity provider strategy/);
  });
});

test('Service Connect, VPC Lattice and service registries are kept and shown, and a change of them is a deployment', async () => {
  const world = ecsWorld();
  world.register('v1');
  const serviceRegistries = [
    { registryArn: 'arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1' },
  ];
  world.create({ serviceRegistries });
  await world.ended();
  expect(world.describe().serviceRegistries).toEqual(serviceRegistries);

  const serviceConnectConfiguration = { enabled: true, namespace: 'shop' };
  const vpcLatticeConfigurations = [
    {
      roleArn: 'arn:aws:iam::123456789012:role/lattice',
      targetGroupArn: 'arn:aws:vpc-lattice:x',
      portName: 'http',
    },
  ];
  world.update({ serviceConnectConfiguration, vpcLatticeConfigurations });
  const ended = await world.ended();

  expect(world.primary()).toMatchObject({
    serviceConnectConfiguration,
    vpcLatticeConfigurations,
    rolloutState: 'COMPLETED',
  });
  expect(world.revision(ended.targetServiceRevision?.arn)).toMatchObject({
    serviceConnectConfiguration,
    vpcLatticeConfigurations,
    serviceRegistries,
  });
});

describe('a service that AWS would run elsewhere', () => {
  const request = { cluster: 'prod', serviceName: 'api', taskDefinition: 'api', desiredCount: 2 };

  test.each([
    {
      what: 'CODE_DEPLOY',
      kind: { deploymentController: { type: 'CODE_DEPLOY' as const }, launchType: 'FARGATE' as const },
      shown: {
        deploymentController: { type: 'CODE_DEPLOY' },
        schedulingStrategy: 'REPLICA',
        deployments: [],
      },
      says: /Unable to update task definition on services with a CODE_DEPLOY deployment controller/,
    },
    {
      what: 'EXTERNAL',
      kind: { deploymentController: { type: 'EXTERNAL' as const } },
      shown: { deploymentController: { type: 'EXTERNAL' }, deployments: [] },
      says: /local world/,
    },
    {
      what: 'DAEMON',
      kind: { schedulingStrategy: 'DAEMON' as const, launchType: 'EC2' as const },
      shown: {
        deploymentController: { type: 'ECS' },
        schedulingStrategy: 'DAEMON',
        launchType: 'EC2',
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }],
      },
      says: /local world/,
    },
    {
      what: 'EC2',
      kind: { launchType: 'EC2' as const },
      shown: {
        schedulingStrategy: 'REPLICA',
        launchType: 'EC2',
        deployments: [{ rolloutState: 'COMPLETED' }],
      },
      says: /local world/,
    },
  ])('is shown, and neither run nor changed: $what', async ({ what, kind, shown, says }) => {
    const world = ecsWorld();
    world.register('v1');

    expect(() => world.call('CreateService', { ...request, ...kind, networkConfiguration: network })).toThrow(
      /local world does not model/,
    );
    world.ecs.createService({ ...request, ...kind });
    const { services } = await ecsClient(world.ecs.service).send(
      new DescribeServicesCommand({ cluster: 'prod', services: ['api'] }),
    );

    expect(services).toMatchObject([
      {
        status: 'ACTIVE',
        desiredCount: 2,
        runningCount: 2,
        ...shown,
      },
    ]);
    // Of an EXTERNAL one each task set has its own.
    const own = what === 'EXTERNAL' ? undefined : expect.stringMatching(/api:1$/);
    expect(services?.[0]?.taskDefinition).toEqual(own);
    expect(() => world.update({ taskDefinition: world.register('v2') })).toThrow(says);
    await world.seconds(60);
    expect(world.engine.started).toEqual([]);
  });
});
