/** Releases that somebody stops, that give way, or that somebody else deploys into. */
import { describe, expect, test } from 'vitest';
import { pause } from '../../local/lambda/pause.ts';
import { broken, fault } from '../support/fault.ts';
import { rehearsal } from '../support/rehearsal.ts';

describe('a release that is stopped by hand', () => {
  test('leaves the slot to the next, though the event of its end is lost', async () => {
    const world = await rehearsal({ lose: 'aws.states' });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.stop();

    const release = await world.push('good', 'v1.1.0');

    expect(release.outcome).toBe('Deployed');
    expect(await world.running()).toEqual([release.digest, release.digest]);
  });

  test('leaves the slot to one that waits for it already within five minutes, though that event is lost', async () => {
    const world = await rehearsal({ lose: 'aws.states' });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(30_000);
    const [first] = (await world.executions()).reverse();
    await world.ask('SFN', 'StopExecution', { executionArn: first?.executionArn });
    const before = world.count('UpdateService');

    await world.clock.advance(310_000);

    expect(world.count('UpdateService')).toBe(before + 1);
  });

  test('is recorded by the schedule within a quarter of an hour, though that event is lost', async () => {
    const world = await rehearsal({ lose: 'aws.states' });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.stop();

    await world.clock.advance(16 * 60_000);

    const [release] = await world.releases();
    expect(release?.record).toMatchObject({
      outcome: 'NeedsHuman',
      reason: expect.stringContaining('stopped by hand'),
    });
  });

  test('is followed by the next, though ECS does not show yet what it deployed', async () => {
    let before: unknown;
    let stale = true;
    const world = await rehearsal({
      async around({ operation, caller }, next) {
        const step = caller.accessKeyId;
        if (operation === 'UpdateService' && before === undefined) {
          before = await world.ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
          world.clock.after(500, () => void world.stop());
        }
        if (operation !== 'DescribeServices' || step !== 'PlanDeployment' || !before || !stale) return next();
        stale = false;
        return structuredClone(before);
      },
    });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => before !== undefined, 60_000);

    const release = await world.push('good', 'v1.1.0');

    expect(stale).toBe(false);
    expect(release.outcome).toBe('Deployed');
  });

  test('advises nobody to go back over what was deployed since, where its end is noticed late', async () => {
    const world = await rehearsal({ lose: 'aws.states' });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.stop();
    await world.push('good', 'v1.1.0');

    await world.clock.advance(16 * 60_000);

    const stopped = (await world.releases()).find(({ record }) => record.outcome === 'NeedsHuman');
    expect(stopped?.record.reason).toContain('stopped by hand');
    expect(stopped?.record.reason).not.toContain('update-service');
  });

  test('frees the slot, though the table is down just when its end is being recorded', async () => {
    const table = fault('PutItem', broken, { saying: 'slot main/my-api' });
    const world = await rehearsal({ around: table.around });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    table.begin();
    await world.stop();
    await world.clock.advance(5000);
    table.end();
    await world.clock.advance(300_000);
    const release = await world.push('good', 'v1.1.0');

    expect(table.hits()).toBeGreaterThan(0);
    expect(world.deadLetters).toEqual([]);
    expect(release.outcome).toBe('Deployed');
  });

  test('is told to people once', async () => {
    const world = await rehearsal({ slack: true });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    await world.stop();
    await world.clock.advance(3_600_000);

    const said = world.world.slack.messages().filter(({ text }) => text.includes('needs a human'));
    expect(said.map(({ threadTs }) => threadTs)).toEqual([undefined, said[0]?.ts]);
  });

  test('leaves the next one a way back to what was proved', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);
    await world.stop();
    await world.clock.advance(1_800_000);

    const release = await world.push('unhealthy', 'v1.1.0');

    expect(release.outcome).toBe('RolledBack');
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('deploys nothing any more, though a function of its is still running', async () => {
    let stops = 0;
    const world = await rehearsal({
      async around({ operation, input }, next) {
        // The write before UpdateService. What cleans up behind the stopped execution is quicker.
        if (operation === 'PutItem' && JSON.stringify(input).includes('wayBack') && stops === 0) {
          stops += 1;
          await world.stop();
          await pause(world.clock, 5000);
        }
        return next();
      },
    });

    await world.pushOnly('errors', 'v1.0.0');
    await world.ended();
    await world.clock.advance(600_000);

    expect(stops).toBe(1);
    expect(world.count('UpdateService')).toBe(0);
    expect(await world.outcomes()).toEqual(['v1.0.0 NeedsHuman']);
  });
});

describe('a release that gives way to a newer one', () => {
  test('goes back first, so that what was proved runs when the newer one is rejected', async () => {
    const world = await rehearsal();
    await world.pushOnly('errors', 'v1.0.0');
    await world.clock.advance(60_000);

    const config = { Entrypoint: ['node'] };
    await world.pushImage('v1.1.0', { config, architecture: 'arm64' });

    expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.1.0 Rejected']);
    expect(await world.running()).toEqual([world.first, world.first]);
  });
});

describe('what somebody deploys by hand', () => {
  test('between plan and start stays', async () => {
    let hotfix = '';
    const world = await rehearsal({
      async around({ operation }, next) {
        const answer = await next();
        if (operation === 'RegisterTaskDefinition' && hotfix === '') hotfix = await deployHotfix();
        return answer;
      },
    });
    async function deployHotfix(): Promise<string> {
      const { taskDefinition } = await world.ask('ECS', 'DescribeTaskDefinition', {
        taskDefinition: 'my-api:1',
      });
      const { family, containerDefinitions, cpu, memory, networkMode, executionRoleArn } = taskDefinition;
      const { requiresCompatibilities, runtimePlatform } = taskDefinition;
      const [container] = containerDefinitions;
      const environment = [...container.environment, { name: 'HOTFIX', value: '1' }];
      const registered = await world.ask('ECS', 'RegisterTaskDefinition', {
        ...{ family, cpu, memory, networkMode, executionRoleArn, requiresCompatibilities, runtimePlatform },
        containerDefinitions: [{ ...container, environment }],
      });
      const { taskDefinitionArn } = registered.taskDefinition;
      await world.ask('ECS', 'UpdateService', {
        cluster: 'main',
        service: 'my-api',
        taskDefinition: taskDefinitionArn,
      });
      return taskDefinitionArn;
    }

    const release = await world.push('errors', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Superseded', reason: expect.stringContaining(hotfix) });
    await world.clock.advance(600_000);
    const { services } = await world.ask('ECS', 'DescribeServices', {
      cluster: 'main',
      services: ['my-api'],
    });
    expect(services[0]).toMatchObject({ taskDefinition: hotfix, runningCount: 2 });
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('after a release has ended changes nothing of its record', async () => {
    const world = await rehearsal();
    const { executionArn, record } = await world.push('good', 'v1.0.0');

    await world.ask('ECS', 'UpdateService', {
      cluster: 'main',
      service: 'my-api',
      taskDefinition: 'my-api:1',
      forceNewDeployment: true,
    });
    await world.clock.advance(300_000);

    expect((await world.release(executionArn)).record).toEqual(record);
  });
});
