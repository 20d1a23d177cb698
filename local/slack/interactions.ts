/** A click on a button, or a dialog filled in: the payload that Slack sends to the app, signed, and what the app may answer. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Button } from './blocks.ts';
import { argumentsOf, contentOf, SlackError } from './content.ts';
import type { Messages, SlackMessage } from './messages.ts';
import { isInput, type View, type Views } from './views.ts';
import { botUser, onTheWire } from './web-api.ts';

export interface Click {
  /** Who clicks; whoever sits in front of it unless given. */
  by?: Person;
  channelId: string;
  ts: string;
  blockId: string;
  actionId: string;
}

/** The message is gone or has changed since it was looked at. */
export class NoSuchButton extends Error {}

/** Who clicks. */
export interface Person {
  id: string;
  username: string;
}

export interface InteractionOptions {
  clock: Clock;
  messages: Messages;
  views: Views;
  signingSecret: string;
  /** Where the app takes interactions; asked at each click. Without it, clicks go nowhere and say so. */
  interactionUrl: (() => string) | undefined;
  /** Where this Slack answers, such as `http://127.0.0.1:4747/slack`. */
  address: () => string;
  fetch: typeof globalThis.fetch;
  person: Person;
  newId: () => string;
}

/** How long an app may take to acknowledge. */
const patienceMs = 3000;
const responseUses = 5;
const responseLifetimeMs = 30 * 60_000;

/** `v0=` and the HMAC-SHA256 of time and body, as the app is to check it. */
export const slackSignature = (signingSecret: string, timestamp: string, body: string) =>
  `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

export function interactions(options: InteractionOptions) {
  const { clock, messages, views, signingSecret, interactionUrl, address, fetch, person, newId } = options;
  const responses = new Map<string, { message: SlackMessage; uses: number; end: number }>();

  function payloadOf(message: SlackMessage, blockId: string, button: Button, who: Person) {
    const { type, text, value, style, action_id } = button;
    const responseId = `${botUser.team}/${newId()}${newId()}`;
    responses.set(responseId, { message, uses: 0, end: clock.now() + responseLifetimeMs });
    return {
      type: 'block_actions',
      user: { ...who, name: who.username, team_id: botUser.team },
      api_app_id: botUser.app_id,
      token: 'deprecated',
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channelId,
        is_ephemeral: false,
      },
      trigger_id: views.newTrigger(who),
      team: { id: botUser.team, domain: 'local' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: message.channelId, name: message.channel },
      message: onTheWire(message),
      state: { values: {} },
      response_url: `${address()}/actions/${responseId}`,
      actions: [
        { type, action_id, block_id: blockId, text, value, style, action_ts: `${clock.now() / 1000}` },
      ],
    };
  }

  /** Answers the HTTP status and the body, or says why there is none. */
  async function send(payload: object): Promise<{ status: number; body: string } | string> {
    if (!interactionUrl) return 'this app takes no interactions';
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(clock.now() / 1000));
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(signingSecret, timestamp, body),
    };
    const timeout = new AbortController();
    const cancel = clock.after(patienceMs, () => timeout.abort());
    try {
      const answer = await fetch(interactionUrl(), { method: 'POST', headers, body, signal: timeout.signal });
      return { status: answer.status, body: await answer.text() };
    } catch (error) {
      return timeout.signal.aborted ? 'operation_timeout' : (error as Error).message;
    } finally {
      cancel();
    }
  }

  /** What the app makes of a dialog that was sent; true where it is done with. */
  function follow(view: View, body: string): boolean {
    const {
      response_action: action,
      errors = {},
      view: next,
    } = (body === '' ? {} : JSON.parse(body)) as {
      response_action?: string;
      errors?: Record<string, string>;
      view?: unknown;
    };
    if (action === 'errors') view.errors = errors;
    if (action === 'update') views.replace({ view_id: view.id, view: next });
    return (
      action === undefined || action === 'clear' || (action === 'errors' && Object.keys(errors).length === 0)
    );
  }

  return {
    /** Resolves when the app has acknowledged or Slack has given up waiting. Rejects with `NoSuchButton`. */
    async click({ channelId, ts, blockId, actionId, by = person }: Click): Promise<number | string> {
      const message = messages.find(channelId, ts);
      const button = message && buttonsOf(message, blockId).find(({ action_id }) => action_id === actionId);
      if (!message || !button)
        throw new NoSuchButton(`there is no button ${blockId} ${actionId} in message ${ts}`);
      delete message.notice;
      delete message.whisper;
      const answer = await send(payloadOf(message, blockId, button, by));
      const notice = noticeOf(answer);
      if (notice) message.notice = notice;
      return typeof answer === 'string' ? answer : answer.status;
    },

    /** Sends a dialog that somebody filled in; `values` by the fields' blocks. Rejects with `NoSuchButton`. */
    async submit(viewId: string, values: Readonly<Record<string, string>>): Promise<number | string> {
      const view = views.open.get(viewId);
      if (!view) throw new NoSuchButton(`there is no dialog ${viewId}`);
      delete view.notice;
      view.errors = {};
      const answer = await send(submissionOf(view, values));
      const notice = noticeOf(answer);
      if (notice) view.notice = notice;
      else if (typeof answer !== 'string' && follow(view, answer.body)) views.open.delete(viewId);
      return typeof answer === 'string' ? answer : answer.status;
    },

    /** A `response_url`: good for five answers within half an hour. */
    async respond(responseId: string, request: Request): Promise<Response> {
      const response = responses.get(responseId);
      if (!response) return new Response('no_such_url', { status: 404 });
      if (clock.now() > response.end) return new Response('expired_url', { status: 404 });
      if (response.uses >= responseUses) return new Response('used_url', { status: 404 });
      response.uses += 1;
      try {
        const given = await argumentsOf(request);
        const { channel: name, channelId: id } = response.message;
        if (given.delete_original === true) messages.remove(response.message);
        else if (given.replace_original !== true && given.response_type === 'ephemeral')
          response.message.whisper = contentOf(given, newId).text;
        else if (given.replace_original === true) messages.update(response.message, contentOf(given, newId));
        else messages.post({ name, id }, contentOf(given, newId), { threadTs: response.message.ts });
        return Response.json({ ok: true });
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        return Response.json({ ok: false, error: error.message }, { status: 400 });
      }
    },
  };
}

const noticeOf = (answer: { status: number } | string): string | undefined =>
  typeof answer === 'string'
    ? `The app did not answer: ${answer}`
    : answer.status < 200 || answer.status > 299
      ? `This app responded with Status Code ${answer.status}.`
      : undefined;

function submissionOf(
  { id, person, callbackId, privateMetadata, blocks }: View,
  values: Readonly<Record<string, string>>,
) {
  const fields = blocks
    .filter(isInput)
    .map(({ block_id, element: { type, action_id } }) => [
      block_id,
      { [action_id]: { type, value: values[block_id] || null } },
    ]);
  return {
    type: 'view_submission',
    team: { id: botUser.team, domain: 'local' },
    user: { ...person, name: person.username, team_id: botUser.team },
    api_app_id: botUser.app_id,
    token: 'deprecated',
    trigger_id: 'none',
    view: {
      ...{ id, type: 'modal', callback_id: callbackId, private_metadata: privateMetadata },
      state: { values: Object.fromEntries(fields) },
    },
    response_urls: [],
  };
}

function buttonsOf({ blocks }: SlackMessage, blockId: string): Button[] {
  const block = blocks.find(({ block_id }) => block_id === blockId);
  if (block?.type === 'actions') return block.elements;
  return block?.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [];
}
