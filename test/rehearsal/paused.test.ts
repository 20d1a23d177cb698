/** `tidegate pause` and `resume`: releases wait, rollbacks go, and the next one goes on afterwards. */
import { expect, test } from 'vitest';
import { openFor, pause, resume } from '../../cli/pause/change.ts';
import { look } from '../../cli/plan/look.ts';
import { goBack, openFor as openRollback } from '../../functions/go-back.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;
const wanted = { service: 'my-api', environment: 'production', by: 'ada', reason: 'sale' };

async function settled<Answer>({ clock }: Rehearsal, asking: Promise<Answer>): Promise<Answer> {
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}
const aws = ({ world }: Rehearsal) => openFor(world.surroundings('tidegate-cli'));
const pausing = (world: Rehearsal) => settled(world, pause(wanted, aws(world)));
const resuming = (world: Rehearsal) => settled(world, resume({ ...wanted, reason: '' }, aws(world)));

test('while an environment is paused the newest release waits, and once it is resumed it is deployed', async () => {
  const world = await rehearsal({ slack: true });
  await pausing(world);
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(1_200_000);
  const newest = await world.pushOnly('good', 'v1.1.0');
  const foreseen = await settled(
    world,
    look({ ...wanted, tag: 'v1.1.0' }, world.world.surroundings('tidegate-cli')),
  );
  await world.clock.advance(1_200_000);
  const meanwhile = await world.running();

  const { waiting } = await resuming(world);
  await world.ended();

  expect(foreseen.slot).toEqual({ status: 'waits', sentence: 'paused by ada: sale' });
  expect(meanwhile).toEqual([world.first, world.first]);
  expect(waiting).toEqual([expect.stringContaining('v1.1.0')]);
  expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.1.0 Deployed']);
  expect(await world.running()).toEqual([newest.digest, newest.digest]);
  const told = world.world.slack.messages().map(({ text }) => text);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringContaining('paused – ada: sale'),
      expect.stringContaining('resumed – ada'),
    ]),
  );
});

test('a release that has the slot goes on, and a rollback goes while it is paused', async () => {
  const world = await rehearsal();
  const first = await world.push('good', 'v1.0.0');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.advance(60_000);

  const { goesOn } = await pausing(world);
  await world.ended();
  await settled(world, goBack(wanted, openRollback(world.world.surroundings('tidegate-cli'))));
  await world.ended();

  expect(goesOn).toBe('v1.1.0');
  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Deployed', 'v1.0.0 Deployed']);
  expect(await world.running()).toEqual([first.digest, first.digest]);
});

test('with queue reject a release ends with the reason of the pause; resuming what is not paused is refused', async () => {
  const world = await rehearsal({ environment: { queue: 'reject' } });
  await pausing(world);

  const release = await world.push('good', 'v1.0.0');
  await resuming(world);

  expect(release).toMatchObject({ outcome: 'Rejected', reason: 'paused by ada: sale' });
  await expect(resuming(world)).rejects.toThrow('my-api/production is not paused');
});
