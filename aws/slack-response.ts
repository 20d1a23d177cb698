/** Answers who clicked, by the address that Slack gives along with each click: it needs no token. */
import type { KnownBlock } from '@slack/types';
import { within } from './deadline.ts';
import type { Means } from './means.ts';

/** Slack waits three seconds for the answer to a click, and this is done within them. */
const timeoutMs = 1200;

export function slackResponse({ fetch }: Means) {
  async function send(responseUrl: string, content: object): Promise<void> {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const { ok, status } = await within(timeoutMs, (signal) =>
      fetch(responseUrl, { method: 'POST', headers, body: JSON.stringify(content), signal }),
    );
    if (!ok) throw new Error(`Slack answered HTTP ${status}`);
  }

  return {
    /** Changes the message that was clicked. Rejects where Slack did not take it: the decision counts all the same. */
    replace: (responseUrl: string, message: { text: string; blocks: readonly KnownBlock[] }) =>
      send(responseUrl, { replace_original: true, ...message }),
    /** Says something to who clicked, and to nobody else. */
    whisper: (responseUrl: string, text: string) =>
      send(responseUrl, { response_type: 'ephemeral', replace_original: false, text }),
  };
}
