/** Slack's web API, as far as it is used: who a token is, messages, dialogs, members of user groups, and incoming webhooks. */
import type { Clock } from '../clock.ts';
import { argumentsOf, contentOf, SlackError } from './content.ts';
import type { Files } from './files.ts';
import type { Messages, SlackMessage } from './messages.ts';
import type { Views } from './views.ts';

export interface WebApiOptions {
  clock: Clock;
  messages: Messages;
  views: Views;
  files: Files;
  /** What the token may. */
  scopes: readonly string[];
  /** The members of each user group, by its id; a workspace of the free plan has no groups. */
  userGroups: Readonly<Record<string, readonly string[]>> | undefined;
  /** The bot token, such as `xoxb-…`. */
  token: string;
  /** The path below `/services/` of each incoming webhook, and the channel it posts to. */
  webhooks: Readonly<Record<string, string>>;
  /** One message a second in each channel; more are answered 429. */
  rateLimited: boolean;
  newId: () => string;
}

/** Of a bot's token; what is not here needs none. */
const scopeOf: Readonly<Record<string, string>> = {
  ...{ 'chat.postMessage': 'chat:write', 'chat.update': 'chat:write' },
  ...{ 'files.getUploadURLExternal': 'files:write', 'files.completeUploadExternal': 'files:write' },
  'usergroups.users.list': 'usergroups:read',
};
export const allScopes = [...new Set(Object.values(scopeOf))];
/** And no JSON: what Slack's own reference said of it for years. */
const takesForms = ['files.getUploadURLExternal'];

export const botUser = { user: 'U0TIDEGATE', bot_id: 'B0TIDEGATE', app_id: 'A0TIDEGATE', team: 'T0TIDEGATE' };

/** The message as Slack's answers and payloads carry it. */
export const onTheWire = ({ ts, threadTs, text, blocks }: SlackMessage) => ({
  type: 'message',
  ...botUser,
  ts,
  ...(threadTs !== undefined && { thread_ts: threadTs }),
  text,
  blocks,
});

export function webApi(options: WebApiOptions) {
  const { clock, messages, views, files, userGroups, token, scopes, webhooks, rateLimited, newId } = options;
  const lastPosts = new Map<string, number>();

  function isTooSoon(channelId: string): boolean {
    const last = lastPosts.get(channelId) ?? Number.NEGATIVE_INFINITY;
    if (rateLimited && clock.now() - last < 1000) return true;
    lastPosts.set(channelId, clock.now());
    return false;
  }

  const methods = new Map<string, (given: Record<string, unknown>) => Response>([
    // Who a token is, which every token may ask.
    [
      'auth.test',
      () =>
        Response.json({
          ...{ ok: true, url: 'https://local.slack.com/', team: 'local', user: 'tidegate' },
          ...{
            team_id: 'T0LOCAL',
            user_id: 'U0TIDEGATE',
            bot_id: 'B0TIDEGATE',
            is_enterprise_install: false,
          },
        }),
    ],
    [
      'chat.postMessage',
      (given) => {
        const channel = messages.channel(given.channel);
        if (!channel) throw new SlackError('channel_not_found');
        const content = contentOf(given, newId);
        const { thread_ts: threadTs, reply_broadcast: broadcast } = given;
        if (threadTs !== undefined && !messages.find(channel.id, threadTs))
          throw new SlackError('thread_not_found');
        if (isTooSoon(channel.id))
          return limited(Response.json({ ok: false, error: 'ratelimited' }, { status: 429 }));
        const message = messages.post(channel, content, {
          threadTs: threadTs as string | undefined,
          broadcast: broadcast === true,
        });
        return Response.json({ ok: true, channel: channel.id, ts: message.ts, message: onTheWire(message) });
      },
    ],
    [
      'chat.update',
      (given) => {
        const { channel, ts } = given;
        // Other than chat.postMessage, it takes no channel names.
        if (!channel || messages.channel(channel)?.id !== channel) throw new SlackError('channel_not_found');
        const message = messages.find(channel, ts);
        if (!message) throw new SlackError('message_not_found');
        messages.update(message, contentOf(given, newId));
        return Response.json({ ok: true, channel, ts, text: message.text, message: onTheWire(message) });
      },
    ],
    ['views.open', (given) => Response.json({ ok: true, view: { id: views.show(given).id, type: 'modal' } })],
    [
      'views.update',
      (given) => Response.json({ ok: true, view: { id: views.replace(given).id, type: 'modal' } }),
    ],
    ['files.getUploadURLExternal', (given) => Response.json({ ok: true, ...files.announce(given) })],
    [
      'files.completeUploadExternal',
      (given) => {
        const { file } = files.share(given);
        return Response.json({ ok: true, files: [{ id: file?.url.split('/').at(-1), title: file?.title }] });
      },
    ],
    [
      'usergroups.users.list',
      ({ usergroup }) => {
        if (!userGroups) throw new SlackError('plan_upgrade_required');
        if (typeof usergroup !== 'string' || !Object.hasOwn(userGroups, usergroup))
          throw new SlackError('no_such_subteam');
        return Response.json({ ok: true, users: userGroups[usergroup] });
      },
    ],
  ]);

  return {
    /** A method below `/slack/api/`. */
    async call(method: string, request: Request): Promise<Response> {
      try {
        const run = methods.get(method);
        if (!run) throw new SlackError('unknown_method');
        const given = await argumentsOf(request);
        const [, bearer = given.token] =
          /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
        if (!bearer) throw new SlackError('not_authed');
        if (bearer !== token) throw new SlackError('invalid_auth');
        const scope = scopeOf[method];
        if (scope && !scopes.includes(scope))
          return Response.json({
            ...{ ok: false, error: 'missing_scope', needed: scope, provided: scopes.join(',') },
          });
        const isForm = /^application\/x-www-form-urlencoded\b/.test(
          request.headers.get('content-type') ?? '',
        );
        if (takesForms.includes(method) && !isForm) throw new SlackError('invalid_arguments');
        return run(given);
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        const { message, messages: details } = error;
        const more = details.length > 0 && { errors: details, response_metadata: { messages: details } };
        return Response.json({ ok: false, error: message, ...more });
      }
    },

    /** An incoming webhook: text in, text out, and no `ts`. */
    async webhook(path: string, request: Request): Promise<Response> {
      const channel = Object.hasOwn(webhooks, path) ? messages.channel(webhooks[path]) : undefined;
      if (!channel) return new Response('no_service', { status: 404 });
      try {
        const given = await argumentsOf(request);
        const { payload } = given;
        const content = contentOf(typeof payload === 'string' ? JSON.parse(payload) : given, newId);
        if (isTooSoon(channel.id)) return limited(new Response('rate_limited', { status: 429 }));
        messages.post(channel, content);
        return new Response('ok');
      } catch (error) {
        const code = error instanceof SlackError && /^(no_text|invalid_blocks)/.test(error.message);
        return new Response(code ? error.message : 'invalid_payload', { status: 400 });
      }
    },
  };
}

function limited(response: Response): Response {
  response.headers.set('retry-after', '1');
  return response;
}
