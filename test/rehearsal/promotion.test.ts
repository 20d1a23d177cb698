/** From one environment to the next: only what passed there comes on, and not before its time. */
import { expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { states } from '../../aws/states.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import { openFor, stop } from '../../functions/stop-release.ts';
import { stateMachineArn } from '../../local/world.ts';
import { balancer, production, type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type EnvironmentInput = NonNullable<RehearsalOptions['environment']>;

const staging = {
  ...{ name: 'staging', cluster: 'main', service: 'my-api-staging' },
  smoke: { endpoints: [{ url: 'http://my-api-staging.test/healthz' }] },
  analysis: balancer('my-api-staging'),
};
const two = (over: EnvironmentInput = {}) =>
  rehearsal({ slack: true, service: { environments: [staging, { ...production, ...over }] } });

type World = Awaited<ReturnType<typeof rehearsal>>;
const of = async (world: World, environment: string) =>
  (await world.releases()).filter(({ record }) => record.request?.environment === environment);

test('who approves production sees how staging did, what changes and what it would go back to', async () => {
  const world = await two({ approval: { timeout: '2h' } });
  await world.push('good', 'v1.0.0');
  await world.clock.advance(60_000);

  const asked = world.world.slack.messages().find(({ text }) => text.startsWith('✋'));
  const shown = JSON.stringify(asked?.blocks);
  expect(shown).toContain('*In staging* it has run for');
  expect(shown).toMatch(/smoke|endpoint|answered/i);
  expect(shown).toContain('containerDefinitions.app.image');
  expect(shown).toMatch(/\*If it fails,\* it goes back to my-api:\d+ \([^)]*[0-9a-f]{12}/);
});

test('a digest runs in staging for as long as it has to soak before production gets it', async () => {
  const world = await two({ soak: '30m' });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.until(() => world.count('UpdateService') === 1, 3_600_000);
  await world.clock.advance(25 * 60_000);
  expect(world.count('UpdateService')).toBe(1);
  await world.ended();

  const [production] = await of(world, 'production');
  const [before] = await of(world, 'staging');
  expect(production?.outcome).toBe('Deployed');
  const startedAt = Number(production?.record.startedAt);
  expect(startedAt - Number(before?.record.endedAt)).toBeGreaterThanOrEqual(30 * 60_000);
});

test('a release that soaks can be stopped, and ends long before its time', async () => {
  const world = await two({ soak: '10h' });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.until(() => world.count('UpdateService') === 1, 3_600_000);
  await world.clock.advance(25 * 60_000);
  const stopping = stop(
    { words: ['my-api', 'production'], by: 'ada', reason: 'wrong branch' },
    openFor(world.world.surroundings('tidegate-cli')),
  );
  await settle(
    world.clock,
    stopping.catch(() => {}),
  );
  expect((await stopping).becomes).toBe('ends');
  await world.clock.advance(16 * 60_000);

  const [production] = await of(world, 'production');
  expect(production).toMatchObject({ outcome: 'Rejected', reason: 'stopped by ada: wrong branch' });
});

test('what staging does not run any more once it has soaked is not promoted', async () => {
  const world = await two({ soak: '30m' });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(15 * 60_000);
  await world.pushOnly('good', 'v1.0.1');
  await world.clock.advance(60_000);
  await world.ended();

  const ended = (await of(world, 'production')).map(({ record, outcome }) => [
    record.request?.push.tag,
    outcome,
  ]);
  expect(ended.toReversed()).toEqual([
    ['v1.0.0', 'NothingToDo'],
    ['v1.0.1', 'Deployed'],
  ]);
});

test('what did not pass staging does not come to production, whoever starts it', async () => {
  const world = await two();
  await world.pushOnly('errors', 'v1.0.0');
  await world.ended();
  const [failed] = await of(world, 'staging');
  expect(failed?.outcome).toBe('RolledBack');
  const request = failed?.record.request as ReleaseRequest;
  const start = async (name: string, over: Partial<ReleaseRequest>) => {
    const { states: starting } = openAws(world.world.surroundings('ada'), { states });
    await settle(world.clock, starting.start(name, { ...request, environment: 'production', ...over }));
    await world.ended();
    return world.release(`${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`);
  };

  const unvouched = await start('by-hand', {});
  const claimed = await start('claimed', { promotedFrom: String(failed?.executionArn) });

  for (const { outcome, reason } of [unvouched, claimed]) {
    expect(outcome).toBe('Rejected');
    expect(reason).toContain('was not deployed to staging');
  }
});

test('it may be let through by breaking the glass', async () => {
  const who = { slackUsers: ['U0ADA', 'U0BOB'] };
  const world = await two({ breakGlass: { who } });
  const { digest } = await world.push('good', 'v1.0.0', 'none');
  const [failed] = await of(world, 'staging');
  const { push: pushed } = failed?.record.request ?? {};
  if (!pushed) throw new Error('nothing was pushed');
  const push = { ...pushed, digest };
  const { states: starting } = openAws(world.world.surroundings('ada'), { states });
  const request = { service: 'my-api', environment: 'production', push, promotedFrom: 'nothing' };
  await settle(world.clock, starting.start('hotfix', request));
  await world.clock.advance(60_000);
  await world.clock.advance(11 * 60_000);

  await world.click('break-glass', '', { by: 'U0ADA', reason: 'staging is down' });
  await world.click('break-glass', '', { by: 'U0BOB', reason: 'staging is down' });
  await world.ended();

  const [release] = await of(world, 'production');
  expect(release?.outcome).toBe('Deployed');
  expect(JSON.stringify(world.world.slack.messages())).toContain('was not deployed to staging');
});
