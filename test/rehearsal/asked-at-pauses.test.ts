/** ECS pauses a deployment in its midst, and people decide whether it goes on. */
import { expect, test } from 'vitest';
import {
  askedWorld,
  canary,
  decide,
  minutes,
  pauseAt,
  questions,
  release,
  status,
} from '../support/asked-at-pauses.ts';
import { broken, fault } from '../support/fault.ts';
import { production } from '../support/rehearsal.ts';
import { blueGreen } from '../support/shifting.ts';
import { twice, withWorker } from '../support/with-worker.ts';

test('a version is tried, paused before it has users, let go on an hour later, and deployed', async () => {
  const world = await askedWorld();
  const { digest } = await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(60 * minutes);
  const [question, ...more] = questions(world);
  expect(more).toEqual([]);
  expect(question?.text).toBe(
    '✋ my-api v1.1.0: paused before it has users, waits for approval (production)',
  );
  expect(question?.blocks).toContain('All 2 endpoints answered well 3 times in a row');
  const { executionArn } = await release(world);
  const id = `${executionArn.split(':').at(-1)}.pause-1`;
  expect(await status(world)).toMatchObject({
    state: 'RequestContinuation',
    traffic: { step: 0, paused: true },
    approval: { id },
    paused: { stage: 'POST_TEST_TRAFFIC_SHIFT', asks: true },
  });
  const [told] = world.world.slack.messages().filter(({ text }) => !text.startsWith('✋'));
  expect(told?.text).toBe('my-api v1.1.0: is paused before it has users, waits for approval (production)');

  await world.click('approve');
  const answered = world.clock.now();
  await world.ended();

  const { outcome, record, seconds } = await release(world);
  expect(outcome).toBe('Deployed');
  expect(await world.running()).toEqual([digest, digest]);
  expect(questions(world)[0]?.text).toBe('✋ my-api v1.1.0: approved (production)');
  expect(record.steps.RequestContinuation).toMatchObject({
    status: 'goes on',
    reason: expect.stringMatching(/^approved by slack:U0YOU \(paused at POST_TEST_TRAFFIC_SHIFT/),
  });
  // ECS had its half hour for itself, and nobody waited for a look.
  expect(seconds).toBeGreaterThan(3600);
  expect((record.steps.RequestContinuation as { at: number }).at - answered).toBeLessThan(1000);
  expect(world.deadLetters).toEqual([]);
});

test('a version that somebody rejects is taken back by ECS, and who it was is why', async () => {
  const world = await askedWorld();
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(10 * minutes);

  await world.click('reject');
  await world.ended();

  const { outcome, reason, record } = await release(world);
  expect({ outcome, reason }).toEqual({
    outcome: 'RolledBack',
    reason:
      "rejected by slack:U0YOU (paused at POST_TEST_TRAFFIC_SHIFT, with 0 % of the users' requests on the new version): not today",
  });
  expect(record.steps.RollBack).toMatchObject({ method: 'taken back by ECS' });
  expect(world.count('StopServiceDeployment')).toBe(0);
  expect(await world.running()).toEqual([world.first, world.first]);
});

test('a canary is asked about at each step, without any event, and though the first answer did not arrive', async () => {
  const answers = fault('ContinueServiceDeployment', broken);
  const world = await askedWorld({ lose: 'aws.ecs', around: answers.around }, canary);
  await pauseAt(world, 'PRE_PRODUCTION_TRAFFIC_SHIFT');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(5 * minutes);
  expect(questions(world).map(({ text }) => text)).toEqual([
    '✋ my-api v1.1.0: paused before it has users, waits for approval (production)',
  ]);

  answers.begin();
  await world.click('approve');
  answers.end();
  await world.clock.advance(20 * minutes);
  expect(questions(world).map(({ text }) => text)).toContain(
    '✋ my-api v1.1.0: paused at 20 %, waits for approval (production)',
  );
  await world.click('approve');
  await world.ended();

  const { outcome, executionArn, record } = await release(world);
  expect(outcome).toBe('Deployed');
  expect(record.steps.RequestContinuation).toMatchObject({
    paused: { answered: [expect.any(String), expect.any(String)] },
  });
  const second = {
    action: 'reject',
    approvalId: `${executionArn.split(':').at(-1)}.pause-2`,
    reason: 'late',
  };
  expect(await decide(world, second)).toMatchObject({ says: 'This was already approved, by slack:U0YOU.' });
});

test('a worker stays paused until it is let go on, though the service that it moves with is measured meanwhile', async () => {
  const world = await withWorker({
    ...{ slack: true, historySeconds: 600, requestsPerSecond: 2 },
    environment: {
      ...{ rollout: blueGreen, deploymentTimeout: '1h', approval: { at: 'pause', timeout: '4h' } },
      smoke: { ...production.smoke, testListener: { url: 'http://my-api.test:9001' } },
    },
    alongside: { rollout: blueGreen },
  });
  const { digest } = await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(5 * minutes);
  const [{ name } = { name: '' }] = await world.executions();
  const texts = () => questions(world).map(({ text }) => text);
  const waits = 'is paused before it has users, waits for approval (production)';
  expect(texts()).toEqual([`✋ my-api v1.1.0: my-api ${waits}`, `✋ my-api v1.1.0: my-worker ${waits}`]);

  await decide(world, { action: 'approve', approvalId: `${name}.pause-1` });
  await world.clock.advance(25 * minutes);
  expect((await world.releases())[0]?.record.steps).toMatchObject({
    CompareMetrics: { status: 'pass' },
    RequestContinuation: { status: 'look again', reason: expect.stringMatching(/^my-worker: paused/) },
  });
  expect(texts()).toEqual([
    '✋ my-api v1.1.0: my-api approved (production)',
    `✋ my-api v1.1.0: my-worker ${waits}`,
  ]);
  await decide(world, { action: 'approve', approvalId: `${name}.pause-2` });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed']);
  expect(await world.both()).toEqual([twice(digest), twice(digest)]);
  expect(world.count('ContinueServiceDeployment')).toBe(2);
});
