/** What a gate holds is let through by two people who may, each with a reason, and by nobody else. */
import { expect, test } from 'vitest';
import { approvalDoor } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import type { CommandAnswer } from '../../functions/events/on-approval-command.ts';
import { account } from '../../local/aws-service.ts';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

const breakGlass = {
  who: { slackUsers: ['U0ADA', 'U0BOB'], principals: [`arn:aws:iam::${account}:user/ada`] },
  timeout: '1h',
};
const people = {
  bob: { slack: 'U0BOB' },
  ada: { slack: 'U0ADA', principals: [`arn:aws:iam::${account}:user/ada`] },
};

async function held(options: RehearsalOptions = {}) {
  const world = await rehearsal({ slack: true, people, environment: { breakGlass }, ...options });
  await world.pushOnly('vulnerable', 'v1.0.0');
  await world.clock.advance(60_000);
  const message = world.world.slack.messages().find(({ text }) => text.startsWith('🛑'));
  return { ...world, message, shown: () => JSON.stringify(world.world.slack.messages()) };
}
const why = (by: string, reason = 'checkout is down') => ['break-glass', '', { by, reason }] as const;

test('two people break the glass, everybody hears of it, and the failing verdict stays beside', async () => {
  const world = await held();
  expect(JSON.stringify(world.message?.blocks)).toContain('1 CRITICAL with a fix');

  await world.click(...why('U0ADA'));
  await world.clock.advance(60_000);
  expect(world.count('UpdateService')).toBe(0);
  await world.click(...why('U0BOB', 'I have tried it'));
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(release?.record.steps.CheckScan).toMatchObject({ status: 'fail' });
  expect(release?.record.steps.RequestApproval).toEqual({
    ...{ decision: 'approved', by: 'slack:U0ADA and slack:U0BOB', brokenGlass: true },
    reason: 'slack:U0ADA: checkout is down; slack:U0BOB: I have tried it',
  });
  const announced = world.world.slack.messages().map(({ text }) => text);
  expect(announced).toContain('🚨 my-api v1.0.0: the glass is broken (production)');
  expect(world.shown()).toContain('The glass was broken');
});

test('one person does not, by the other door neither, nor who may not, nor an approval', async () => {
  const world = await held();
  const [release] = await world.executions();
  const approvalId = String(release?.name);
  const { approvalDoor: door } = openAws(world.world.surroundings('ada'), { approvalDoor });

  await world.click(...why('U0EVE'));
  expect(world.message?.whisper).toBe('You are not among those who may break the glass here.');
  await world.click(...why('U0ADA'));
  await world.click(...why('U0ADA'));
  expect(world.message?.whisper).toContain('You have done so already');
  const again = door.send({ action: 'break glass', approvalId, reason: 'checkout is down' });
  const approving = door.send({ action: 'approve', approvalId });
  await settle(world.clock, Promise.all([again, approving]));
  expect(((await again) as CommandAnswer).says).toContain('You have done so already, as slack:U0ADA');
  expect(((await approving) as CommandAnswer).says).toContain('A gate holds this release');
  await world.ended();

  const [ended] = await world.releases();
  expect(ended?.outcome).toBe('Rejected');
  expect(ended?.reason).toMatch(/^1 CRITICAL with a fix: .*; nobody let it through$/);
  expect(world.count('UpdateService')).toBe(0);
});

test('who comes too late, or after somebody left it rejected, changes nothing', async () => {
  const world = await held();
  await world.click('reject', '', { by: 'U0BOB', reason: 'upgrade it' });
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Rejected');
  expect(release?.reason).toContain('left rejected by slack:U0BOB: upgrade it');
  await expect(world.click(...why('U0ADA'))).rejects.toThrow('no message in Slack has a button');
});

test('without it a release that the gate holds is rejected at once, and nobody is asked', async () => {
  const world = await held({ environment: { approval: { timeout: '1h' } } });
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringMatching(/^1 CRITICAL/) });
  expect(world.shown()).not.toContain('"actions"');
});

test('a release that is stopped while it waits leaves no buttons behind', async () => {
  const world = await held();
  await world.stop();
  await world.ended();

  expect(world.shown()).toContain('⌛ Expired: its release has ended');
  expect(world.shown()).not.toContain('"actions"');
});

test('somebody who may not wait for a scanner that is down ends the waiting, and two people decide', async () => {
  const world = await rehearsal({ slack: true, people, environment: { breakGlass } });
  await world.pushOnly('good', 'v1.0.0', 'none');
  await world.clock.advance(60_000);
  const [release] = await world.executions();
  const approvalId = String(release?.name);
  const breaking = async (by: string) => {
    const { approvalDoor: door } = openAws(world.world.surroundings(by), { approvalDoor });
    const sending = door.send({ action: 'break glass', approvalId, reason: 'the scanner is down' });
    await settle(world.clock, sending);
    return (await sending) as CommandAnswer;
  };

  expect(await breaking('eve')).toMatchObject({ verdict: 'refused' });
  expect(await breaking('ada')).toMatchObject({ verdict: 'accepted' });
  await world.clock.advance(45_000);
  expect(await breaking('ada')).toMatchObject({ verdict: 'accepted' });
  await world.clock.advance(60_000);
  expect(world.count('UpdateService')).toBe(0);
  await world.click(...why('U0BOB'));
  await world.ended();

  const [ended] = await world.releases();
  expect(ended).toMatchObject({ outcome: 'Deployed' });
  expect(ended?.record.steps.CheckScan).toMatchObject({
    status: 'fail',
    summary: expect.stringContaining('no scan report'),
  });
});

test('one person does not outrun a report where the policy lets a release pass without', async () => {
  const world = await rehearsal({
    ...{ slack: true, people },
    environment: { breakGlass, scan: { withoutReport: 'pass' } },
  });
  await world.pushOnly('vulnerable', 'v1.0.0', 'none');
  await world.clock.advance(60_000);
  const [release] = await world.executions();
  const { approvalDoor: door } = openAws(world.world.surroundings('ada'), { approvalDoor });
  const sending = door.send({
    ...{ action: 'break glass', approvalId: String(release?.name), reason: 'the scanner is slow' },
  });
  await settle(world.clock, sending);
  await world.clock.advance(60_000);

  expect((await sending) as CommandAnswer).toMatchObject({
    verdict: 'refused',
    says: expect.stringContaining('goes on without a scan report as soon as its time is over'),
  });
  expect(world.count('UpdateService')).toBe(0);
});
