/** `tidegate status`, `releases` and `show`: what they say is what the world does, while it does it and afterwards. */
import { expect, test } from 'vitest';
import { listReleases, openFor as openReleases } from '../../cli/releases/look.ts';
import { executionOf, lookAt, openFor as openShow } from '../../cli/show/look.ts';
import { told as toldShow } from '../../cli/show/told.ts';
import { told } from '../../cli/status/told.ts';
import { lookAtAll, openFor } from '../../functions/status/look.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { heard } from '../support/told.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;
const place = { service: 'my-api', environment: 'production' };

async function settled<Answer>({ clock }: Rehearsal, asking: Promise<Answer>): Promise<Answer> {
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}

async function status(world: Rehearsal) {
  const aws = openFor(world.world.surroundings('tidegate-cli'));
  const [found] = await settled(world, lookAtAll([place], aws));
  const { screen, text } = heard();
  told(found ? [found] : [], world.clock.now(), screen);
  return { ...found, text: text() };
}

async function show(world: Rehearsal, ...words: string[]) {
  const aws = openShow(world.world.surroundings('tidegate-cli'));
  const seen = await settled(
    world,
    executionOf(words, aws).then((execution) => lookAt(execution, aws)),
  );
  const { screen, text } = heard();
  toldShow(seen, world.clock.now(), screen);
  return { ...seen, text: text() };
}

test('status says what runs, what is under way and in which state, and who waits behind whom', async () => {
  const world = await rehearsal();
  await world.push('good', 'v1.0.0');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(60_000);
  world.reconfigure({ queue: 'fifo' });
  await world.pushOnly('good', 'v1.2.0');
  await world.clock.advance(20_000);

  const seen = await status(world);

  expect(seen.runs).toMatchObject({ tag: 'v1.0.0' });
  expect(seen.slot?.holder).toMatchObject({ called: 'v1.1.0' });
  expect(seen.slot?.waiting).toMatchObject([{ called: 'v1.2.0', behind: 'v1.1.0' }]);
  expect(seen.underWay?.map(({ tag, state }) => `${tag} ${state}`)).toEqual([
    'v1.1.0 AwaitDeployment',
    'v1.2.0 AcquireSlot',
  ]);
  expect(seen.last).toMatchObject({ tag: 'v1.0.0', outcome: 'Deployed' });
  expect((await show(world, 'my-api', 'production')).text).toMatch(/waits +behind v1\.1\.0/);
  expect(seen.text).toMatch(/runs +v1\.0\.0 \([\da-f]{12}\)/);
  expect(seen.text).toMatch(/waits +v1\.2\.0 behind v1\.1\.0/);
  expect(seen.text).toMatch(/v1\.1\.0: AwaitDeployment for \d+ (s|min)/);
});

test('status shows how much of the traffic a canary has, and the approval that is waited for', async () => {
  const world = await rehearsal({
    slack: true,
    environment: {
      rollout: { strategy: 'CANARY', percent: 10, canaryBakeTime: '40m', bakeTime: '5m' },
      deploymentTimeout: '2h',
      smoke: undefined,
      approval: { timeout: '1h' },
    },
  });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(60_000);
  const waiting = await status(world);
  await world.click('approve');
  await world.clock.advance(400_000);

  const moving = await status(world);

  expect(waiting.underWay).toMatchObject([
    { state: 'RequestApproval', approval: { id: waiting.underWay?.[0]?.release } },
  ]);
  expect(waiting.text).toMatch(/waits for approval my-api-production-v1\.0\.0-\w+, for 59 min/);
  expect(moving.underWay).toMatchObject([{ traffic: { weight: 10, step: 1, steps: 2 } }]);
  expect(moving.text).toMatch(/10 % of the traffic \(step 1 of 2\), at most \d+ min/);
});

test('releases lists them with how they ended, and show tells the whole story of each', async () => {
  const world = await rehearsal();
  await world.push('good', 'v1.0.0');
  await world.push('vulnerable', 'v1.1.0');
  await world.push('crash', 'v1.2.0');
  await world.pushOnly('good', 'v1.3.0');
  await world.clock.advance(60_000);

  const aws = openReleases(world.world.surroundings('tidegate-cli'));
  const listed = await settled(world, listReleases([place], 3, aws));
  const [running, crashed, rejected] = await Promise.all([
    show(world, 'my-api', 'production'),
    show(world, listed[1]?.release ?? ''),
    show(world, listed[2]?.release ?? ''),
  ]);

  expect(listed.map(({ tag, outcome }) => `${tag} ${outcome}`)).toEqual([
    'v1.3.0 Running',
    'v1.2.0 RolledBack',
    'v1.1.0 Rejected',
  ]);
  expect(running.outcome).toBe('Running');
  expect(running.states.at(-1)).toMatchObject({ state: 'AwaitDeployment' });
  expect(crashed.states.map(({ state }) => state)).toEqual(
    expect.arrayContaining(['RollBack', 'AwaitRollback']),
  );
  expect(crashed.text).toContain('Why tasks failed');
  expect(rejected.text).toContain('upgrade minimist to 1.2.6');
});

test('a release that nobody knows is said not to be there', async () => {
  const world = await rehearsal();

  await expect(show(world, 'nobody')).rejects.toThrow('there is no release nobody: tidegate releases lists');
});
