/** Services in other accounts and Regions: found there, changed there by the role there, and heard of from there. */
import { expect, test } from 'vitest';
import type { Ecs } from '../../local/ecs/ecs.ts';
import type { Wanted } from '../../local/iam/evaluate.ts';
import { balancer, production, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

const away = {
  region: 'us-east-1',
  roleArn: 'arn:aws:iam::210987654321:role/tidegate',
};
const placed = /^(ecs|logs|cloudwatch|iam):/;

/** A world with its service elsewhere, and what was asked of which account there. */
async function elsewhere(options: Parameters<typeof rehearsal>[0] = {}) {
  const asked: (Wanted & { by: string })[] = [];
  const denied: string[] = [];
  const world = await rehearsal({
    environment: away,
    onPermission: (by, wanted, allowed) => {
      asked.push({ by, ...wanted });
      if (!allowed) denied.push(`${by}: ${wanted.action} on ${wanted.resource}`);
    },
    ...options,
  });
  asked.length = 0;
  const there = world.world.at(away);
  return { ...world, there, asked, denied };
}

test('a good push is deployed in another account and Region', async () => {
  const world = await elsewhere();

  const release = await world.push('good', 'v1.0.0');

  expect(release).toMatchObject({ outcome: 'Deployed', status: 'SUCCEEDED' });
  expect(world.denied).toEqual([]);
  const places = world.asked
    .filter(({ action }) => placed.test(action))
    .flatMap(({ resource }) => (resource === '*' ? [] : resource.split(':').slice(3, 5).join(' ')));
  expect(new Set(places)).toEqual(new Set(['us-east-1 210987654321', ' 210987654321']));
});

test('a bad one is taken back there, with the reason and the last words of its tasks', async () => {
  const world = await elsewhere();

  const release = await world.push('crash', 'v1.0.0');

  expect(release.outcome).toBe('RolledBack');
  expect(JSON.stringify(release.record.steps)).toContain('logTail":["');
  expect(world.denied).toEqual([]);
  const { services } = await world.ask(
    'ECS',
    'DescribeServices',
    { cluster: 'main', services: ['my-api'] },
    world.there.ecs,
  );
  expect(services[0].taskDefinition).toBe('arn:aws:ecs:us-east-1:210987654321:task-definition/my-api:1');
});

test('events from there wake the release', async () => {
  const world = await elsewhere();

  await world.push('good', 'v1.0.0');

  const woken = world.calls.filter(
    ({ operation, caller }) =>
      operation === 'SendTaskSuccess' && caller.accessKeyId === 'on-deployment-event',
  );
  expect(woken).toHaveLength(1);
});

test('a role is taken on again before its session ends', async () => {
  const analysis = { ...balancer('my-api'), window: '150m' };
  const world = await elsewhere({ environment: { ...away, analysis } });

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
  const sessions = world.asked.filter(
    ({ by, action }) => by === 'CompareMetrics' && action === 'sts:AssumeRole',
  );
  expect(sessions.length).toBeGreaterThan(1);
  expect(sessions.length).toBeLessThan(world.count('GetMetricData') / 2);
});

test('services of one name in two accounts are two: what one has, the other is promoted to', async () => {
  const staging = { ...production, name: 'staging' };
  const environments = [staging, { ...production, ...away }];
  const world = await elsewhere({ service: { environments } });

  await world.push('good', 'v1.0.0');

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 Deployed']);
  const cluster = { cluster: 'main', serviceName: 'my-api' };
  const { taskArns } = await world.ask('ECS', 'ListTasks', cluster, world.there.ecs);
  expect(taskArns[0]).toContain('arn:aws:ecs:us-east-1:210987654321:task/main/');
  expect(await world.running()).toHaveLength(2);
});

test('a push whose event was lost is found there, too', async () => {
  const world = await elsewhere({ lose: 'aws.ecr' });

  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(3_600_000);
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
});

test('a push to a repository of the same name in another registry starts nothing', async () => {
  const world = await elsewhere();
  const detail = {
    'action-type': 'PUSH',
    result: 'SUCCESS',
    'repository-name': 'my-api',
    'image-tag': 'v1.0.0',
  };
  const event = {
    ...{ id: 'e-1', source: 'aws.ecr', 'detail-type': 'ECR Image Action', time: '2026-01-05T10:00:00Z' },
    ...{ account: '210987654321', region: 'us-east-1' },
    detail: { ...detail, 'image-digest': world.first },
  };

  const answer = world.world.lambda.invoke('start-release', event);
  await settle(world.clock, answer);

  expect(await answer).toEqual({
    started: [],
    ignored:
      'no service of tidegate.config.ts uses the repository 210987654321.dkr.ecr.us-east-1.amazonaws.com/my-api',
  });
});

test.each<{ it: string; before: object; after: object }>([
  {
    it: 'has another role',
    before: away,
    after: { roleArn: 'arn:aws:iam::210987654321:role/tidegate-2' },
  },
  {
    it: 'has got a role at home',
    before: {},
    after: { roleArn: 'arn:aws:iam::123456789012:role/tidegate' },
  },
])(
  'a release that is under way while its environment $it takes a bad version back all the same',
  async (row) => {
    const world = await elsewhere({ environment: row.before });
    await world.pushOnly('errors', 'v1.0.0');
    await world.clock.until(() => world.count('UpdateService') > 0, 3_600_000);

    world.reconfigure(row.after);
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 RolledBack']);
  },
);

test('an environment that moves gets there what it had here', async () => {
  const world = await rehearsal();
  await world.push('good', 'v1.0.0');
  const { ecs } = world.world.at(away);
  await copyService(world, ecs);

  world.reconfigure(away);
  await world.clock.advance(3_600_000);
  await world.ended();

  const { services } = await world.ask(
    'ECS',
    'DescribeServices',
    { cluster: 'main', services: ['my-api'] },
    ecs,
  );
  expect(services[0].taskDefinition).toBe('arn:aws:ecs:us-east-1:210987654321:task-definition/my-api:2');
  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 Deployed']);
});

/** The service as it was before the first release, in another account, made by hand. */
async function copyService({ ask, clock }: Awaited<ReturnType<typeof rehearsal>>, to: Ecs): Promise<void> {
  const { taskDefinition } = await ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api:1' });
  const { family, networkMode, cpu, memory, requiresCompatibilities, containerDefinitions } = taskDefinition;
  const executionRoleArn = taskDefinition.executionRoleArn.replace(/\d{12}/, '210987654321');
  const { services } = await ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
  const { networkConfiguration, deploymentConfiguration, loadBalancers } = services[0];
  to.createCluster('main');
  await ask(
    'ECS',
    'RegisterTaskDefinition',
    {
      ...{
        family,
        networkMode,
        cpu,
        memory,
        requiresCompatibilities,
        containerDefinitions,
        executionRoleArn,
      },
    },
    to,
  );
  to.createService({
    ...{
      cluster: 'main',
      serviceName: 'my-api',
      taskDefinition: 'my-api:1',
      desiredCount: 2,
      launchType: 'FARGATE',
    },
    ...{ networkConfiguration, deploymentConfiguration, loadBalancers },
  });
  await clock.advance(120_000);
}
