import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { inProcessFetch } from '../../local/door/in-process.ts';
import { type Handler, under } from '../../local/door/route.ts';
import { NoSuchButton, slackSignature } from '../../local/slack/interactions.ts';
import { slack } from '../../local/slack/slack.ts';

const address = 'http://127.0.0.1:4747';
const app = 'https://app.example.com';

async function world(answer: Handler = () => new Response()) {
  const clock = virtualClock();
  const received: { body: string; headers: Headers }[] = [];
  const toApp: Handler = async (request) => {
    received.push({ body: await request.text(), headers: request.headers });
    return answer(request);
  };
  const local = slack({
    clock,
    channels: ['deploys'],
    token: 't',
    signingSecret: 'secret',
    address: () => address,
    interactionUrl: () => `${app}/slack`,
    fetch: inProcessFetch({ [app]: [under('/', toApp)] }),
  });
  const fetch = inProcessFetch({ [address]: [local.route] });
  const elements = [
    {
      type: 'button',
      text: { type: 'plain_text', text: 'Approve' },
      action_id: 'approve',
      value: 'my-api-1',
    },
  ];
  const posted = await fetch(`${address}/slack/api/chat.postMessage`, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body: JSON.stringify({
      channel: 'deploys',
      text: 'Approve?',
      blocks: [{ type: 'actions', block_id: 'b1', elements }],
    }),
  });
  const { channel: channelId, ts } = (await posted.json()) as { channel: string; ts: string };
  const button = { channelId, ts, blockId: 'b1', actionId: 'approve' };
  const payload = () => JSON.parse(new URLSearchParams(received[0]?.body).get('payload') ?? 'null');
  return {
    ...local,
    clock,
    fetch,
    received,
    payload,
    click: (pressed = button) => local.click(pressed),
    button,
  };
}

test("the signature is that of Slack's documentation", () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';

  expect(slackSignature('8f742231b10e8888abcd99yyyzzz85a5', '1531420618', body)).toBe(
    'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  );
});

describe('a click', () => {
  test('sends the app a signed payload that says who pressed which button of which message', async () => {
    const { click, payload, received, button, clock } = await world();

    expect(await click()).toBe(200);

    expect(payload()).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0YOU', username: 'you' },
      channel: { id: button.channelId, name: 'deploys' },
      container: { message_ts: button.ts, channel_id: button.channelId },
      message: { ts: button.ts, text: 'Approve?' },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'b1', value: 'my-api-1' }],
    });
    const [{ headers, body } = { headers: new Headers(), body: '' }] = received;
    const timestamp = headers.get('x-slack-request-timestamp') ?? '';
    expect(Number(timestamp)).toBe(clock.now() / 1000);
    expect(headers.get('x-slack-signature')).toBe(slackSignature('secret', timestamp, body));
    expect(headers.get('content-type')).toBe('application/x-www-form-urlencoded');
  });

  test('on the page does the same and leads back to the message', async () => {
    const { fetch, button, received } = await world();
    const form = { channel: button.channelId, ts: button.ts, block_id: 'b1', action_id: 'approve' };
    const press = (headers = {}) =>
      fetch(`${address}/slack/click`, { method: 'POST', headers, body: new URLSearchParams(form) });

    const answer = await press({ origin: address });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/slack#m${button.ts}`]);
    expect(received).toHaveLength(1);

    expect((await press({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect(received).toHaveLength(1);
  });

  test('of a button that is gone is nothing on the page, and an error for code', async () => {
    const { fetch, click, button } = await world();
    const stale = { ...button, actionId: 'gone' };
    const form = { channel: stale.channelId, ts: stale.ts, block_id: 'b1', action_id: 'gone' };

    expect(
      (await fetch(`${address}/slack/click`, { method: 'POST', body: new URLSearchParams(form) })).status,
    ).toBe(303);
    await expect(click(stale)).rejects.toThrow(NoSuchButton);
  });

  test('that the app fails at is told below the message, until the next', async () => {
    let status = 500;
    const { click, messages } = await world(() => new Response('', { status }));

    await click();
    expect(messages()[0]?.notice).toBe('This app responded with Status Code 500.');
    status = 200;
    await click();
    expect(messages()[0]?.notice).toBeUndefined();
  });

  test('is given up after three seconds', async () => {
    const { click, clock, messages } = await world(() => new Promise<Response>(() => {}));

    const clicked = click();
    await clock.advance(3000);

    expect(await clicked).toBe('operation_timeout');
    expect(messages()[0]?.notice).toContain('operation_timeout');
  });
});

describe('the address that the app may answer at', () => {
  test('replaces the message', async () => {
    const { click, payload, fetch, messages } = await world();
    await click();

    const body = JSON.stringify({ replace_original: true, text: 'approved by @you' });
    const headers = { 'content-type': 'application/json' };
    await fetch(payload().response_url, { method: 'POST', headers, body });

    expect(messages()).toMatchObject([{ text: 'approved by @you', blocks: [], edited: true }]);
  });

  test('is good for five answers', async () => {
    const { click, payload, fetch, messages } = await world();
    await click();
    const answer = () =>
      fetch(payload().response_url, { method: 'POST', body: new URLSearchParams({ text: 'hi' }) });

    for (let use = 0; use < 5; use += 1) expect((await answer()).status).toBe(200);

    expect(await (await answer()).text()).toBe('used_url');
    expect(messages()).toHaveLength(6);
  });

  test('is good for half an hour', async () => {
    const { click, payload, fetch, clock } = await world();
    await click();

    await clock.advance(30 * 60_000 + 1);

    const answer = await fetch(payload().response_url, {
      method: 'POST',
      body: new URLSearchParams({ text: 'hi' }),
    });
    expect(await answer.text()).toBe('expired_url');
  });
});
