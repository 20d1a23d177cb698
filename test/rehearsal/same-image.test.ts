/** One image under several tags, or pushed again: what runs is not deployed twice, what failed is not thought to run. */
import { describe, expect, test } from 'vitest';
import { rolloutSchema } from '../../core/rollout.ts';
import { rehearsal } from '../support/rehearsal.ts';

describe('two tags of one image', () => {
  test('in the same second end as one deployment', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('good', 'v1.0.0', 'none');
    await world.retag(pushed, 'v1.0');

    await world.attachReport(pushed);
    await world.ended();

    // Which of the two comes first is chance.
    const outcomes = (await world.releases()).map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual(['Deployed', expect.stringMatching(/^(NothingToDo|Superseded)$/)]);
    expect(await world.running()).toEqual([pushed.digest, pushed.digest]);
    expect(world.count('UpdateService')).toBe(1);
  });

  test('end as one deployment when the second is pushed while the first is being rolled out', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => world.count('UpdateService') > 0, 60_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.1 NothingToDo']);
    expect(world.count('UpdateService')).toBe(1);
  });

  test('do not interrupt each other either when the second is approved meanwhile', async () => {
    const world = await rehearsal({ slack: true, environment: { approval: { timeout: '1h' } } });
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(5000);
    await world.retag(pushed, 'v1.0.1');
    await world.clock.advance(20_000);

    await world.click('approve', 'v1.0.0');
    await world.clock.until(() => world.count('UpdateService') > 0, 60_000);
    await world.clock.advance(70_000);
    await world.click('approve', 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.1 NothingToDo']);
    expect(await world.running()).toEqual([pushed.digest, pushed.digest]);
    expect(world.count('UpdateService')).toBe(1);
  });
});

describe('an image that is pushed again', () => {
  test.each(['errors', 'slow'] as const)(
    'at once after it was taken back for its %s is taken back again',
    async (variant) => {
      const world = await rehearsal();
      await world.push(variant, 'v1.0.0');

      const { outcome } = await world.push(variant, 'v1.0.1');

      expect(outcome).toBe('RolledBack');
      expect(await world.running()).toEqual([world.first, world.first]);
    },
  );

  test('after its tasks had crashed is tried again, and judged by crashes of its own', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('crash', 'v1.0.0');
    await world.ended();
    await world.clock.advance(120_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 RolledBack', 'v1.0.1 RolledBack']);
    // The same content is one revision.
    expect(world.count('RegisterTaskDefinition')).toBe(1);
    const [second = [], first = []] = (await world.releases()).map(({ record }) =>
      rolloutSchema.parse(record.steps.AwaitDeployment).stoppedTasks.map(({ task }) => task),
    );
    expect(second).not.toEqual([]);
    expect(second.filter((task) => first.includes(task))).toEqual([]);
  });

  test('after its release was stopped by hand is proved, though the service is set to it already', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('errors', 'v1.0.0');
    await world.clock.advance(30_000);
    await world.stop();
    await world.clock.advance(600_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 NeedsHuman', 'v1.0.1 RolledBack']);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('after its release was stopped by hand ends Deployed when it is good', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(30_000);
    await world.stop();
    await world.clock.advance(600_000);

    await world.retag(pushed, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 NeedsHuman', 'v1.0.1 Deployed']);
    expect(await world.running()).toEqual([pushed.digest, pushed.digest]);
  });
});
