/** What is not asked: each call costs money, and the rate limits of an account are shared. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

const operationsOf = (calls: { operation: string; caller: { accessKeyId: string } }[], name: string) =>
  calls.filter(({ caller }) => caller.accessKeyId === name).map(({ operation }) => operation);

test('the schedule asks nothing of ECS where every push was seen', async () => {
  const world = await rehearsal();
  await world.push('good', 'v1.0.0');
  await world.clock.advance(16 * 60_000);

  world.calls.length = 0;
  await world.clock.advance(16 * 60_000);

  expect(operationsOf(world.calls, 'reconcile-pushes')).toEqual([
    'BatchGetItem',
    'BatchGetItem',
    'DescribeImages',
    'BatchGetItem',
  ]);
});

test('a release that waits for its report reads the description of its image once', async () => {
  const world = await rehearsal();

  await world.pushOnly('good', 'v1.0.0', 'none');
  await world.clock.advance(120_000);

  const operations = operationsOf(world.calls, 'CheckScan');
  expect(operations.filter((name) => name === 'ListImageReferrers').length).toBeGreaterThan(2);
  expect(operations.filter((name) => name === 'GetDownloadUrlForLayer')).toHaveLength(1);
});

test('a good release asks for what its service revision is once in each function, and never for a breaker', async () => {
  const world = await rehearsal();

  const { outcome } = await world.push('good', 'v1.0.0');

  expect(outcome).toBe('Deployed');
  expect(world.count('DescribeServiceDeployments')).toBe(0);
  for (const name of ['on-deployment-event', 'AwaitDeployment', 'ConfirmRelease']) {
    const asked = operationsOf(world.calls, name).filter(
      (operation) => operation === 'DescribeServiceRevisions',
    );
    expect(asked.length).toBeLessThanOrEqual(1);
  }
});

test('a slot that is free is granted without a look at anything else', async () => {
  const world = await rehearsal();

  await world.push('good', 'v1.0.0');

  expect(operationsOf(world.calls, 'AcquireSlot')).toEqual([
    ...['GetItem', 'PutItem'],
    ...['UpdateItem', 'SendTaskSuccess'],
  ]);
});

test('the schedule does not look into a release that has told how it ended', async () => {
  const world = await rehearsal();
  await world.push('good', 'v1.0.0');

  world.calls.length = 0;
  await world.clock.advance(16 * 60_000);

  expect(operationsOf(world.calls, 'reconcile-pushes')).not.toContain('DescribeExecution');
});
