/** The rules of an approval, as people meet them in Slack. */
import { describe, expect, test } from 'vitest';
import { audit } from '../../aws/audit.ts';
import { openAws } from '../../aws/open.ts';
import { slackSignature } from '../../local/slack/interactions.ts';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { address, settle } from '../support/virtual-world.ts';

type Approval = NonNullable<NonNullable<RehearsalOptions['environment']>['approval']>;

/** A release that waits for approval. */
async function asking(approval: Approval, options: RehearsalOptions = {}) {
  const world = await rehearsal({ slack: true, environment: { approval }, ...options });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(60_000);
  const [release] = await world.executions();
  const approvalId = String(release?.name);
  // The release has a message of its own.
  const message = world.world.slack
    .messages()
    .find(({ text }) => text.includes('waits for approval') && text.startsWith('✋'));
  const attempts = async () => {
    const { audit: entries } = openAws(world.world.surroundings('tests'), { audit });
    const found = entries.of(approvalId);
    await settle(world.clock, found);
    return (await found).map(({ actor, action, verdict }) => `${actor} ${action}: ${verdict}`);
  };
  return { ...world, approvalId, message, attempts, shown: () => JSON.stringify(message?.blocks) };
}

test('two have to approve, one of them from security, and every attempt is kept', async () => {
  const world = await asking(
    { approvals: 2, requireFrom: { security: { slackGroups: ['S0SEC'] } } },
    { userGroups: { S0SEC: ['U0SEC'] } },
  );

  await world.click('approve', '', { by: 'U0ADA' });
  await world.click('approve', '', { by: 'U0ADA' });
  expect(world.message?.whisper).toContain('You have done so already');
  expect(world.shown()).toContain('1 more approval is needed (one from security)');
  expect(world.count('UpdateService')).toBe(0);
  await world.click('approve', '', { by: 'U0SEC' });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  expect(world.shown()).toContain('Approved by <@U0ADA> and <@U0SEC>');
  expect(await world.attempts()).toEqual([
    'slack:U0ADA approve: accepted',
    'slack:U0ADA approve: refused: twice',
    'slack:U0SEC approve: decided',
  ]);
});

test('who is in no group that may approve is told so, and so is everybody while Slack tells of no groups', async () => {
  const world = await asking({ who: { slackGroups: ['S0OPS'] } }, { userGroups: { S0OPS: ['U0OPS'] } });

  await world.click('approve', '', { by: 'U0EVE' });
  expect(world.message?.whisper).toBe('You are not among those who may approve here.');
  await world.click('reject', '', { by: 'U0EVE', reason: 'I do not like it' });
  expect(world.message?.whisper).toBe('You are not among those who may reject here.');
  await world.click('approve', '', { by: 'U0OPS' });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
});

test('nobody is let in by a group that Slack does not know', async () => {
  const world = await asking({ who: { slackGroups: ['S0OPS'] } }, { userGroups: {} });

  await world.click('approve', '', { by: 'U0OPS' });

  expect(world.message?.whisper).toContain('Slack does not say just now');
  expect(await world.attempts()).toEqual(['slack:U0OPS approve: refused: unknown']);
});

test('a rejection says why, in the record and in Slack', async () => {
  const world = await asking({});

  await world.click('reject', '', { reason: ' ' });
  expect(world.world.slack.dialogs()[0]?.errors).toEqual({
    reason: 'Say why: a reason is needed for this.',
  });
  await world.click('reject', '', { reason: 'the <schema> is not ready' });
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({
    outcome: 'Rejected',
    reason: 'rejected by slack:U0YOU: the <schema> is not ready',
  });
  expect(world.shown()).toContain('⛔ Rejected by <@U0YOU>: the &lt;schema&gt; is not ready');
});

test('where the author is not to approve and nobody has signed who that is, two people have to', async () => {
  const world = await asking({ selfApproval: 'deny' });

  await world.click('approve', '', { by: 'U0ADA' });
  await world.clock.advance(60_000);
  expect(world.count('UpdateService')).toBe(0);
  await world.click('approve', '', { by: 'U0BOB' });
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
});

test('before its time is over people are reminded, once, and then the buttons go', async () => {
  const world = await asking({ timeout: '2h', reminder: '1h' });

  await world.ended();

  const replies = world.world.slack.messages().filter(({ threadTs }) => threadTs === world.message?.ts);
  expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^⏳ .* nobody has decided yet/)]);
  expect(world.shown()).toContain('⌛ Expired: nobody answered within 2 h');
  expect(world.shown()).not.toContain('"actions"');
});

test('silence is consent where the configuration says so', async () => {
  const world = await asking({ timeout: '1h', onExpiry: 'approve' });

  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(release?.record.steps.RequestApproval).toMatchObject({ decision: 'approved', by: 'nobody' });
});

test('what waits while something newer is deployed ends Superseded, and its buttons go', async () => {
  const world = await asking({ timeout: '2h' });
  await world.pushOnly('good', 'v1.0.1');
  await world.clock.advance(60_000);
  await world.click('approve', 'v1.0.1');
  await world.ended();

  expect(await world.outcomes()).toEqual(['v1.0.0 Superseded', 'v1.0.1 Deployed']);
  expect(world.shown()).toContain('⏭ Superseded: v1.0.1, pushed later, takes its place');
});

describe('a request that is not from Slack', () => {
  const send = async (
    world: Awaited<ReturnType<typeof asking>>,
    { secret = 'local-world-signing-secret', age = 0, signedBody = undefined as string | undefined } = {},
  ) => {
    const actions = [{ action_id: 'approve', value: world.approvalId }];
    const payload = JSON.stringify({ type: 'block_actions', user: { id: 'U0EVE' }, actions });
    const body = new URLSearchParams({ payload }).toString();
    const timestamp = String(Math.floor(world.clock.now() / 1000) - age);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(secret, timestamp, signedBody ?? body),
    };
    const sent = world.fetch(`${address}/functions/on-approval`, { method: 'POST', headers, body });
    await settle(world.clock, sent);
    return (await sent).status;
  };

  test('decides nothing, be it forged, altered or replayed', async () => {
    const world = await asking({ timeout: '1h' });

    expect(await send(world, { secret: 'guessed' })).toBe(401);
    expect(await send(world, { signedBody: 'payload={}' })).toBe(401);
    expect(await send(world, { age: 301 })).toBe(401);
    await world.clock.advance(60_000);

    expect(world.count('UpdateService')).toBe(0);
    expect(await world.attempts()).toEqual([]);
    // The same request, signed and in time, counts.
    expect(await send(world)).toBe(200);
    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
  });
});
