/** Messages in Slack: posted, changed, and answered in their thread. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import type { Means } from './means.ts';
import { slackApi } from './slack-api.ts';

export interface SlackMessage {
  /** What notifications and screen readers say. */
  text: string;
  blocks: KnownBlock[];
}

/** Where a message is: what it is changed, and answered, by. */
export const postedSchema = z.object({
  /** The channel's id, whichever name it was posted by. */
  channel: z.string(),
  ts: z.string(),
});
export type Posted = z.infer<typeof postedSchema>;

const viewSchema = z.looseObject({ view: z.looseObject({ id: z.string() }) });

/** Somebody waits for the answer to a click, and Slack gives three seconds for all of it. */
const clicked = { patienceMs: 1200 };

const unfurling = { unfurl_links: false, unfurl_media: false };

export function slack({ open }: Means) {
  const { call } = open(slackApi);
  return {
    /** Posts a message, to a channel by name or id; repeating it posts it again. Throws as `slackApi` says. */
    async post(channel: string, message: SlackMessage): Promise<Posted> {
      return postedSchema.parse(await call('chat.postMessage', { channel, ...message, ...unfurling }));
    },

    /** Answers a message in its thread; with `broadcast` in the channel too. Repeating it answers again. */
    async reply(
      { channel, ts }: Posted,
      message: SlackMessage,
      { broadcast = false }: { broadcast?: boolean } = {},
    ): Promise<Posted> {
      const thread = { thread_ts: ts, ...(broadcast && { reply_broadcast: true }) };
      const given = { channel, ...message, ...thread, ...unfurling };
      return postedSchema.parse(await call('chat.postMessage', given));
    },

    /** Replaces a message of ours. May be repeated. */
    async update(
      { channel, ts }: Posted,
      { text, blocks }: SlackMessage,
      patienceMs?: number,
    ): Promise<void> {
      await call(
        'chat.update',
        { channel, ts, text, blocks },
        patienceMs === undefined ? {} : { patienceMs },
      );
    },

    /** Opens a dialog for who clicked, and answers its id; Slack takes the trigger for three seconds, and once. */
    async ask(triggerId: string, view: object): Promise<string> {
      const opened = await call('views.open', { trigger_id: triggerId, view }, clicked);
      return viewSchema.parse(opened).view.id;
    },

    /** Puts another dialog in the place of one that is open. May be repeated. */
    async askAgain(viewId: string, view: object): Promise<void> {
      await call('views.update', { view_id: viewId, view });
    },

    /** The members of a user group, by their ids. Read-only: may be repeated. */
    async members(usergroup: string): Promise<string[]> {
      const { users } = await call('usergroups.users.list', { usergroup }, clicked);
      return z.array(z.string()).parse(users);
    },
  };
}
