/** Tidegate's own client of Slack: against the local Slack, and against what Slack answers on a bad day. */
import { expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { slack as slackClient } from '../../aws/slack.ts';
import { SlackRefused } from '../../aws/slack-api.ts';
import { slackFiles } from '../../aws/slack-files.ts';
import { slackWebhook } from '../../aws/slack-webhook.ts';
import { Transient } from '../../core/errors.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessFetch, inProcessHandler } from '../../local/door/in-process.ts';
import { slack } from '../../local/slack/slack.ts';
import { surroundings } from '../support/surroundings.ts';

const address = 'http://127.0.0.1:4747';
const here = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** `tokens`: what Parameter Store has at each read, the last one from then on. */
function gatewaysWith(fetch: typeof globalThis.fetch, tokens = ['xoxb-1']) {
  let reads = 0;
  const GetParameter = () => {
    reads += 1;
    return { Parameter: { Value: tokens[Math.min(reads, tokens.length) - 1] } };
  };
  const SSM = { target: 'AmazonSSM', operations: { GetParameter } };
  return openAws(
    surroundings({
      environment: { SLACK_API_URL: `${address}/slack/api`, SLACK_TOKEN_PARAMETER: '/slack-token' },
      client: { ...here, requestHandler: inProcessHandler(answering({ services: [SSM] })) },
      fetch,
    }),
    { client: slackClient, files: slackFiles },
  );
}
const clientWith = (...given: Parameters<typeof gatewaysWith>) => gatewaysWith(...given).client;

function localSlack(more: { scopes?: string[] } = {}) {
  const options = { channels: ['deploys'], token: 'xoxb-1', signingSecret: 's', address: () => address };
  const local = slack({ clock: virtualClock(), ...options, ...more });
  return { ...local, fetch: inProcessFetch({ [address]: [local.route] }) };
}

const saying = (text: string) => ({
  text,
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: `*${text}*` } }],
});

test('a message is posted by the name of its channel, changed, and answered in its thread', async () => {
  const { fetch, messages } = localSlack();
  const client = clientWith(fetch);

  const posted = await client.post('deploys', saying('started'));
  await client.reply(posted, saying('detail'));
  await client.reply(posted, saying('rolled back'), { broadcast: true });
  await client.update(posted, saying('deployed'));

  const { ts: threadTs } = posted;
  expect(posted.channel).toMatch(/^C0/);
  expect(messages()).toMatchObject([
    { text: 'deployed', edited: true, blocks: [{ text: { text: '*deployed*' } }] },
    { text: 'detail', threadTs },
    { text: 'rolled back', threadTs, broadcast: true },
  ]);
  expect(messages()[1]).not.toHaveProperty('broadcast');
});

const answers = (status: number, body: unknown, headers = {}) =>
  clientWith(async () => new Response(JSON.stringify(body), { status, headers }));

test.each([
  { it: 'a 5xx', status: 503, body: {} },
  { it: 'what is no answer of its API', status: 200, body: ['<html>'] },
  { it: 'an internal error with HTTP 200', status: 200, body: { ok: false, error: 'internal_error' } },
])('after $it, the same call may be made again', async ({ status, body }) => {
  await expect(answers(status, body).post('deploys', saying('x'))).rejects.toBeInstanceOf(Transient);
});

test.each([
  { it: 'Retry-After', status: 429, headers: { 'retry-after': '30' }, body: {}, afterSeconds: 30 },
  { it: 'no Retry-After', status: 429, headers: {}, body: {}, afterSeconds: 1 },
  {
    it: 'its own word',
    status: 200,
    headers: {},
    body: { ok: false, error: 'ratelimited' },
    afterSeconds: 1,
  },
])('a limit with $it says how long to wait', async ({ status, body, headers, afterSeconds }) => {
  const posting = answers(status, body, headers).post('deploys', saying('x'));

  await expect(posting).rejects.toMatchObject({ name: 'Transient', afterSeconds });
});

test('what Slack refuses is not to be tried again, and says why', async () => {
  const posting = answers(200, { ok: false, error: 'channel_not_found' }).post('nowhere', saying('x'));

  await expect(posting).rejects.toMatchObject({ code: 'channel_not_found' });
  await expect(posting).rejects.toBeInstanceOf(SlackRefused);
  await expect(posting).rejects.not.toBeInstanceOf(Transient);
});

test('a token that was replaced is read again after it was refused', async () => {
  const { fetch, messages } = localSlack();
  const client = clientWith(fetch, ['xoxb-revoked', 'xoxb-1']);

  await expect(client.post('deploys', saying('x'))).rejects.toMatchObject({ code: 'invalid_auth' });
  await client.post('deploys', saying('y'));

  expect(messages().map(({ text }) => text)).toEqual(['y']);
});

const picture = { name: 'chart.png', bytes: new Uint8Array([1, 2, 3]), words: 'errors rose' };

test('a picture is handed over, and shared in a thread once', async () => {
  const { fetch, messages } = localSlack();
  const { client, files } = gatewaysWith(fetch);
  const posted = await client.post('deploys', saying('rolled back'));

  const id = await files.upload(picture);
  expect(messages()).toHaveLength(1);
  await files.share(id, 'Metrics', 'before and after', posted);

  const [, shared] = messages();
  expect(shared).toMatchObject({
    threadTs: posted.ts,
    text: 'before and after',
    file: { words: 'errors rose' },
  });
  const seen = await fetch(`${address}${shared?.file?.url}`);
  expect([...new Uint8Array(await seen.arrayBuffer())]).toEqual([1, 2, 3]);
  await expect(files.share(id, 'Metrics', '', posted)).rejects.toBeInstanceOf(SlackRefused);
  expect(messages()).toHaveLength(2);
});

test('a picture that is not handed over whole, or never, is shared with nobody', async () => {
  const { fetch, messages } = localSlack();
  const cut: typeof fetch = async (url, init) =>
    String(url).includes('/upload/') ? new Response('', { status: 502 }) : fetch(url, init);
  const { files } = gatewaysWith(cut);

  await expect(files.upload(picture)).rejects.toBeInstanceOf(Transient);
  const posted = { channel: 'C0TIDE00001', ts: '1.0' };
  await expect(files.share('F0UNKNOWN', '', '', posted)).rejects.toMatchObject({ code: 'file_not_found' });
  expect(messages()).toEqual([]);
});

test('an app that may not write files is told what it lacks', async () => {
  const { files } = gatewaysWith(localSlack({ scopes: ['chat:write'] }).fetch);

  await expect(files.upload(picture)).rejects.toMatchObject({ code: 'missing_scope' });
});

test('a webhook that Slack does not know any more says so, and never the address that is its secret', async () => {
  const GetParameter = () => ({ Parameter: { Value: 'https://hooks.slack.example/services/T0/B0/secret' } });
  const SSM = { target: 'AmazonSSM', operations: { GetParameter } };
  const webhookWith = (fetch: typeof globalThis.fetch) =>
    openAws(
      surroundings({
        environment: { SLACK_WEBHOOK_PARAMETER: '/slack-webhook' },
        client: { ...here, requestHandler: inProcessHandler(answering({ services: [SSM] })) },
        fetch,
      }),
      { slackWebhook },
    ).slackWebhook.post(saying('x'));

  await expect(webhookWith(async () => new Response('no_service', { status: 404 }))).rejects.toMatchObject({
    message: 'Slack refused its webhook: no_service',
  });
  const lost = webhookWith(async (url) => Promise.reject(new Error(`cannot reach ${String(url)}`)));
  await expect(lost).rejects.toThrow('Slack: its webhook could not be reached');
});
