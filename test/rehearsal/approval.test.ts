/** People: who may say yes, and who is told. */
import { describe, expect, test } from 'vitest';
import { broken, fault } from '../support/fault.ts';
import { rehearsal } from '../support/rehearsal.ts';

describe('approval', () => {
  const asked = { slack: true, environment: { approval: { timeout: '1h' } } };

  test('holds a release up until somebody approves it', async () => {
    const world = await rehearsal(asked);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(600_000);
    expect(world.count('UpdateService')).toBe(0);

    await world.click('approve');
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({ outcome: 'Deployed' });
    expect(release?.record.steps.RequestApproval).toEqual({ decision: 'approved', by: 'slack:U0YOU' });
  });

  test('shows in Slack who approved it, without buttons to click again', async () => {
    const world = await rehearsal(asked);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    await world.click('approve');

    const message = world.world.slack.messages().find(({ text }) => text.startsWith('✋'));
    const blocks = message?.blocks as { type: string; text?: { text: string } }[];
    expect(blocks.map(({ type }) => type)).not.toContain('actions');
    expect(blocks.at(-1)?.text?.text).toBe('✅ Approved by <@U0YOU>');
    expect(blocks.at(0)?.text?.text).toBe('✋ my-api v1.0.0: approved (production)');
    await expect(world.click('reject')).rejects.toThrow('no message in Slack has a button');
  });

  test('rejects a release when somebody says no, and a click at the same time changes nothing', async () => {
    const world = await rehearsal(asked);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    await Promise.all([world.click('reject'), world.click('approve')]);
    await world.ended();

    const [release] = await world.releases();
    expect(release?.outcome).toMatch(/Rejected|Deployed/);
    expect(release?.record.steps.RequestApproval).toMatchObject({
      decision: release?.outcome === 'Rejected' ? 'rejected' : 'approved',
    });
  });

  test('rejects a release when nobody answers in time', async () => {
    const world = await rehearsal(asked);

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: 'nobody answered within 1 h' });
    expect(release.seconds).toBeGreaterThan(3600);
  });

  test('is asked for again when Slack was down, as soon as it is back', async () => {
    const options = { ...asked, slackIsDown: true };
    const world = await rehearsal(options);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    expect(world.world.slack.messages()).toEqual([]);

    options.slackIsDown = false;
    await world.clock.advance(600_000);

    expect(world.world.slack.messages().filter(({ text }) => text.startsWith('✋'))).toHaveLength(1);
    await world.click('approve');
    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  });

  test('that was decided but never reached the release is passed on by a second click', async () => {
    const answers = fault('SendTaskSuccess', broken);
    const world = await rehearsal({ ...asked, around: answers.around });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    answers.begin();
    await world.click('approve');
    answers.end();
    expect(answers.hits()).toBeGreaterThan(0);

    await world.click('reject');
    await world.clock.advance(60_000);

    // What was decided first counts.
    expect(world.count('UpdateService')).toBe(1);
    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  });

  test('that was decided but never reached the release is found by it within a quarter of an hour', async () => {
    const answers = fault('SendTaskSuccess', broken);
    const world = await rehearsal({ ...asked, around: answers.around });
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    answers.begin();
    await world.click('approve');
    answers.end();

    await world.clock.advance(16 * 60_000);

    expect(world.count('UpdateService')).toBe(1);
  });
});

test('Slack is told how a release ended, with the reason first', async () => {
  const world = await rehearsal({ slack: true });

  await world.push('errors', 'v1.0.0');

  const [message] = world.world.slack.messages();
  expect(JSON.stringify(message)).toContain('my-api v1.0.0: rolled back (production)');
});

test('a Slack that refuses every message holds up nothing', async () => {
  const world = await rehearsal({ slack: true, slackIsDown: true });

  expect((await world.push('good', 'v1.0.0')).outcome).toBe('Deployed');
});
