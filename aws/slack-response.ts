/** Changes the message that a button belongs to, by the address that Slack gives along with each click: it needs no token. */
import type { KnownBlock } from '@slack/types';
import { within } from './deadline.ts';
import type { Means } from './means.ts';

/** Slack waits three seconds for the answer to a click, and this is done within them. */
const timeoutMs = 1500;

export function slackResponse({ fetch }: Means) {
  return {
    /** Rejects where Slack did not take it: the decision counts all the same. */
    async replace(
      responseUrl: string,
      message: { text: string; blocks: readonly KnownBlock[] },
    ): Promise<void> {
      const body = JSON.stringify({ replace_original: true, ...message });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const { ok, status } = await within(timeoutMs, (signal) =>
        fetch(responseUrl, { method: 'POST', headers, body, signal }),
      );
      if (!ok) throw new Error(`Slack answered HTTP ${status}`);
    },
  };
}
