/** A Slack that receives messages and shows them: the web API, incoming webhooks, a page, and buttons that work. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Route, under } from '../door/route.ts';
import { fileStore } from './files.ts';
import { type Click, interactions, NoSuchButton, type Person } from './interactions.ts';
import { messageStore, type SlackMessage } from './messages.ts';
import { slackPage } from './page.ts';
import { type View, viewStore } from './views.ts';
import { allScopes, webApi } from './web-api.ts';

export interface SlackOptions {
  clock: Clock;
  /** Names, without `#`. */
  channels: readonly string[];
  /** The bot token that the web API takes. */
  token: string;
  /** What interactions are signed with. */
  signingSecret: string;
  /** Where the world answers, such as `http://127.0.0.1:4747`; asked each time, since the port is known late. */
  address: () => string;
  /** Where clicks are sent. */
  interactionUrl?: () => string;
  fetch?: typeof globalThis.fetch;
  /** The path below `/slack/services/` of each incoming webhook, and its channel. */
  webhooks?: Readonly<Record<string, string>>;
  /** Answers 429 to more than one message a second in a channel. Off by default. */
  rateLimited?: boolean;
  /** The members of each user group, by its id. */
  userGroups?: Readonly<Record<string, readonly string[]>>;
  /** Of the bot token; all that are known here unless given. */
  scopes?: readonly string[] | undefined;
  /** Who clicks. */
  person?: Person;
  random?: (length: number) => Buffer;
}

export interface Slack {
  /** All of `/slack`: `SLACK_API_URL` is `<address>/slack/api`. */
  route: Route;
  /** As they read now, the oldest first. */
  messages(): readonly SlackMessage[];
  /** Presses a button. Answers the app's HTTP status, or why there is none. Rejects with `NoSuchButton`. */
  click(click: Click): Promise<number | string>;
  /** Dialogs that are open, the oldest first. */
  dialogs(): readonly View[];
  /** Fills in a dialog and sends it. Answers as `click`. */
  submit(viewId: string, values: Readonly<Record<string, string>>): Promise<number | string>;
}

export function slack(options: SlackOptions): Slack {
  const { clock, address, webhooks = {}, rateLimited = false, random = randomBytes } = options;
  const newId = () => random(4).toString('hex');
  const messages = messageStore(clock, options.channels);
  const views = viewStore(clock, newId);
  const files = fileStore({ clock, messages, newId, address: () => `${address()}/slack` });
  const { token, userGroups, scopes = allScopes } = options;
  const api = webApi({
    ...{ clock, messages, views, files, userGroups, token, scopes, webhooks, rateLimited, newId },
  });
  const { click, submit, respond } = interactions({
    clock,
    messages,
    views,
    newId,
    signingSecret: options.signingSecret,
    interactionUrl: options.interactionUrl,
    address: () => `${address()}/slack`,
    fetch: options.fetch ?? globalThis.fetch,
    person: options.person ?? { id: 'U0YOU', username: 'you' },
  });

  /** From the page's form. Another site's page may not press buttons here. */
  async function clicked(request: Request): Promise<Response> {
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== new URL(request.url).origin)
      return new Response('wrong origin', { status: 403 });
    const form = new URLSearchParams(await request.text());
    const [channelId = '', ts = '', blockId = '', actionId = ''] = [
      'channel',
      'ts',
      'block_id',
      'action_id',
    ].map((name) => form.get(name) ?? '');
    await click({ channelId, ts, blockId, actionId }).catch((error) => {
      // The message has changed since the page was read: the page that is shown next says how.
      if (!(error instanceof NoSuchButton)) throw error;
    });
    return new Response(null, { status: 303, headers: { location: `/slack#m${ts}` } });
  }

  async function submitted(request: Request): Promise<Response> {
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== new URL(request.url).origin)
      return new Response('wrong origin', { status: 403 });
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    const { view_id: viewId = '', close, ...values } = form as Record<string, string>;
    if (close === undefined)
      await submit(viewId, values).catch((error) => {
        if (!(error instanceof NoSuchButton)) throw error;
      });
    else views.open.delete(viewId);
    return new Response(null, { status: 303, headers: { location: '/slack' } });
  }

  async function answer(request: Request): Promise<Response> {
    const [, folder = '', rest = ''] = /^\/slack\/([^/]+)\/?(.*)$/.exec(new URL(request.url).pathname) ?? [];
    if (folder === '')
      return request.method === 'GET'
        ? slackPage(messages, [...views.open.values()])
        : new Response(null, { status: 405 });
    if (folder === 'files' && request.method === 'GET') return files.read(rest);
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    if (folder === 'api') return api.call(rest, request);
    if (folder === 'services') return api.webhook(rest, request);
    if (folder === 'upload') return files.take(rest, request);
    if (folder === 'actions') return respond(rest, request);
    if (folder === 'click') return clicked(request);
    if (folder === 'submit') return submitted(request);
    return new Response(null, { status: 404 });
  }

  return {
    route: under('/slack', answer),
    messages: () => messages.all,
    click,
    dialogs: () => [...views.open.values()],
    submit,
  };
}
