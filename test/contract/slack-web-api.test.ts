import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { inProcessFetch } from '../../local/door/in-process.ts';
import { type SlackOptions, slack } from '../../local/slack/slack.ts';

const address = 'http://127.0.0.1:4747';
const token = 'xoxb-1';

interface Answer {
  ok: boolean;
  error?: string;
  channel?: string;
  ts?: string;
  response_metadata?: unknown;
}

function world(options: Partial<SlackOptions> = {}) {
  const clock = virtualClock();
  const local = slack({
    clock,
    channels: ['deploys', 'alerts'],
    token,
    signingSecret: 's',
    address: () => address,
    webhooks: { 'T0/B0/key': 'alerts' },
    ...options,
  });
  const fetch = inProcessFetch({ [address]: [local.route] });
  async function call(
    method: string,
    body: object,
    headers: Record<string, string> = { authorization: `Bearer ${token}` },
  ) {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${address}/slack/api/${method}`, init);
    return {
      status: answer.status,
      headers: answer.headers,
      ...((await answer.json()) as Answer),
    };
  }
  return { clock, fetch, call, ...local };
}

const words = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string, more = {}) => ({ type: 'section', text: words(text), ...more });
const button = (text: string, more = {}) => ({ type: 'button', text: { type: 'plain_text', text }, ...more });

describe('chat.postMessage', () => {
  test('answers the id of the channel and a ts of its own for each message of the same moment', async () => {
    const { call } = world();

    const first = await call('chat.postMessage', { channel: 'deploys', text: 'one' });
    const second = await call('chat.postMessage', { channel: '#deploys', text: 'two' });
    const third = await call('chat.postMessage', { channel: first.channel, text: 'three' });

    expect(first).toMatchObject({
      ok: true,
      channel: expect.stringMatching(/^C[A-Z0-9]+$/),
      ts: expect.stringMatching(/^\d{10}\.\d{6}$/),
    });
    expect(new Set([first, second, third].map(({ ts }) => ts)).size).toBe(3);
    expect(third.channel).toBe(first.channel);
  });

  test('takes a form as well, and answers in a thread', async () => {
    const { call, fetch, messages } = world();
    const { ts } = await call('chat.postMessage', { channel: 'deploys', text: 'root' });
    const form = {
      token,
      channel: 'deploys',
      thread_ts: String(ts),
      text: 'reply',
      blocks: '[{"type":"divider"}]',
    };

    const answer = await fetch(`${address}/slack/api/chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });

    expect(await answer.json()).toMatchObject({
      ok: true,
      message: { thread_ts: ts, blocks: [{ block_id: expect.any(String) }] },
    });
    expect(messages()[1]).toMatchObject({ threadTs: ts, text: 'reply' });
  });

  test('cuts a text at 40,000 characters', async () => {
    const { call, messages } = world();

    await call('chat.postMessage', { channel: 'deploys', text: 'x'.repeat(40_001) });

    expect(messages()[0]?.text).toHaveLength(40_000);
  });

  test.each([
    { it: 'nobody asks', body: { channel: 'deploys', text: 'x' }, headers: {}, error: 'not_authed' },
    {
      it: 'a stranger asks',
      body: { channel: 'deploys', text: 'x' },
      headers: { authorization: 'Bearer xoxb-2' },
      error: 'invalid_auth',
    },
    { it: 'the channel is not there', body: { channel: 'nowhere', text: 'x' }, error: 'channel_not_found' },
    { it: 'there is nothing to say', body: { channel: 'deploys' }, error: 'no_text' },
    {
      it: 'the blocks are no list',
      body: { channel: 'deploys', blocks: {} },
      error: 'invalid_blocks_format',
    },
    {
      it: 'the thread is not there',
      body: { channel: 'deploys', text: 'x', thread_ts: '1.2' },
      error: 'thread_not_found',
    },
  ])('answers $error when $it', async ({ body, headers, error }) => {
    const { call, messages } = world();

    expect(await call('chat.postMessage', body, headers)).toMatchObject({ status: 200, ok: false, error });
    expect(messages()).toEqual([]);
  });

  test.each([
    { it: '50 blocks', blocks: Array.from({ length: 50 }, () => ({ type: 'divider' })), ok: true },
    {
      it: '51 blocks',
      blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })),
      says: 'no more than 50 items allowed [json-pointer:/blocks]',
    },
    { it: 'a text of 3000', blocks: [section('x'.repeat(3000))], ok: true },
    {
      it: 'a text of 3001',
      blocks: [section('x'.repeat(3001))],
      says: 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      it: 'an empty text',
      blocks: [section('')],
      says: 'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      it: 'a header of 151',
      blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      says: 'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    },
    {
      it: 'a header in mrkdwn',
      blocks: [{ type: 'header', text: words('x') }],
      says: '[json-pointer:/blocks/0/text/type]',
    },
    {
      it: 'eleven fields',
      blocks: [{ type: 'section', fields: Array.from({ length: 11 }, () => words('x')) }],
      says: 'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    },
    {
      it: 'a section of nothing',
      blocks: [{ type: 'section' }],
      says: 'missing required field: text [json-pointer:/blocks/0/text]',
    },
    {
      it: 'eleven elements of context',
      blocks: [{ type: 'context', elements: Array.from({ length: 11 }, () => words('x')) }],
      says: 'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    },
    {
      it: 'a button of 76',
      blocks: [{ type: 'actions', elements: [button('x'.repeat(76))] }],
      says: 'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    },
    {
      it: 'a value of 2001',
      blocks: [{ type: 'actions', elements: [button('x', { value: 'x'.repeat(2001) })] }],
      says: 'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    },
    {
      it: 'a style of its own',
      blocks: [{ type: 'actions', elements: [button('x', { style: 'green' })] }],
      says: '[json-pointer:/blocks/0/elements/0/style]',
    },
    {
      it: 'a field that is not known',
      blocks: [section('x', { colour: 'red' })],
      says: 'invalid additional property: colour [json-pointer:/blocks/0]',
    },
    {
      it: 'a block that is not known',
      blocks: [{ type: 'marquee' }],
      says: 'unsupported type [json-pointer:/blocks/0/type]',
    },
    {
      it: 'the same block id twice',
      blocks: [section('a', { block_id: 'b' }), section('a', { block_id: 'b' })],
      says: '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
    },
    {
      it: 'the same action id twice',
      blocks: [
        { type: 'actions', elements: [button('x', { action_id: 'a' }), button('y', { action_id: 'a' })] },
      ],
      says: '`action_id` already exists [json-pointer:/blocks/0/elements/1/action_id]',
    },
  ])('judges $it as Slack does', async ({ blocks, ok = false, says }) => {
    const answer = await world().call('chat.postMessage', { channel: 'deploys', text: 'x', blocks });

    expect(answer.ok).toBe(ok);
    if (!ok) {
      expect(answer.error).toBe('invalid_blocks');
      expect(answer.response_metadata).toEqual({ messages: [expect.stringContaining(says ?? '')] });
    }
  });
});

describe('chat.update', () => {
  test('replaces what a message says', async () => {
    const { call, messages } = world();
    const { channel, ts } = await call('chat.postMessage', {
      channel: 'deploys',
      text: 'before',
      blocks: [section('before')],
    });

    const answer = await call('chat.update', { channel, ts, text: 'after', blocks: [section('after')] });

    expect(answer).toMatchObject({ ok: true, channel, ts });
    expect(messages()).toMatchObject([
      { ts, text: 'after', edited: true, blocks: [{ text: { text: 'after' } }] },
    ]);
  });

  test.each([
    { it: 'a channel by its name', change: { channel: 'deploys' }, error: 'channel_not_found' },
    { it: 'no channel', change: { channel: undefined }, error: 'channel_not_found' },
    { it: 'a message that is not there', change: { ts: '1.2' }, error: 'message_not_found' },
  ])('does not know $it', async ({ change, error }) => {
    const { call } = world();
    const { channel, ts } = await call('chat.postMessage', { channel: 'deploys', text: 'before' });

    expect(await call('chat.update', { channel, ts, text: 'after', ...change })).toMatchObject({
      ok: false,
      error,
    });
  });
});

describe('Slack', () => {
  test('has no other methods', async () => {
    expect(await world().call('files.upload', {})).toMatchObject({ ok: false, error: 'unknown_method' });
  });

  test('limits the messages of a channel to one a second, when that is turned on', async () => {
    const { call, clock } = world({ rateLimited: true });
    const post = (channel: string) => call('chat.postMessage', { channel, text: 'x' });

    expect(await post('deploys')).toMatchObject({ ok: true });
    const limited = await post('deploys');
    expect(limited).toMatchObject({ status: 429, ok: false, error: 'ratelimited' });
    expect(limited.headers.get('retry-after')).toBe('1');
    expect(await post('alerts')).toMatchObject({ ok: true });
    await clock.advance(1000);
    expect(await post('deploys')).toMatchObject({ ok: true });
  });

  test.each([
    {
      it: 'posts to the channel of a webhook',
      path: 'T0/B0/key',
      body: { text: 'hi' },
      status: 200,
      says: 'ok',
    },
    {
      it: 'knows no other webhook',
      path: 'T0/B0/other',
      body: { text: 'hi' },
      status: 404,
      says: 'no_service',
    },
    { it: 'refuses a webhook without words', path: 'T0/B0/key', body: {}, status: 400, says: 'no_text' },
    {
      it: 'refuses blocks of a webhook',
      path: 'T0/B0/key',
      body: { blocks: [{ type: 'x' }] },
      status: 400,
      says: 'invalid_blocks',
    },
    {
      it: 'refuses a webhook with no JSON',
      path: 'T0/B0/key',
      body: '{',
      status: 400,
      says: 'invalid_payload',
    },
  ])('$it', async ({ path, body, status, says }) => {
    const { fetch, messages } = world();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: text };

    const answer = await fetch(`${address}/slack/services/${path}`, init);

    expect([answer.status, await answer.text()]).toEqual([status, says]);
    expect(messages().map(({ channel }) => channel)).toEqual(status === 200 ? ['alerts'] : []);
  });
});
