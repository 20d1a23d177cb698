/** ECS pauses a deployment, and something else comes than an answer: nothing, a newer push, the end of its release, or Slack that is away. */
import { expect, test } from 'vitest';
import { askedWorld, decide, minutes, pauseAt, questions, status } from '../support/asked-at-pauses.ts';
import { broken, fault } from '../support/fault.ts';

test.each([
  { it: 'in time', lost: false },
  { it: 'too late, since ECS could not be told', lost: true },
])('nobody decides, and what ECS would do by itself does not count: $it', async ({ lost }) => {
  const answers = fault('ContinueServiceDeployment', broken);
  const world = await askedWorld({ around: answers.around });
  await pauseAt(world, 'POST_TEST_TRAFFIC_SHIFT', { timeoutInMinutes: 10, action: 'CONTINUE' });
  if (lost) answers.begin();

  const { outcome, reason } = await world.push('good', 'v1.1.0');

  expect({ outcome, reason }).toEqual({
    outcome: 'RolledBack',
    reason: expect.stringMatching(/^nobody answered within 7 min \d+ s \(paused at POST_TEST/),
  });
  expect(await world.running()).toEqual([world.first, world.first]);
});

test('a newer push takes the place of one that is paused, and nobody is left with a button', async () => {
  const world = await askedWorld();
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(10 * minutes);
  const [first] = await world.executions();
  await world.pushOnly('good', 'v1.2.0');
  await world.clock.advance(10 * minutes);

  expect(questions(world).map(({ text }) => text)).toEqual([
    '✋ my-api v1.1.0: superseded (production)',
    '✋ my-api v1.2.0: paused before it has users, waits for approval (production)',
  ]);
  const late = await decide(world, { action: 'approve', approvalId: `${first?.name}.pause-1` });
  expect(late).toMatchObject({
    verdict: 'refused',
    says: expect.stringMatching(/v1\.2\.0.* takes its place/),
  });
  expect(world.count('ContinueServiceDeployment')).toBe(0);

  await world.click('approve');
  await world.ended();
  expect(await world.outcomes()).toEqual(['v1.1.0 Superseded', 'v1.2.0 Deployed']);
});

test('nobody lets a version go on whose release was stopped by hand', async () => {
  const world = await askedWorld();
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(10 * minutes);
  const [first] = await world.executions();

  await world.stop();
  await world.click('approve');
  await world.clock.advance(20 * minutes);
  const late = await decide(world, { action: 'approve', approvalId: `${first?.name}.pause-1` });

  expect(late).toMatchObject({ verdict: 'refused' });
  expect(world.count('ContinueServiceDeployment')).toBe(0);
});

test('while Slack is down a version waits all the same, and somebody lets it go on from a terminal', async () => {
  const world = await askedWorld({ slackIsDown: true });
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(20 * minutes);
  const [first] = await world.executions();

  const command = { action: 'approve', approvalId: `${first?.name}.pause-1` };
  expect(await decide(world, command)).toMatchObject({ verdict: 'decided' });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed']);
});

test('where nobody is to be asked, a pause is left to whoever made it, and status says how to answer', async () => {
  const world = await askedWorld({ environment: { approval: undefined } });
  await pauseAt(world, 'POST_TEST_TRAFFIC_SHIFT');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(10 * minutes);
  expect(questions(world)).toEqual([]);
  const { paused } = (await status(world)) ?? {};
  expect(paused).toMatchObject({ asks: false, stage: 'POST_TEST_TRAFFIC_SHIFT' });

  const { serviceDeploymentArn, hookId } = paused ?? {};
  await world.ask('ECS', 'ContinueServiceDeployment', { serviceDeploymentArn, hookId });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.1.0 Deployed']);
});
