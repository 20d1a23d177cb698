import { expect, test } from 'vitest';
import { readInteraction, strange, untrusted } from '../../core/slack-request.ts';

// The example of Slack's documentation "Verifying requests from Slack".
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const request = {
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
};
const then = 1531420618_000;

test.each([
  { it: "Slack's own example is trusted", of: request, at: then, doubt: undefined },
  { it: 'five minutes later it still is', of: request, at: then + 300_000, doubt: undefined },
  { it: 'after that it may be a replay', of: request, at: then + 300_001, doubt: 'timestamp' },
  {
    it: 'a changed body is refused',
    of: { ...request, body: `${request.body}&x=1` },
    at: then,
    doubt: 'signature',
  },
  {
    it: 'a signature of another length is refused',
    of: { ...request, signature: 'v0=' },
    at: then,
    doubt: 'signature',
  },
  {
    it: 'a timestamp that is no number is refused',
    of: { ...request, timestamp: 'now' },
    at: then,
    doubt: 'timestamp',
  },
])('$it', ({ of, at, doubt }) => {
  const said = untrusted(of, [secret], at);

  if (doubt) expect(said).toContain(doubt);
  else expect(said).toBeUndefined();
});

const payload = (value: unknown) => `payload=${encodeURIComponent(JSON.stringify(value))}`;

test('a click says who clicked what', () => {
  const body = payload({
    type: 'block_actions',
    user: { id: 'U1' },
    actions: [{ action_id: 'approve', value: 'my-approval' }],
  });

  expect(readInteraction(body)).toMatchObject({ user: 'U1', action: 'approve', value: 'my-approval' });
});

test.each([
  ['not a payload'],
  [payload({ type: 'view_submission' })],
  ['payload=%7B'],
  [payload({ type: 'block_actions', actions: [] })],
])('%s is no click', (body) => {
  expect(readInteraction(body)).toBeUndefined();
});

test('while one secret replaces another, both count', () => {
  expect(untrusted(request, ['another', secret], then)).toBeUndefined();
  expect(untrusted(request, [secret, 'another'], then)).toBeUndefined();
  expect(untrusted(request, ['another'], then)).toContain('signature');
  expect(untrusted(request, [], then)).toContain('signature');
});

test('a dialog that was filled in says who wrote what, and about which approval', () => {
  const body = payload({
    type: 'view_submission',
    user: { id: 'U1' },
    team: { id: 'T1' },
    api_app_id: 'A1',
    view: {
      id: 'V1',
      callback_id: 'reject',
      private_metadata: 'my-approval',
      state: { values: { reason: { reason: { type: 'plain_text_input', value: 'checkout fails' } } } },
    },
  });

  expect(readInteraction(body)).toEqual({
    ...{ kind: 'submission', user: 'U1', action: 'reject', value: 'my-approval', text: 'checkout fails' },
    ...{ appId: 'A1', teamId: 'T1', viewId: 'V1' },
  });
});

test.each([
  { of: {}, expected: {}, reason: undefined },
  { of: { appId: 'A1' }, expected: { appId: 'A1' }, reason: undefined },
  { of: { appId: 'A2' }, expected: { appId: 'A1' }, reason: 'it is of another Slack app' },
  { of: {}, expected: { appId: 'A1' }, reason: 'it is of another Slack app' },
  { of: { teamId: 'T2' }, expected: { teamId: 'T1' }, reason: 'it is of another workspace' },
  { of: { channelId: 'C2' }, expected: { channelId: 'C1' }, reason: 'it is of another channel' },
  { of: {}, expected: { channelId: 'C1' }, reason: undefined },
])('a request of $of where $expected is expected: $reason', ({ of, expected, reason }) => {
  expect(strange({ user: 'U1', ...of }, expected)).toBe(reason);
});
