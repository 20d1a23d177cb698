/** Services that are not the plain one: what a release keeps of them, and which it refuses. The table is in docs/rollouts.md. */
import { describe, expect, test } from 'vitest';
import { type Container, registerByHand, service } from '../support/by-hand.ts';
import { rehearsal } from '../support/rehearsal.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;
type Described = Record<string, unknown>;

const update = (changes: object) => (world: World) =>
  world.ask('ECS', 'UpdateService', { ...service, ...changes });
const described = async (world: World): Promise<Described> => {
  const { services } = await world.ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
  return services[0];
};

const spot = [
  { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
  { capacityProvider: 'FARGATE', weight: 1, base: 1 },
];
const serviceConnect = {
  enabled: true,
  namespace: 'arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1',
  services: [{ portName: 'http', clientAliases: [{ port: 80, dnsName: 'my-api' }] }],
};

const kinds: { it: string; make: (world: World) => Promise<unknown>; keeps: Described }[] = [
  {
    it: 'on Fargate Spot',
    make: update({ capacityProviderStrategy: spot, forceNewDeployment: true }),
    keeps: { capacityProviderStrategy: spot },
  },
  {
    it: 'with Service Connect',
    async make(world) {
      const taskDefinition = await registerByHand(world, ([app, ...others]) => [
        { ...app, portMappings: [{ containerPort: 8080, protocol: 'tcp', name: 'http' }] } as Container,
        ...others,
      ]);
      await update({ taskDefinition, serviceConnectConfiguration: serviceConnect })(world);
    },
    keeps: {},
  },
  {
    it: 'with early success',
    make: update({
      deploymentConfiguration: {
        ...{ minimumHealthyPercent: 50, maximumPercent: 200 },
        deploymentCircuitBreaker: { enable: true, rollback: true },
        earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
      },
    }),
    keeps: {},
  },
];

describe.each(kinds)('a service $it', ({ make, keeps }) => {
  async function made(): Promise<World> {
    const world = await rehearsal();
    await make(world);
    await world.clock.advance(900_000);
    return world;
  }

  test('gets a good version, and stays what it was', async () => {
    const world = await made();
    const before = await described(world);

    const { outcome, reason, digest } = await world.push('good', 'v1.0.0');

    expect([outcome, reason]).toEqual(['Deployed', expect.any(String)]);
    expect(await world.running()).toEqual([digest, digest]);
    const after = await described(world);
    expect(after).toMatchObject(keeps);
    expect(after.capacityProviderStrategy).toEqual(before.capacityProviderStrategy);
    expect(after.deploymentConfiguration).toEqual(before.deploymentConfiguration);
  });

  test('is rid of a bad one', async () => {
    const world = await made();

    const { outcome } = await world.push('crash', 'v1.0.0');

    expect(outcome).toBe('RolledBack');
    expect(await world.running()).toEqual([world.first, world.first]);
  });
});

test('a service without a load balancer is proved by its tasks alone', async () => {
  const world = await rehearsal({ environment: { analysis: undefined, smoke: undefined } });

  const good = await world.push('good', 'v1.0.0');
  const bad = await world.push('crash', 'v1.1.0');

  expect([good.outcome, bad.outcome]).toEqual(['Deployed', 'RolledBack']);
  expect(await world.running()).toEqual([good.digest, good.digest]);
});

test('of several containers only the named one gets the image, after its init container and beside its sidecar', async () => {
  const world = await rehearsal();
  const taskDefinition = await registerByHand(world, ([app]) => {
    const beside = { image: app?.image ?? '', essential: false, portMappings: [] };
    return [
      { ...beside, name: 'prepare', command: ['migrate'] },
      { ...beside, name: 'log-router' },
      {
        ...(app as Container),
        dependsOn: [
          { containerName: 'prepare', condition: 'SUCCESS' },
          { containerName: 'log-router', condition: 'START' },
        ],
      },
    ];
  });
  await update({ taskDefinition })(world);
  await world.clock.advance(900_000);

  const { outcome, digest } = await world.push('good', 'v1.0.0');

  expect(outcome).toBe('Deployed');
  const { taskDefinition: deployed } = await world.ask('ECS', 'DescribeTaskDefinition', {
    taskDefinition: 'my-api',
  });
  const images = deployed.containerDefinitions.map(({ name, image }: { name: string; image: string }) => [
    name,
    image.split('@')[1],
  ]);
  expect(images).toEqual([
    ['prepare', world.first],
    ['log-router', world.first],
    ['app', digest],
  ]);
});

test('a revision that somebody registered and did not deploy is in no release', async () => {
  const world = await rehearsal();
  await registerByHand(world, (containers) =>
    containers.map((one) => ({ ...one, environment: [{ name: 'SET_BY', value: 'Terraform' }] })),
  );

  const { outcome } = await world.push('good', 'v1.0.0');

  expect(outcome).toBe('Deployed');
  const latest = await world.ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api' });
  expect(JSON.stringify(latest)).not.toContain('Terraform');
});

test.each([
  {
    it: 'deployed by CodeDeploy',
    kind: { deploymentController: { type: 'CODE_DEPLOY' as const } },
    says: 'is deployed by CODE_DEPLOY, not by ECS itself',
  },
  {
    it: 'deployed by somebody else altogether',
    kind: { deploymentController: { type: 'EXTERNAL' as const } },
    says: 'is deployed by EXTERNAL, not by ECS itself',
  },
  {
    it: 'with a task on every instance',
    kind: { schedulingStrategy: 'DAEMON' as const, launchType: 'EC2' as const },
    says: 'is scheduled as DAEMON',
  },
])('a service $it is refused, and nothing changes', async ({ kind, says }) => {
  const world = await rehearsal();
  const { ecs } = world.world.at({});
  ecs.createService({
    cluster: 'main',
    serviceName: 'other',
    taskDefinition: 'my-api',
    desiredCount: 2,
    ...kind,
  });
  world.reconfigure({ service: 'other', family: 'my-api' });

  const { outcome, reason } = await world.push('good', 'v1.0.0');

  expect({ outcome, reason }).toEqual({ outcome: 'Rejected', reason: expect.stringContaining(says) });
  expect(world.count('UpdateService') + world.count('RegisterTaskDefinition')).toBe(0);
});
