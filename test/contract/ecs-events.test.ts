/** The events of ECS against recorded and documented ones: the same keys, the same words. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ecsWorld, imageOf, loadBalancers, network, withBreaker } from '../support/ecs-world.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/ecs/${name}.json`, import.meta.url), 'utf8'));

const keys = (value: object) => Object.keys(value).toSorted();

async function deployed(settings: Parameters<typeof ecsWorld>[0] = {}, request: object = {}) {
  const world = ecsWorld(settings);
  world.register('v1');
  world.create({ ...withBreaker(), ...request });
  await world.ended();
  return world;
}

test.each([
  { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', name: 'ecs-deployment-in-progress' },
  { eventName: 'SERVICE_DEPLOYMENT_COMPLETED', name: 'ecs-deployment-completed' },
])('a deployment state change $eventName is as documented', async ({ eventName, name }) => {
  const world = await deployed();
  const { id = '' } = world.primary();

  const event = world.events.find(
    ({ 'detail-type': type, detail }) =>
      type === 'ECS Deployment State Change' && (detail as { eventName: string }).eventName === eventName,
  );

  const documented = sample(name);
  const { updatedAt: _, ...expected } = documented.detail;
  expect(event?.detail).toEqual({
    ...JSON.parse(JSON.stringify(expected).replaceAll('ecs-svc/123', id)),
    updatedAt: expect.stringMatching(/^2026-01-05T09:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(event).toMatchObject({
    source: documented.source,
    resources: ['arn:aws:ecs:eu-west-1:123456789012:service/prod/api'],
  });
});

test('the recorded deploymentId has the same form', async () => {
  const world = await deployed();

  const form = /^ecs-svc\/\d{19}$/;
  expect(sample('ecs-deployment-completed-real-shape').detail.deploymentId).toMatch(form);
  expect(world.primary().id).toMatch(form);
});

test('a failure and the rollback after it have the documented keys', async () => {
  const world = await deployed();
  world.images.move(imageOf('v2'), undefined);
  world.update({ taskDefinition: world.register('v2') });
  await world.ended();

  const [failed, back] = world.told('ECS Deployment State Change').slice(3);
  const documentedFailure = sample('ecs-deployment-failed-circuit-breaker').detail;
  expect(keys(failed)).toEqual(keys(documentedFailure));
  expect(failed).toMatchObject({ eventType: 'ERROR', eventName: documentedFailure.eventName });
  expect(keys(back)).toEqual(keys(sample('ecs-deployment-rollback-in-progress').detail));
  expect(back.reason).toMatch(
    /^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d+\.$/,
  );
  const action = world
    .told('ECS Service Action')
    .find(({ eventName }) => eventName === 'SERVICE_DEPLOYMENT_FAILED');
  expect(keys(action)).toEqual(keys(sample('ecs-service-action-deployment-failed').detail));
  expect(action.reason).toBe(failed.reason);
});

test.each([
  { eventName: 'SERVICE_STEADY_STATE', name: 'ecs-service-action-steady-state' },
  { eventName: 'SERVICE_TASK_START_IMPAIRED', name: 'ecs-service-action-task-start-impaired' },
])('a service action $eventName is as documented', async ({ eventName, name }) => {
  const world = await deployed({ script: (_, place) => (place > 0 ? { failsToStart: 'x' } : {}) });
  world.update({ taskDefinition: world.register('v2') });
  await world.ended();

  const action = world.told('ECS Service Action').find((detail) => detail.eventName === eventName);

  expect(keys(action)).toEqual(keys(sample(name).detail));
  expect(action.eventType).toBe(sample(name).detail.eventType);
});

test('a running task has exactly the keys of the documented event', async () => {
  const world = ecsWorld();
  world.register('v1');
  world.call('RunTask', {
    cluster: 'prod',
    taskDefinition: 'api',
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
    networkConfiguration: network,
  });

  await world.seconds(30);

  const running = world.told('ECS Task State Change').at(-1);
  const documented = sample('ecs-task-running-fargate').detail;
  expect(running.lastStatus).toBe('RUNNING');
  expect(running.version).toBe(documented.version);
  expect(keys(running)).toEqual(keys(documented));
  expect(keys(running.attachments[0])).toEqual(keys(documented.attachments[0]));
  const [{ memory: _, ...container }] = documented.containers;
  expect(keys(running.containers[0])).toEqual(keys(container));
  expect(keys(running.containers[0].networkInterfaces[0])).toEqual(keys(container.networkInterfaces[0]));
});

test('a task that ends by itself goes the way that was recorded', async () => {
  const world = ecsWorld({ script: () => ({ exits: { afterSeconds: 60, exitCode: 0 } }) });
  world.register('v1');
  world.call('RunTask', {
    cluster: 'prod',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
  });
  await world.seconds(200);

  const told = world.told('ECS Task State Change');

  expect(told.map(({ lastStatus, version }) => [lastStatus, version])).toEqual([
    ['PROVISIONING', 1],
    ['PENDING', 2],
    ['RUNNING', 3],
    ['DEPROVISIONING', 4],
    ['STOPPED', 5],
  ]);
  const recorded = sample('ecs-task-deprovisioning-essential-exited').detail;
  const newer = ['attributes', 'availabilityZone', 'enableExecuteCommand', 'ephemeralStorage'];
  expect(keys(told[3]).filter((key) => !newer.includes(key))).toEqual(keys(recorded));
  expect(keys(told[3].containers[0])).toEqual(keys(recorded.containers[0]));
  for (const field of ['group', 'stopCode', 'stoppedReason', 'desiredStatus', 'lastStatus'] as const) {
    expect(told[3][field]).toBe(recorded[field].replace('example-batch', 'api'));
  }
});

test('a task that is drained goes through DEACTIVATING and STOPPING', async () => {
  const world = await deployed({}, { loadBalancers });
  const before = world.told('ECS Task State Change').map(({ lastStatus }) => lastStatus);
  world.update({ desiredCount: 0 });
  await world.seconds(120);

  const after = world.told('ECS Task State Change').slice(before.length);

  expect(before).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);
  expect(after.map(({ lastStatus }) => lastStatus)).toEqual([
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]);
  const documented = sample('ecs-task-stopped-scale-in-by-deployment').detail;
  const stopped = after.at(-1);
  expect(stopped.group).toBe(documented.group);
  expect(stopped.stopCode).toBe(documented.stopCode);
  expect(keys(documented).filter((key) => !(key in stopped))).toEqual(['capacityProviderName']);
});

test.each([
  { name: 'ecs-task-stopped-cannot-pull', settings: {}, pullable: false },
  {
    name: 'ecs-task-stopped-app-crash',
    settings: {
      script: (_: unknown, place: number) => (place > 0 ? { exits: { afterSeconds: 9, exitCode: 1 } } : {}),
    },
    pullable: true,
  },
  {
    name: 'ecs-task-stopped-elb-health',
    settings: {
      targets: (place: number) =>
        ({ becomes: place === 0 ? 'healthy' : 'unhealthy', afterSeconds: 5 }) as const,
    },
    pullable: true,
  },
])('a stopped task names its cause as in $name', async ({ name, settings, pullable }) => {
  const world = await deployed(settings, { loadBalancers });
  if (!pullable) world.images.move(imageOf('v2'), undefined);
  world.update({ taskDefinition: world.register('v2') });
  await world.seconds(240);

  const [stopped] = world
    .told('ECS Task State Change')
    .filter(
      ({ lastStatus, taskDefinitionArn }) => lastStatus === 'STOPPED' && taskDefinitionArn.endsWith(':2'),
    );

  const documented = sample(name).detail;
  // What follows names the image or the target group.
  const beginning = (reason: string) => reason.split(/[:(]/)[0];
  expect(beginning(stopped.stoppedReason)).toBe(beginning(documented.stoppedReason));
  expect(stopped.stopCode).toBe(documented.stopCode);
  expect(stopped.startedBy).toMatch(/^ecs-svc\/\d+$/);
  expect(keys(documented).filter((key) => !(key in stopped))).toEqual(['capacityProviderName']);
});

test('a paused deployment of AWS has no key that ours does not have, but its stage', async () => {
  const world = await deployed();

  const [documented] = sample('ecs-describe-service-deployments-paused').serviceDeployments;
  const ours = world.deployment();

  expect(keys(documented).filter((key) => !(key in ours))).toEqual(['lifecycleStage']);
});
