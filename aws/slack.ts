/** Slack, by its web API. A message that did not arrive never holds up a release: the caller decides what to do. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { Transient } from '../core/errors.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';

export interface SlackMessage {
  /** What notifications and screen readers say. */
  text: string;
  blocks: KnownBlock[];
}

const answerSchema = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
});
const timeoutMs = 5000;

export function slack({ environment, fetch, open }: Means) {
  async function token(): Promise<string> {
    const name = environment.SLACK_TOKEN_PARAMETER;
    if (!name) throw new Error('SLACK_TOKEN_PARAMETER is not set');
    return open(parameters).secret(name);
  }

  return {
    /** Posts a message; repeating it posts it again. Throws `Transient` on rate limits, 5xx and lost connections. */
    async post(channel: string, message: SlackMessage): Promise<void> {
      const authorization = `Bearer ${await token()}`;
      const body = JSON.stringify({ channel, ...message, unfurl_links: false, unfurl_media: false });
      const { ok, error } = await within(timeoutMs, async (signal) => {
        const headers = { authorization, 'content-type': 'application/json; charset=utf-8' };
        const request = { method: 'POST', headers, body, signal };
        const answer = await fetch(`${environment.SLACK_API_URL}/chat.postMessage`, request).catch(
          (error: Error) => {
            throw new Transient(`Slack: ${error.message}`);
          },
        );
        if (answer.status === 429 || answer.status >= 500)
          throw new Transient(`Slack answered HTTP ${answer.status}`);
        return answerSchema.parse(await answer.json());
      });
      if (!ok) throw new Error(`Slack refused the message: ${error}`);
    },
  };
}
