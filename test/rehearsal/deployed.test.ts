/** What is good reaches production, and the next environment after it. */
import { describe, expect, test } from 'vitest';
import { balancer, production, rehearsal } from '../support/rehearsal.ts';

describe('a good push', () => {
  test('is deployed: our deployment succeeded and every running task has the pushed digest', async () => {
    const world = await rehearsal();

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Deployed', status: 'SUCCEEDED' });
    expect(release.reason).toMatch(/^2 of 2 tasks run [0-9a-f]{12}; Nothing got worse: 5xx 0\.00 %/);
    expect(await world.running()).toEqual([release.digest, release.digest]);
    expect(world.count('UpdateService')).toBe(1);
  });

  test('asks ECS for its task definition and for nothing else: no count of tasks, no new deployment by force', async () => {
    const asked: unknown[] = [];
    const world = await rehearsal({
      around: ({ operation, input }, next) => {
        if (operation === 'UpdateService') asked.push(input);
        return next();
      },
    });

    await world.push('good', 'v1.0.0');

    const taskDefinition = expect.stringMatching(/task-definition\/my-api:2$/);
    expect(asked).toEqual([{ cluster: 'main', service: 'my-api', taskDefinition }]);
  });

  test('changes the image and nothing else of the task definition, tags included', async () => {
    const world = await rehearsal();
    const describe = async (revision: number) => {
      const input = { taskDefinition: `my-api:${revision}`, include: ['TAGS'] };
      const { taskDefinition, tags } = await world.ask('ECS', 'DescribeTaskDefinition', input);
      const { taskDefinitionArn, revision: _, registeredAt, requiresAttributes, ...kept } = taskDefinition;
      return { ...kept, tags };
    };

    const { digest } = await world.push('good', 'v1.0.0');

    const [before, after] = [await describe(1), await describe(2)];
    const container = after.containerDefinitions[0];
    expect(container.image).toBe(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@${digest}`);
    expect({ ...after, containerDefinitions: [{ ...container, image: '' }] }).toEqual({
      ...before,
      containerDefinitions: [{ ...before.containerDefinitions[0], image: '' }],
    });
  });

  test('of an image that runs already has nothing to do', async () => {
    const world = await rehearsal();
    const { digest } = await world.push('good', 'v1.0.0');
    const push = { action: 'PUSH', tag: 'v1.0.0', digest };

    const release = await world.redeliver(push);

    expect(release).toMatchObject({
      outcome: 'NothingToDo',
      reason: expect.stringContaining('runs already'),
    });
  });

  test('without any traffic is kept, and the record says that there was too little to judge by', async () => {
    const world = await rehearsal({ requestsPerSecond: 0 });

    const release = await world.push('good', 'v1.0.0');

    expect(release.outcome).toBe('Deployed');
    expect(release.reason).toContain('Not enough to judge by');
  });

  test('without any traffic is taken back where the policy says so', async () => {
    const analysis = { ...production.analysis, onInconclusive: 'rollback' as const };
    const world = await rehearsal({ requestsPerSecond: 0, environment: { analysis } });

    expect((await world.push('good', 'v1.0.0')).outcome).toBe('RolledBack');
  });

  test('without any traffic is left to a person where the policy says so: it stays, and how to go back is told', async () => {
    const analysis = { ...production.analysis, onInconclusive: 'ask' as const };
    const world = await rehearsal({ requestsPerSecond: 0, environment: { analysis } });

    const release = await world.push('good', 'v1.0.0');

    expect(release.outcome).toBe('NeedsHuman');
    expect(release.reason).toMatch(/^Not enough to judge by: No metrics.*update-service/s);
    expect(await world.running()).toEqual([release.digest, release.digest]);
  });
});

test('what is so unlikely that DynamoDB has no number for it keeps no good release from staying', async () => {
  const analysis = { ...balancer('my-api'), baseline: '6h', window: '15m' };
  const world = await rehearsal({ environment: { analysis }, historySeconds: 7 * 3600 });

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
});

test('a release task that succeeds runs once, before traffic moves', async () => {
  const world = await rehearsal({ environment: { releaseTask: { command: ['node', 'migrate.mjs'] } } });

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
  const order = world.calls
    .map(({ operation }) => operation)
    .filter((name) => /RunTask|UpdateService/.test(name));
  expect(order.at(-1)).toBe('UpdateService');
  expect(await world.tasksStartedByHand()).toHaveLength(1);
});

test('what was deployed to the first environment is promoted to the next, by digest', async () => {
  const staging = { ...production, name: 'staging', cluster: 'staging' };
  const world = await rehearsal({ service: { environments: [staging, production] } });

  const { digest } = await world.push('good', 'v1.0.0');

  const releases = await world.releases();
  expect(releases.map(({ outcome, record }) => [record.request?.environment, outcome])).toEqual([
    ['production', 'Deployed'],
    ['staging', 'Deployed'],
  ]);
  expect(await world.running('main')).toEqual([digest, digest]);
  expect(await world.running('staging')).toEqual([digest, digest]);
});

test('what failed in the first environment never reaches the next', async () => {
  const staging = { ...production, name: 'staging', cluster: 'staging' };
  const world = await rehearsal({ service: { environments: [staging, production] } });

  await world.push('errors', 'v1.0.0');

  expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['RolledBack']);
  expect(await world.running('main')).toEqual([world.first, world.first]);
});

test('latest is deployed for a service that asks for it, and everybody is warned', async () => {
  const world = await rehearsal({ service: { latest: true }, slack: true });

  const release = await world.push('good', 'latest');

  expect(release.outcome).toBe('Deployed');
  expect(release.record.steps.ResolveRelease).toMatchObject({
    release: { warnings: ['deployed as latest, which says nothing about which version it is'] },
  });
  expect(JSON.stringify(world.world.slack.messages())).toContain('⚠️ *deployed as latest');
});
