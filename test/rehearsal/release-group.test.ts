/** Several ECS services of one image: they are deployed together, go back together, and never mix versions. */
import { describe, expect, test } from 'vitest';
import { look } from '../../cli/plan/look.ts';
import { goBack, openFor } from '../../functions/go-back.ts';
import { broken } from '../support/fault.ts';
import { production } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';
import { familyOf, twice, withWorker } from '../support/with-worker.ts';

describe('a service and its worker', () => {
  test('are deployed together, each by one UpdateService', async () => {
    const world = await withWorker();

    const release = await world.push('good', 'v1.0.0');

    expect(release.outcome).toBe('Deployed');
    expect(await world.both()).toEqual([twice(release.digest), twice(release.digest)]);
    expect(world.updates()).toEqual(['my-api', 'my-worker']);
    expect(release.reason).toMatch(/^my-api and my-worker: 2 of 2 tasks run/);
  });

  test('go back together where the worker crashes', async () => {
    const world = await withWorker({ worker: { CRASH_AFTER_MS: '20000' } });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^my-worker: .*exit code 1; last line: fatal/),
    });
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
  });

  test('go back together where the metrics of the service are bad', async () => {
    const world = await withWorker();

    const release = await world.push('errors', 'v1.0.0');

    expect(release.outcome).toBe('RolledBack');
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
  });

  test('are not changed at all where one of them cannot be', async () => {
    const world = await withWorker();
    await world.ask('ECS', 'UpdateService', { cluster: 'main', service: 'my-worker', desiredCount: 0 });
    await world.clock.advance(120_000);

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('service my-worker wants 0 tasks'),
    });
    expect(world.count('RegisterTaskDefinition')).toBe(0);
    expect(world.updates()).toEqual([]);
  });

  test('are not deployed where the worker runs on a platform that nobody has looked into', async () => {
    const world = await withWorker({
      async around({ operation }, next) {
        const answer = (await next()) as { taskDefinition?: { family: string } };
        const { taskDefinition } = answer;
        if (operation !== 'DescribeTaskDefinition' || taskDefinition?.family !== 'my-worker') return answer;
        return { taskDefinition: { ...taskDefinition, runtimePlatform: { cpuArchitecture: 'ARM64' } } };
      },
    });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringMatching(/my-worker: it runs on arm64, and the image was looked into for amd64/),
    });
    expect(world.updates()).toEqual([]);
  });

  test('give way together to a newer push', async () => {
    const world = await withWorker();
    await world.pushOnly('errors', 'v1.0.0');
    await world.clock.until(() => world.updates().length === 2, 120_000);

    const release = await world.push('good', 'v1.1.0');

    expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.1.0 Deployed']);
    expect(await world.both()).toEqual([twice(release.digest), twice(release.digest)]);
  });

  test('are each asked for once, though the reply for the second is lost', async () => {
    let lost = 0;
    const world = await withWorker({
      async around({ operation, input }, next) {
        const answer = await next();
        if (operation !== 'UpdateService' || lost > 0) return answer;
        if ((input as { service: string }).service !== 'my-worker') return answer;
        lost += 1;
        throw broken;
      },
    });

    const release = await world.push('good', 'v1.0.0');

    expect(lost).toBe(1);
    expect(release.outcome).toBe('Deployed');
    expect(world.updates()).toEqual(['my-api', 'my-worker']);
  });

  test('go back together where the way back is stopped half way, each once', async () => {
    let lost = 0;
    const world = await withWorker({
      async around({ operation, caller }, next) {
        const answer = await next();
        if (operation !== 'UpdateService' || caller.accessKeyId !== 'RollBack' || lost > 0) return answer;
        lost += 1;
        throw broken;
      },
    });

    const release = await world.push('errors', 'v1.0.0');

    expect(lost).toBe(1);
    expect(release.outcome).toBe('RolledBack');
    expect(world.updates()).toEqual(['my-api', 'my-worker', 'my-api', 'my-worker']);
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
  });
});

describe('a worker that somebody deploys by hand', () => {
  test('before anything was changed supersedes the release, and nothing is', async () => {
    let done = false;
    const world = await withWorker({
      async around(call, next) {
        const answer = await next();
        if (call.operation !== 'RegisterTaskDefinition' || familyOf(call) !== 'my-worker' || done)
          return answer;
        done = true;
        await world.deployByHand('my-worker');
        return answer;
      },
    });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({
      outcome: 'Superseded',
      reason: expect.stringMatching(/somebody deployed .*my-worker:\d+ to my-worker meanwhile/),
    });
    expect(world.count('UpdateService')).toBe(0);
  });

  test('between the two UpdateServices takes the service back, and stays itself', async () => {
    let by = '';
    const world = await withWorker({
      async around({ operation, input }, next) {
        const answer = await next();
        if (operation !== 'UpdateService' || by !== '') return answer;
        by = (input as { service: string }).service;
        await world.deployByHand('my-worker');
        return answer;
      },
    });

    const release = await world.push('good', 'v1.0.0');

    expect(by).toBe('my-api');
    expect(release.outcome).toBe('Superseded');
    expect(world.updates()).toEqual(['my-api']);
    expect(await world.running()).toEqual(twice(world.first));
    expect(await world.setTo('my-worker')).toMatch(/my-worker:[23]$/);
  });

  test('in the middle of the rollout takes the service back, and stays itself', async () => {
    const world = await withWorker();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => world.updates().length === 2, 120_000);
    await world.clock.advance(5000);

    await world.deployByHand('my-worker');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Superseded']);
    expect(await world.running()).toEqual(twice(world.first));
    expect(await world.setTo('my-worker')).toMatch(/my-worker:3$/);
  });

  test('while the metrics are watched takes the service back too', async () => {
    const world = await withWorker();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);

    await world.deployByHand('my-worker');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Superseded']);
    expect(await world.running()).toEqual(twice(world.first));
  });
});

describe('where one of them runs the image already', () => {
  test.each(['my-api', 'my-worker'])('only %s is changed', async (changed) => {
    const world = await withWorker();
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.ended();
    const by = { cluster: 'main', service: changed, taskDefinition: `${changed}:1` };
    await world.ask('ECS', 'UpdateService', by);
    await world.clock.advance(600_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.1 Deployed']);
    expect(world.updates()).toEqual(['my-api', 'my-worker', changed]);
    expect(await world.both()).toEqual([twice(pushed.digest), twice(pushed.digest)]);
  });

  test('the schedule finds a push that the other one does not run yet', async () => {
    const world = await withWorker({ lose: 'aws.ecr' });
    const { digest } = await world.pushOnly('good', 'v1.0.0');
    await world.deployByHand('my-api', digest);

    await world.clock.advance(25 * 60_000);
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
    expect(world.updates()).toEqual(['my-worker']);
    expect(await world.both()).toEqual([twice(digest), twice(digest)]);
  });

  test('and both do, there is nothing to do', async () => {
    const world = await withWorker();
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.ended();

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.1 NothingToDo']);
  });

  test('and is deployed over by hand, the other one goes back', async () => {
    const world = await withWorker();
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.ended();
    const by = { cluster: 'main', service: 'my-api', taskDefinition: 'my-api:1' };
    await world.ask('ECS', 'UpdateService', by);
    await world.clock.advance(600_000);
    await world.retag(pushed, 'v1.0.1');
    await world.clock.until(() => world.updates().length === 3, 120_000);

    await world.ask('ECS', 'UpdateService', {
      ...{ cluster: 'main', service: 'my-worker', taskDefinition: 'my-worker:1' },
    });
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.1 Superseded']);
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
  });
});

describe('a release of several that was stopped by hand', () => {
  test('between the two UpdateServices is gone on with by the next, which goes back to what was proved', async () => {
    let stopped = false;
    const world = await withWorker({
      async around({ operation }, next) {
        const answer = await next();
        if (operation !== 'UpdateService' || stopped) return answer;
        stopped = true;
        await world.stop();
        throw broken;
      },
    });
    const pushed = await world.pushOnly('errors', 'v1.0.0');
    await world.clock.until(() => stopped, 120_000);
    await world.clock.advance(600_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 NeedsHuman', 'v1.0.1 RolledBack']);
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
  });

  test('says how all of them go back', async () => {
    const world = await withWorker();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => world.updates().length === 2, 120_000);
    await world.clock.advance(5000);

    await world.stop();
    await world.clock.advance(60_000);

    const [release] = await world.releases();
    expect(release?.outcome).toBe('NeedsHuman');
    expect(release?.reason).toMatch(/--service my-api .*my-api:1 && .*--service my-worker .*my-worker:1$/);
  });
});

describe('where ECS shifts the traffic of the leading service', () => {
  const bakeTime = '15m';
  const rollout = { strategy: 'BLUE_GREEN' as const, bakeTime };
  const shifting = {
    environment: {
      ...{ rollout, deploymentTimeout: '3h' },
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
    },
  };

  test.each([
    { kind: 'of tasks replaced a few at a time', alongside: {} },
    { kind: 'that is blue/green itself', alongside: { rollout: { strategy: 'BLUE_GREEN', bakeTime: '1m' } } },
  ])('a worker $kind is deployed with it, and goes back with it', async ({ alongside }) => {
    const world = await withWorker({ ...shifting, alongside });

    const good = await world.push('good', 'v1.0.0');
    const bad = await world.push('errors', 'v1.1.0');

    expect([good.outcome, bad.outcome]).toEqual(['Deployed', 'RolledBack']);
    expect(await world.both()).toEqual([twice(good.digest), twice(good.digest)]);
    expect(world.deadLetters).toEqual([]);
  });

  test('a worker that crashes takes it back while its old tasks stand', async () => {
    const world = await withWorker({ ...shifting, worker: { CRASH_AFTER_MS: '20000' } });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'RolledBack', reason: expect.stringMatching(/^my-worker: /) });
    expect(await world.both()).toEqual([twice(world.first), twice(world.first)]);
    expect(world.updates().filter((service) => service === 'my-api')).toHaveLength(1);
  });
});

test('a rollback by hand goes back with all of them', async () => {
  const world = await withWorker();
  const first = await world.push('good', 'v1.0.0');
  await world.push('good', 'v1.1.0');

  const wanted = { service: 'my-api', environment: 'production', by: 'ada', reason: 'checkout fails' };
  const asking = goBack(wanted, openFor(world.world.surroundings('tidegate-cli')));
  await settle(world.clock, asking);
  await world.ended();

  expect((await world.release((await asking).execution)).outcome).toBe('Deployed');
  expect(await world.both()).toEqual([twice(first.digest), twice(first.digest)]);
});

test('a plan tells what would change of each', async () => {
  const world = await withWorker();
  await world.pushOnly('good', 'v1.0.0');

  const wanted = { service: 'my-api', environment: 'production', tag: 'v1.0.0' };
  const looking = look(wanted, world.world.surroundings('tidegate-cli'));
  await settle(world.clock, looking);

  const image = { path: 'containerDefinitions.app.image' };
  expect(await looking).toMatchObject({
    changes: [image],
    alongside: [{ service: 'my-worker', would: 'deploy', changes: [image] }],
  });
  await world.ended();
});
