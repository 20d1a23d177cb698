/** Dialogs and user groups, as Slack's web API answers. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { type SlackOptions, slack } from '../../local/slack/slack.ts';

const address = 'http://world.test';
const view = {
  ...{ type: 'modal', callback_id: 'reject', private_metadata: 'an-approval' },
  title: { type: 'plain_text', text: 'Reject' },
  submit: { type: 'plain_text', text: 'Reject' },
  blocks: [
    {
      ...{ type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Why?' } },
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 400 },
    },
  ],
};

const { submit: _, ...unsent } = view;
const withoutFields = { ...unsent, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Wait…' } }] };

/** A message with a button, clicked; `answer` is what the app says to what it is sent. */
async function clicked(answer: () => Response = () => new Response(''), options: Partial<SlackOptions> = {}) {
  const clock = virtualClock();
  const received: string[] = [];
  const local = slack({
    ...{ clock, channels: ['deploys'], token: 'xoxb', signingSecret: 'secret', address: () => address },
    interactionUrl: () => `${address}/app`,
    fetch: async (_url, init) => {
      received.push(new URLSearchParams(String(init?.body)).get('payload') ?? '');
      return answer();
    },
    ...options,
  });
  const call = async (method: string, body: object) => {
    const headers = { authorization: 'Bearer xoxb', 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await local.route.fetch(new Request(`${address}/slack/api/${method}`, request))).json();
  };
  const button = { type: 'button', action_id: 'reject', text: { type: 'plain_text', text: 'Reject' } };
  const blocks = [{ type: 'actions', block_id: 'b', elements: [button] }];
  await call('chat.postMessage', { channel: 'deploys', text: 'Approve?', blocks });
  const [message] = local.messages();
  await local.click({
    ...{ channelId: message?.channelId ?? '', ts: message?.ts ?? '', blockId: 'b', actionId: 'reject' },
  });
  const { trigger_id: trigger } = JSON.parse(received[0] ?? '{}');
  return { ...local, clock, call, received, trigger: String(trigger) };
}

test('a click opens one dialog, within three seconds', async () => {
  const { call, trigger, dialogs } = await clicked();

  expect(await call('views.open', { trigger_id: 'guessed', view })).toMatchObject({
    error: 'invalid_trigger_id',
  });
  expect(await call('views.open', { trigger_id: trigger, view })).toMatchObject({ ok: true });
  expect(await call('views.open', { trigger_id: trigger, view })).toMatchObject({ ok: false });
  expect(dialogs()).toHaveLength(1);
});

test('later it does not, nor with a title that is too long', async () => {
  const { call, trigger, clock } = await clicked();
  const title = { type: 'plain_text', text: 'x'.repeat(25) };

  expect(await call('views.open', { trigger_id: trigger, view: { ...view, title } })).toMatchObject({
    error: 'invalid_arguments',
  });
  await clock.advance(3001);
  expect(await call('views.open', { trigger_id: trigger, view })).toMatchObject({
    error: 'expired_trigger_id',
  });
});

test('what is filled in comes back with what the dialog was opened with, and an error keeps it open', async () => {
  let says = JSON.stringify({ response_action: 'errors', errors: { reason: 'Say more.' } });
  const { call, trigger, dialogs, submit, received } = await clicked(() => new Response(says));
  await call('views.open', { trigger_id: trigger, view });
  const [dialog] = dialogs();

  await submit(dialog?.id ?? '', { reason: 'no' });
  expect(dialogs()[0]?.errors).toEqual({ reason: 'Say more.' });
  says = '';
  await submit(dialog?.id ?? '', { reason: 'not on a Friday' });

  expect(dialogs()).toEqual([]);
  expect(JSON.parse(received.at(-1) ?? '{}')).toMatchObject({
    type: 'view_submission',
    user: { id: 'U0YOU' },
    view: {
      ...{ callback_id: 'reject', private_metadata: 'an-approval' },
      state: { values: { reason: { reason: { type: 'plain_text_input', value: 'not on a Friday' } } } },
    },
  });
});

test('a dialog that is open may be replaced, and one that is closed may not', async () => {
  let answer = '';
  const { call, trigger, dialogs, submit } = await clicked(() => new Response(answer));
  await call('views.open', { trigger_id: trigger, view: withoutFields });
  const [{ id } = { id: '' }] = dialogs();

  expect(await call('views.update', { view_id: id, view })).toMatchObject({ ok: true });
  expect(dialogs()).toMatchObject([{ id, submit: 'Reject', privateMetadata: 'an-approval' }]);
  answer = JSON.stringify({ response_action: 'update', view: withoutFields });
  await submit(id, { reason: 'no' });
  expect(dialogs()).toMatchObject([{ id, submit: undefined }]);
  answer = '';
  await submit(id, {});
  expect(await call('views.update', { view_id: id, view })).toMatchObject({ error: 'not_found' });
});

test('a dialog with a field has something to send it by', async () => {
  const { call, trigger } = await clicked();
  const { submit: _, ...mute } = view;

  expect(await call('views.open', { trigger_id: trigger, view: mute })).toMatchObject({
    error: 'invalid_arguments',
  });
});

test('members of user groups are told of groups that there are, and on a paid plan only', async () => {
  const { call } = await clicked(undefined, { userGroups: { S0OPS: ['U0ADA'] } });
  const free = await clicked();

  expect(await call('usergroups.users.list', { usergroup: 'S0OPS' })).toEqual({ ok: true, users: ['U0ADA'] });
  expect(await call('usergroups.users.list', { usergroup: 'S0NONE' })).toMatchObject({
    error: 'no_such_subteam',
  });
  expect(await free.call('usergroups.users.list', { usergroup: 'S0OPS' })).toMatchObject({
    error: 'plan_upgrade_required',
  });
});
