/** One ECS service, several releases that want it. */
import { describe, expect, test } from 'vitest';
import { broken, fault } from '../support/fault.ts';
import { rehearsal } from '../support/rehearsal.ts';

describe('a service that several releases want', () => {
  test.each([
    { it: 'whose gates open together', apartSeconds: 0 },
    { it: 'a few seconds apart', apartSeconds: 5 },
    { it: 'the second while the first is being rolled out', apartSeconds: 60 },
  ])('gets the newer of two quick pushes, $it; the older one is superseded', async ({ apartSeconds }) => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(apartSeconds * 1000);
    const newer = await world.pushOnly('good', 'v1.1.0');
    await world.ended();

    const releases = await world.releases();
    expect(releases.map(({ outcome }) => outcome)).toEqual(['Deployed', 'Superseded']);
    expect(releases[1]?.reason).toBe('v1.1.0, pushed later, takes its place');
    expect(await world.running()).toEqual([newer.digest, newer.digest]);
  });

  test('returns to what was proved last when the newer of two quick pushes is bad', async () => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.pushOnly('errors', 'v1.1.0');
    await world.ended();

    expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['RolledBack', 'Superseded']);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('proves one release before the next when the first is already being judged', async () => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.ended();

    expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['Deployed', 'Deployed']);
  });

  test.each([
    { first: 'older', order: ['v1.0.0', 'v1.1.0'] },
    { first: 'newer', order: ['v1.1.0', 'v1.0.0'] },
  ])(
    'gets the same of two pushes in one second, though the $first is scanned a minute before',
    async (row) => {
      const world = await rehearsal();
      const pushed = [
        await world.pushOnly('good', 'v1.0.0', 'none'),
        await world.pushOnly('good', 'v1.1.0', 'none'),
      ];
      const scan = (which: string | undefined) =>
        Promise.all(pushed.filter(({ tag }) => tag === which).map((image) => world.attachReport(image)));

      await scan(row.order[0]);
      await world.clock.advance(60_000);
      await scan(row.order[1]);
      await world.ended();

      expect((await world.outcomes()).sort()).toEqual(['v1.0.0 Superseded', 'v1.1.0 Deployed']);
      expect(await world.running()).toEqual([pushed[1]?.digest, pushed[1]?.digest]);
    },
  );

  test('lets a release that was replaced while it waited know, though the answer to it was lost', async () => {
    const answers = fault('SendTaskSuccess', broken, { saying: 'superseded' });
    const world = await rehearsal({ around: answers.around });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(10_000);

    answers.begin();
    await world.pushOnly('good', 'v1.2.0');
    await world.clock.until(() => answers.hits() > 0, 60_000);
    answers.end();
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Superseded', 'v1.2.0 Deployed']);
    const [, replaced] = await world.releases();
    expect(replaced?.seconds).toBeLessThan(400);
  });

  test('is free again after every release, also one that was stopped by hand', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    const [running] = await world.executions();

    await world.ask('SFN', 'StopExecution', { executionArn: running?.executionArn });
    await world.ended();
    const [stopped] = await world.releases();

    expect(stopped).toMatchObject({
      outcome: 'NeedsHuman',
      reason: expect.stringMatching(
        /stopped by hand; to go back .*: aws ecs update-service --cluster main --service my-api --task-definition .*my-api:1$/,
      ),
    });
    await world.clock.advance(1_800_000);
    expect((await world.push('good', 'v1.1.0')).outcome).toBe('Deployed');
  });

  test('keeps what somebody deployed by hand meanwhile', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(30_000);

    await world.ask('ECS', 'UpdateService', {
      cluster: 'main',
      service: 'my-api',
      taskDefinition: 'my-api:1',
      forceNewDeployment: true,
    });
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({
      outcome: 'Superseded',
      reason: expect.stringContaining('another deployment'),
    });
    expect(world.count('StopServiceDeployment')).toBe(0);
  });
});

describe('a service whose releases do not make way for newer ones', () => {
  test('gets each of them in the order of the pushes, with queue: fifo', async () => {
    const world = await rehearsal({ environment: { queue: 'fifo' } });

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(20_000);
    const last = await world.pushOnly('good', 'v1.2.0');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Deployed', 'v1.2.0 Deployed']);
    expect(await world.running()).toEqual([last.digest, last.digest]);
  });

  test('rejects what comes meanwhile, with queue: reject, and is free afterwards', async () => {
    const world = await rehearsal({ environment: { queue: 'reject' } });

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.ended();
    const [rejected] = await world.releases();
    const next = await world.push('good', 'v1.2.0');

    expect(rejected).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('v1.0.0 was being deployed, and with queue'),
    });
    expect(next.outcome).toBe('Deployed');
  });

  test('rejects nothing because of a release that was stopped unseen', async () => {
    const world = await rehearsal({ environment: { queue: 'reject' }, lose: 'aws.states' });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(15_000);
    await world.stop();

    const next = await world.push('good', 'v1.1.0');

    expect(next.outcome).toBe('Deployed');
  });
});
