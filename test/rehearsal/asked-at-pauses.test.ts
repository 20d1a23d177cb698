/** ECS pauses a deployment in its midst, and people decide whether it goes on. */
import { expect, test } from 'vitest';
import { approvalDoor } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import { lookAtAll, openFor } from '../../functions/status/look.ts';
import { broken, fault } from '../support/fault.ts';
import { blueGreen, shifting } from '../support/shifting.ts';
import { settle } from '../support/virtual-world.ts';

type World = Awaited<ReturnType<typeof shifting>>;
type Options = NonNullable<Parameters<typeof shifting>[1]>;
const minutes = 60_000;
const service = { cluster: 'main', service: 'my-api' };
const canary = { strategy: 'CANARY', percent: 20, canaryBakeTime: '1m', bakeTime: '1m' } as const;

const askedWorld = (more: Options = {}, rollout: Parameters<typeof shifting>[0] = blueGreen) =>
  shifting(rollout, {
    ...{ slack: true, historySeconds: 600, requestsPerSecond: 0 },
    ...more,
    environment: {
      ...{ approval: { at: 'pause', timeout: '2h' }, deploymentTimeout: '30m', analysis: undefined },
      ...more.environment,
    },
  });

/** Instead of the pause that the service has. */
async function pauseAt({ ask }: World, stage: string, timeoutConfiguration?: object) {
  const { services } = await ask('ECS', 'DescribeServices', { cluster: 'main', services: ['my-api'] });
  const { lifecycleHooks, ...deploymentConfiguration } = services[0].deploymentConfiguration;
  const pause = {
    targetType: 'PAUSE',
    lifecycleStages: [stage],
    ...(timeoutConfiguration && { timeoutConfiguration }),
  };
  const others = lifecycleHooks.filter((hook: { hookTargetArn?: string }) => hook.hookTargetArn);
  await ask('ECS', 'UpdateService', {
    ...service,
    deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [...others, pause] },
  });
}

const questions = ({ world }: World) =>
  world.slack
    .messages()
    .filter(({ text }) => text.startsWith('✋'))
    .map(({ text, blocks }) => ({ text, blocks: JSON.stringify(blocks) }));

async function release(world: World) {
  const [newest] = await world.releases();
  if (!newest) throw new Error('no release');
  return newest;
}

async function status({ world, clock }: World) {
  const look = lookAtAll(
    [{ service: 'my-api', environment: 'production' }],
    openFor(world.surroundings('tidegate-cli')),
  );
  await settle(clock, look);
  const [one] = await look;
  return one?.underWay[0];
}

/** From a terminal. */
async function decide(
  { world, clock }: World,
  command: { action: string; approvalId: string; reason?: string },
) {
  const { approvalDoor: door } = openAws(world.surroundings('ada'), { approvalDoor });
  const answer = door.send(command);
  await settle(clock, answer);
  return (await answer) as { verdict: string; says: string };
}

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
