/** "Roll back now" in Slack: by whom it may be, what its dialog says, and that it starts one rollback whatever is clicked. */
import { describe, expect, test } from 'vitest';
import { audit as auditOf } from '../../aws/audit.ts';
import { openAws } from '../../aws/open.ts';
import { pause } from '../../local/lambda/pause.ts';
import { broken } from '../support/fault.ts';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { dialogText, press, rollBack, submit, withButton } from '../support/roll-back-by-slack.ts';
import { settle } from '../support/virtual-world.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;

const mayRollBack = { rollback: { who: { slackUsers: ['U0ADA', 'U0BOB'] } } };
const asked: RehearsalOptions = { slack: true, environment: mayRollBack };

const buttons = (world: World) => withButton(world).map(({ text }) => text.split(':')[0]);

async function auditOfRelease({ world, clock }: World, execution: string) {
  const { audit } = openAws(world.surroundings('tests'), { audit: auditOf });
  const reading = audit.of(execution.slice(execution.lastIndexOf(':') + 1));
  await settle(clock, reading);
  return (await reading).map(({ actor, action, verdict, reason }) => [actor, action, verdict, reason]);
}

describe('a release that runs', () => {
  test('is gone back from by whoever may, once, and its message loses the button', async () => {
    const world = await rehearsal(asked);
    const first = await world.push('good', 'v1.0.0');
    expect(buttons(world)).toEqual([]);
    const second = await world.push('good', 'v1.1.0');
    expect(buttons(world)).toEqual(['✅ my-api v1.1.0']);

    const before = world.clock.now();
    const { status } = await press(world, 'U0ADA');
    expect(status).toBe(200);
    expect(world.clock.now() - before).toBeLessThan(3000);
    await press(world, 'U0BOB');
    await world.clock.advance(10_000);
    expect(dialogText(world, 'U0ADA')).toContain('goes back to *v1.0.0');
    expect(dialogText(world, 'U0ADA')).toContain('deployed <!date^');
    await Promise.all([submit(world, 'U0ADA'), submit(world, 'U0ADA')]);
    await submit(world, 'U0BOB', 'me too');
    await world.clock.advance(10_000);

    expect(dialogText(world, 'U0ADA')).toContain('*my-api* goes back to *v1.0.0*');
    expect(dialogText(world, 'U0BOB')).toContain('has asked for it already');
    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Deployed', 'v1.0.0 Deployed']);
    const [rollback] = await world.releases();
    expect(rollback?.record.request?.rollback).toMatchObject({
      ...{ by: 'slack:U0ADA', reason: 'checkout fails', to: first.executionArn },
    });
    expect(await world.running()).toEqual([first.digest, first.digest]);
    expect(buttons(world)).toEqual([]);
    expect(await auditOfRelease(world, second.executionArn)).toEqual([
      ['slack:U0ADA', 'roll back', 'accepted', 'checkout fails'],
      ['slack:U0ADA', 'roll back', 'accepted', 'checkout fails'],
      ['slack:U0BOB', 'roll back', 'accepted', 'me too'],
      ['slack:U0ADA', 'roll back', 'decided', 'checkout fails'],
      ['slack:U0BOB', 'roll back', expect.stringContaining('refused: '), 'me too'],
    ]);
  });

  test('is not for others, and who clicks a message of before is told what runs', async () => {
    const world = await rehearsal({ ...asked, historySeconds: 600, requestsPerSecond: 2 });
    await world.push('good', 'v1.0.0');
    const second = await world.push('good', 'v1.1.0');

    const { message } = await press(world, 'U0EVE');
    expect(message.whisper).toContain('You are not among those who may roll back here');
    expect(message.whisper).toContain('npx tidegate rollback my-api production');
    expect(world.world.slack.dialogs()).toEqual([]);
    expect(await auditOfRelease(world, second.executionArn)).toEqual([
      ['slack:U0EVE', 'roll back', 'refused: not allowed', undefined],
    ]);

    await press(world, 'U0ADA');
    await world.clock.advance(10_000);
    await world.push('good', 'v1.2.0');
    await submit(world, 'U0ADA');
    await world.clock.advance(10_000);
    expect(dialogText(world, 'U0ADA')).toContain(
      'v1.1.0 was replaced meanwhile: v1.2.0 is what was deployed last',
    );
    expect(buttons(world)).toEqual(['✅ my-api v1.2.0']);

    // Somebody tidies up: that it is replaced is no reason to tell of it again.
    (world.world.slack.messages() as unknown[]).length = 0;
    await world.push('good', 'v1.3.0');
    expect(world.world.slack.messages().map(({ text }) => text.split(':')[0])).toEqual(['✅ my-api v1.3.0']);
  });
});

test('a release under way is taken back by the same button, with who and why', async () => {
  const slowly = async <Answer>(milliseconds: number, next: () => Answer): Promise<Awaited<Answer>> => {
    if (slow) await pause(world.clock, milliseconds);
    return await next();
  };
  let slow = false;
  const world = await rehearsal({
    ...asked,
    around: (_call, next) => slowly(200, next),
    aroundRequest: (next) => slowly(800, next),
  });
  const first = await world.push('good', 'v1.0.0');
  await world.pushOnly('good', 'v1.1.0');
  await world.clock.until(() => buttons(world).includes('my-api v1.1.0'), 600_000);

  // A slow day: Slack gives three seconds all the same.
  slow = true;
  expect(await press(world, 'U0BOB', 'v1.1.0')).toMatchObject({ status: 200 });
  await world.clock.until(() => dialogText(world, 'U0BOB').includes('is under way'), 60_000);
  await submit(world, 'U0BOB');
  await world.clock.advance(20_000);
  expect(dialogText(world, 'U0BOB')).toContain('v1.1.0 is taken back');
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({
    ...{ outcome: 'RolledBack', reason: 'stopped by slack:U0BOB: checkout fails' },
  });
  expect(await world.running()).toEqual([first.digest, first.digest]);
  expect(buttons(world)).toEqual([]);
});

test('a rollback whose start was not answered is started once, and told when that is known', async () => {
  let lost = false;
  const world = await rehearsal({
    ...asked,
    async around({ operation }, next) {
      const answer = await next();
      if (lost && operation === 'StartExecution') throw broken;
      return answer;
    },
  });
  const first = await world.push('good', 'v1.0.0');
  await world.push('good', 'v1.1.0');

  lost = true;
  await rollBack(world, 'U0ADA');
  expect(dialogText(world, 'U0ADA')).toContain('That did not work yet');
  lost = false;
  await world.clock.advance(70_000);
  expect(dialogText(world, 'U0ADA')).toContain('*my-api* goes back to *v1.0.0*');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Deployed', 'v1.0.0 Deployed']);
  expect(await world.running()).toEqual([first.digest, first.digest]);
  expect(world.deadLetters).toEqual([]);
});

test('where nobody is named there is no button, and the command is', async () => {
  const world = await rehearsal({ slack: true, environment: { approval: { timeout: '1h' } } });
  for (const tag of ['v1.0.0', 'v1.1.0']) {
    await world.pushOnly('good', tag);
    await world.clock.advance(60_000);
    await world.click('approve', tag);
    await world.ended();
  }

  expect(buttons(world)).toEqual([]);
  const message = world.world.slack.messages().findLast(({ text }) => text.includes('v1.1.0: deployed'));
  expect(JSON.stringify(message)).toContain('to go back: `npx tidegate rollback my-api production');
});
